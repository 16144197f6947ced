import type { Span } from '../../../base/span.ts'
import type { StepBase, Verb } from '../verb.ts'

export interface SelectOptions extends StepBase {
  readonly verb: 'select'
  readonly columns: Span
}

export const select: Verb<SelectOptions> = {
  name: 'select',
  argument: {
    placeholder: 'LIST',
    kind: 'list',
    summary: 'columns, SQL: fields, expressions with AS, *, * EXCEPT (a, b)',
    example: `select "id, amount * 1.2 AS gross"`,
  },
  summary: 'other columns: projection and computed values',
  group: 'rows',
  needsTime: false,
  flags: ['file', 'name'],
  usage: 'select LIST',
  examples: [
    {
      command: 'tidemark select "order_id, amount * 1.2 AS gross, geo.country" orders.ndjson',
      output: '{"order_id":7,"gross":12,"country":"DE"}',
    },
    { command: `tidemark select '* EXCEPT (password)' users.ndjson` },
  ],
  notes: [
    'Names: AS wins; a path gives its last part; f(path) gives f_path; anything else needs AS.',
    'A path that no row has gives null, and one warning.',
  ],
  manual: [
    'Makes new rows from the columns of LIST, in that order. The event time travels along, even if its field is left out.',
  ],
  seeAlso: 'filter, help expressions. SQL: SELECT',
  parse: (step) => ({ verb: 'select', name: step.name, columns: step.argument }),
  plan: ({ columns }, planning) =>
    planning.builder.select(planning.input, planning.selectList([columns]), planning.step),
}
