import type { Span } from '../../../base/span.ts'
import { TO_FLAG } from '../branch-flags.ts'
import type { Destination } from '../command-line.ts'
import { spanOfUse } from '../lexed.ts'
import { readSidePlace } from '../side-place.ts'
import type { StepBase, Verb } from '../verb.ts'

export interface TeeOptions extends StepBase {
  readonly verb: 'tee'
  /** null: all rows. */
  readonly where: Span | null
  readonly to: Destination
}

export const tee: Verb<TeeOptions> = {
  name: 'tee',
  argument: {
    placeholder: 'FILE',
    kind: 'file',
    summary: 'where rows go besides',
    example: 'tee all.ndjson',
  },
  summary: 'all rows go on, and to a file as well',
  group: 'rows',
  needsTime: false,
  flags: ['where', 'name'],
  usage: 'tee FILE [--where EXPR]',
  examples: [
    { command: 'tidemark -t ts tee raw.ndjson then tumble 1m -b host app.ndjson' },
    { command: `tidemark -t ts tumble 1m -b host then tee busy.ndjson --where "count > 100" app.ndjson` },
  ],
  notes: [
    'The rows are those at this place of the chain. The file is one more output of the run: with --state',
    'it takes every row exactly once. {day}, {hour} and {FIELD} in its path make many files, as with -o.',
  ],
  manual: [
    'The file is written as that of split is. A row for which --where is NULL goes on only; one that it cannot take is a bad row, and goes neither way.',
  ],
  seeAlso: 'split (to a file instead)',
  parse: (step) => {
    const { text, source } = step.argument
    const where = step.use('where')
    return {
      verb: 'tee',
      name: step.name,
      where: where ? spanOfUse(where) : null,
      to: readSidePlace({ flag: TO_FLAG, written: source, value: text }),
    }
  },
  plan: ({ where, to }, planning) => {
    const condition = where && planning.expression(where)
    return planning.branch(planning.builder.tee(planning.input, condition, planning.step), to)
  },
}
