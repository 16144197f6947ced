import type { Span } from '../../../base/span.ts'
import type { JoinKind, RowName } from '../../../plan/joining.ts'
import type { Duration } from '../../../time/duration.ts'
import { parseKeyPairs } from '../key-pairs.ts'
import { spanOfUse } from '../lexed.ts'
import type { StepBase, Verb } from '../verb.ts'
import { type Meeting, readMeeting, readResult } from './join-options.ts'

export interface JoinStep extends StepBase {
  readonly verb: 'join'
  /** The right input: a file, or in a pipeline file the name of a source or step. */
  readonly with: Span
  /** Of the right input; null: the left's. */
  readonly withTime: Span | null
  readonly withWatermarkDelay: Duration | null
  readonly on: readonly Span[]
  readonly join: JoinKind
  readonly as: RowName | null
  readonly meeting: Meeting
}

export const join: Verb<JoinStep> = {
  name: 'join',
  summary: 'rows of two inputs with equal keys, put together',
  group: 'inputs',
  needsTime: true,
  flags: ['with', 'as', 'on', 'kind', 'within', 'between', 'with-time', 'with-watermark-delay', 'name'],
  required: ['with', 'on'],
  flagLines: {
    within: { summary: 'times at most D apart, D included', default: '', note: '' },
    as: { summary: 'the member that holds the right row' },
  },
  usage: 'join --with FILE --as NAME --on PAIRS --within D',
  examples: [
    {
      command:
        'tidemark -t ts join --with payments.ndjson --as payment --on "id = order_id" --within 10m orders.ndjson',
      output: '{"ts":"2024-05-01T10:00:00Z","id":7,"payment":{"ts":"2024-05-01T10:04:00Z","order_id":7,"amount":20}}',
    },
    { command: 'tidemark -t ts join --with acks.ndjson --on id --between 0s,1m --kind anti requests.ndjson' },
  ],
  notes: [
    'Fields of the right row are NAME.field, in the result and in later steps; NULL where there is no right row.',
    'A NULL key equals none. --kind left, right, full and anti give rows without a partner when their time has passed.',
  ],
  manual: [
    'The rows of the input are the left ones, those of --with the right ones. A pair comes out when the later arrival of the two comes, and has the greater of the two times. A row is kept until the watermark has passed the last time that it can meet; the watermark is the lesser one of both inputs, and behind the join it is held back by the longer side of the interval.',
    'Late rows still meet the rows that are kept. One that meets none, and that none to come can meet, is late; under --kind left, right or full it comes out alone instead, if it is of the side that is given whole.',
    '--kind semi gives each left row that has a partner, once, and --kind anti each that has none.',
  ],
  seeAlso: 'filter, help late. SQL: FROM a JOIN b ON a.id = b.ref AND b.ts BETWEEN a.ts - x AND a.ts + y',
  parse: (step) => {
    const withTime = step.use('with-time')
    return {
      verb: 'join',
      name: step.name,
      with: spanOfUse(step.use('with')!),
      withTime: withTime ? spanOfUse(withTime) : null,
      withWatermarkDelay: step.duration('with-watermark-delay'),
      on: step.list('on'),
      ...readResult(step),
      meeting: readMeeting(step),
    }
  },
  plan: (step, planning) => {
    const right = planning.other(step.with, { time: step.withTime, watermarkDelay: step.withWatermarkDelay })
    const { join, as, meeting } = step
    const joining = { keys: parseKeyPairs(step.on), join, as }
    const { lower, upper } = meeting
    return planning.builder.intervalJoin([planning.input, right], { ...joining, lower, upper }, planning.step)
  },
}
