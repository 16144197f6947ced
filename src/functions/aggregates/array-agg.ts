import { JsonText, jsonOf } from '../../data/value.ts'
import { type AggregateFunction, defineAggregate } from '../aggregate-function.ts'
import { textList } from './text-list.ts'

const finish = (text: string) => new JsonText(`[${text}]`)

const arrayOf = (definition: {
  readonly name: string
  readonly summary: string
  readonly keepsNull: boolean
}): AggregateFunction => {
  const { name, summary, keepsNull } = definition
  return defineAggregate({
    name,
    signature: `${name}([DISTINCT] value)`,
    summary,
    arity: 1,
    takesDistinct: true,
    flinkName: name.toUpperCase(),
    returns: () => 'any',
    create: ({ distinct, retractable }) => ({
      ...textList({
        separator: ',',
        textOf: (value) => (value === null && !keepsNull ? undefined : jsonOf(value)),
        finish,
        distinct,
        retractable,
      }),
      type: 'any',
    }),
  })
}

/** As in Flink, NULLs are elements too; `FILTER (WHERE x IS NOT NULL)` leaves them out. */
export const arrayAgg = arrayOf({
  name: 'array_agg',
  summary: 'an array of all values in order of arrival, NULLs among them; NULL if there is no row',
  keepsNull: true,
})

/** Flink's makes a text of JSON; nested values are the same here. */
export const jsonArrayagg = arrayOf({
  name: 'json_arrayagg',
  summary: 'an array of the values that are not NULL in order of arrival; NULL if there is none',
  keepsNull: false,
})
