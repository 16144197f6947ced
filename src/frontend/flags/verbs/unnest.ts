import { TidemarkError } from '../../../base/errors.ts'
import type { Span } from '../../../base/span.ts'
import type { SelectItem } from '../../../expressions/expression.ts'
import { parseFieldPath } from '../../../expressions/parse.ts'
import type { ColumnName } from '../../../plan/kinds/unnest.ts'
import { spanOfUse } from '../lexed.ts'
import type { StepReader } from '../step-reader.ts'
import type { StepBase, Verb } from '../verb.ts'

export interface UnnestOptions extends StepBase {
  readonly verb: 'unnest'
  readonly nested: Span
  /** Names of columns; null: the element has the name of its array, and the others are not made. */
  readonly as: ColumnName | null
  readonly key: ColumnName | null
  readonly ordinality: ColumnName | null
  readonly outer: boolean
}

export const unnest: Verb<UnnestOptions> = {
  name: 'unnest',
  argument: {
    placeholder: 'FIELD',
    key: 'field',
    kind: 'expression',
    summary: 'the array: a field, or an expression that gives one',
    example: 'unnest tags',
  },
  summary: 'one row for each element of an array, or member of an object',
  group: 'rows',
  needsTime: false,
  flags: ['as', 'key', 'ordinality', 'outer', 'name'],
  flagLines: { as: { summary: 'name of the element; the array then stays', default: 'that of the array' } },
  usage: 'unnest FIELD [--as NAME] [--key NAME] [--ordinality NAME]',
  examples: [
    {
      command: 'tidemark unnest tags posts.ndjson',
      output: '{"id":7,"tags":"sql"}',
    },
    {
      command: `tidemark select "split(line, ' ') AS word" then unnest word then aggregate -b word log.ndjson`,
      output: '{"word":"the","count":9120}',
    },
  ],
  notes: [
    'The element replaces the array; with --as the array stays. A row without elements (NULL, [])',
    'passes only with --outer. What is no array is a bad row. Elements may be objects: items.sku.',
  ],
  manual: [
    'Rows of one array follow each other in its order and have the time, the row kind and the place in the input of the row they come from. All its other fields go along.',
    'A path or an expression gives the element its name as in select: order.items makes items, and order stays as it was; any other expression needs --as or AS.',
  ],
  seeAlso: 'select, functions split and json_query. SQL: CROSS JOIN UNNEST(array) AS t(name)',
  parse: (step) => ({
    verb: 'unnest',
    name: step.name,
    nested: step.argument,
    as: columnName(step, 'as'),
    key: columnName(step, 'key'),
    ordinality: columnName(step, 'ordinality'),
    outer: step.use('outer') !== undefined,
  }),
  plan: ({ nested, as, ...options }, planning) => {
    const [item, ...more] = planning.expressionList([nested])
    if (item === undefined || more.length > 0)
      throw new TidemarkError('E_EXPRESSION', 'unnest takes one array', {
        span: more[0]?.span ?? nested,
        hint: 'for a further one: then unnest FIELD',
      })
    return planning.builder.unnest(planning.input, { nested: named(item, as), ...options }, planning.step)
  },
}

function columnName(step: StepReader, flag: string): ColumnName | null {
  const use = step.use(flag)
  return use ? { path: parseFieldPath(use.value, use.written), span: spanOfUse(use) } : null
}

function named(item: SelectItem, as: ColumnName | null): SelectItem {
  if (as === null || item.kind === 'star') return item
  if (item.alias)
    throw new TidemarkError('E_NAME', 'the element is named twice', { span: as.span, hint: 'leave one of them out' })
  return { ...item, alias: as }
}
