import type { Span } from '../../../base/span.ts'
import type { StepBase, Verb } from '../verb.ts'

export interface FilterOptions extends StepBase {
  readonly verb: 'filter'
  readonly condition: Span
}

export const filter: Verb<FilterOptions> = {
  name: 'filter',
  argument: {
    placeholder: 'EXPR',
    kind: 'expression',
    summary: 'an SQL condition; rows for which it is false or NULL are left out',
    example: `filter "level = 'ERROR'"`,
  },
  summary: 'the rows for which a condition is true',
  group: 'rows',
  needsTime: false,
  flags: ['file', 'name'],
  usage: 'filter EXPR',
  examples: [
    { command: `tidemark filter "level = 'ERROR' AND ms > 100" app.ndjson` },
    { command: `tidemark --arg user="$USER" filter 'name = :user' app.ndjson` },
  ],
  notes: [
    'Rows that pass leave as the bytes they came in. A missing field is NULL, and NULL is not true.',
    "Quote the expression for the shell: double quotes when it holds SQL strings ('...'), else single.",
  ],
  manual: ['Lets rows through for which EXPR is true, unchanged. Rows that it leaves out still move time.'],
  seeAlso: 'select (columns), dedup, help expressions. SQL: WHERE',
  parse: (step) => ({ verb: 'filter', name: step.name, condition: step.argument }),
  plan: ({ condition }, planning) =>
    planning.builder.filter(planning.input, planning.expression(condition), planning.step),
}
