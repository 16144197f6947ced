import type { Span } from '../../../base/span.ts'
import type { Destination } from '../command-line.ts'
import { readSidePlace } from '../side-place.ts'
import type { StepBase, Verb } from '../verb.ts'

export interface SplitOptions extends StepBase {
  readonly verb: 'split'
  readonly condition: Span
  readonly to: Destination
}

export const split: Verb<SplitOptions> = {
  name: 'split',
  argument: {
    placeholder: 'EXPR',
    kind: 'expression',
    summary: 'the condition, SQL; TRUE, FALSE or NULL',
    example: `split "level = 'ERROR'" --to errors.ndjson`,
  },
  summary: 'rows for which EXPR is true go to a file, the others go on',
  group: 'rows',
  needsTime: false,
  flags: ['to', 'file', 'name'],
  required: ['to'],
  usage: 'split EXPR --to FILE',
  examples: [
    { command: `tidemark split "level = 'ERROR'" --to errors.ndjson then sample 1% app.ndjson` },
    { command: `tidemark -t ts split "ms > 1000" --to "slow/{day}/{host}.ndjson" then tumble 1m access.ndjson` },
  ],
  notes: [
    'A row for which EXPR is NULL goes on. The file is one more output of the run: with --state it takes',
    'every row exactly once. {day}, {hour} and {FIELD} in its path make many files, as in that of -o.',
  ],
  manual: [
    'The file is written as -o is: truncated at the start without --state and --append; always NDJSON. --summary counts its rows under sinks, as split.file after the name of the step. A row that EXPR cannot take is a bad row, and goes neither way.',
  ],
  seeAlso: 'tee (to a file as well), filter',
  parse: (step) => ({
    verb: 'split',
    name: step.name,
    condition: step.argument,
    to: readSidePlace(step.use('to')!),
  }),
  plan: ({ condition, to }, planning) =>
    planning.branch(planning.builder.split(planning.input, planning.expression(condition), planning.step), to),
}
