import { type Column, Tag } from '../../data/column.ts'
import { describeType } from '../../data/value.ts'
import { defineAggregate } from '../aggregate-function.ts'
import { textList } from './text-list.ts'

export const listagg = defineAggregate({
  name: 'listagg',
  signature: 'listagg([DISTINCT] text [, separator])',
  summary: "the texts that are not NULL in order of arrival, a separator [','] between them; NULL if there is none",
  arity: 1,
  constant: {
    what: 'the separator',
    isOptional: true,
    refuses: (value) =>
      typeof value === 'string' ? undefined : `takes a text as separator, not ${describeType(value)}`,
  },
  takesDistinct: true,
  flinkName: 'LISTAGG',
  castTo: 'STRING',
  returns: () => 'string',
  refuses: (argument) => {
    if (argument === 'string' || argument === 'any') return undefined
    return `listagg takes strings, not ${argument === 'interval' ? 'an' : 'a'} ${argument === 'bigint' ? 'number' : argument}`
  },
  create: ({ argument, constant = ',', distinct, retractable }) => ({
    ...textList({
      separator: constant as string,
      textOf: (value) => (value === null ? undefined : (value as string)),
      finish: (text) => text,
      distinct,
      retractable,
    }),
    type: 'string',
    ...(argument === 'any' ? { refuse: refuseOthers } : {}),
  }),
})

function refuseOthers(args: readonly Column[], i: number): string | undefined {
  const column = args[0]!
  const tag = column.tags[i]!
  if (tag <= Tag.Null || tag === Tag.String) return undefined
  return `listagg takes strings, not ${describeType(column.value(i))}`
}
