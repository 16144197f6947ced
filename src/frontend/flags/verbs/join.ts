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
  needsTime: false,
  flags: [
    'with',
    'as',
    'on',
    'kind',
    'within',
    'between',
    'window',
    'as-of',
    'unbounded',
    'state-ttl',
    'with-time',
    'with-watermark-delay',
    'name',
  ],
  required: ['with', 'on'],
  flagLines: {
    within: { summary: 'times at most D apart, D included', default: '', note: '' },
    as: { summary: 'the member that holds the right row' },
    'state-ttl': { summary: 'under --unbounded: forget a row D after its last write', note: '' },
  },
  usage: 'join --with FILE --as NAME --on PAIRS --within D|--as-of|...',
  examples: [
    {
      command: 'tidemark -t ts join --with payments.ndjson --as payment --on "id = order_id" --within 10m a.ndjson',
      output: '{"ts":"2024-05-01T10:00:00Z","id":7,"payment":{"ts":"2024-05-01T10:04:00Z","order_id":7}}',
    },
    { command: 'tidemark -t ts join --with rates.ndjson --as rate --on currency --as-of orders.ndjson' },
    { command: 'tidemark -t ts join --with acks.ndjson --on id --between 0s,1m --kind anti requests.ndjson' },
  ],
  notes: [
    'Fields of the right row are NAME.field, here and in later steps; NULL where there is none.',
    'NULL keys never match. Rows without a partner come out when their time has passed.',
  ],
  manual: [
    'The rows of the input are the left ones, those of --with the right ones. A pair comes out when the later arrival of the two comes, and has the greater of the two times. A row is kept until the watermark has passed the last time that it can meet; the watermark is the lesser one of both inputs, and behind the join it is held back by the longer side of the interval.',
    'Late rows still meet the rows that are kept. One that meets none, and that none to come can meet, is late; under --kind left, right or full it comes out alone instead, if it is of the side that is given whole.',
    '--window meets rows of the same window: when the watermark passes its end, key after key, with window_start and window_end. --as-of meets each left row, in order of time, with the version of the right row that was valid at its time: the last one of the key whose time is not later; --kind is inner or left then. Late left rows are late; late versions count for left rows that still wait.',
    '--unbounded meets all rows whenever they come, and takes corrections of earlier rows on both sides; results are a changelog but for inner and semi joins of rows that are never taken back. Every row is kept for ever, or with --state-ttl until the watermark reaches the time of its last write + D; a row that gets or loses a partner under an outer, semi or anti join is written. Event time ends there, as in Flink.',
    '--kind semi gives each left row that has a partner, once, and --kind anti each that has none.',
  ],
  seeAlso: 'filter, help late. SQL: a JOIN b ON a.id = b.ref AND b.ts BETWEEN a.ts - x AND ...',
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
    const inputs = [planning.input, right] as const
    const { builder, step: label } = planning
    switch (meeting.kind) {
      case 'interval':
        return builder.intervalJoin(inputs, { ...joining, lower: meeting.lower, upper: meeting.upper }, label)
      case 'window':
        return builder.windowJoin(inputs, { ...joining, size: meeting.size, sizeSpan: meeting.sizeSpan }, label)
      case 'as-of':
        return builder.temporalJoin(inputs, joining, label)
      case 'unbounded':
        return builder.regularJoin(inputs, { ...joining, stateTtl: meeting.stateTtl }, label)
    }
  },
}
