import { TidemarkError } from '../../../base/errors.ts'
import type { Span } from '../../../base/span.ts'
import { refuseWordsBetween } from '../../../cep/other-words.ts'
import { parsePattern } from '../../../cep/parse-pattern.ts'
import type { SkipStrategy } from '../../../cep/pattern.ts'
import { parseDefinitions } from '../../../expressions/parse.ts'
import type { ExplainedKeys, PartialLimit, TimeoutPlace } from '../../../plan/kinds/match.ts'
import type { Duration } from '../../../time/duration.ts'
import { type FlagUse, spanOfUse } from '../lexed.ts'
import type { StepBase, Verb } from '../verb.ts'
import { explainedKeys, readPartials, readSkip, readTimeouts, refuseBoth } from './match-options.ts'

export interface MatchStep extends StepBase {
  readonly verb: 'match'
  readonly by: readonly Span[]
  readonly pattern: Span
  readonly define: readonly Span[]
  readonly measures: readonly Span[]
  readonly rows: boolean
  /** null: what the pattern says. */
  readonly within: Duration | null
  readonly skip: SkipStrategy
  readonly timeouts: TimeoutPlace | null
  readonly partials: PartialLimit
  /** `--explain-partials`; null: not given. */
  readonly explained: FlagUse | null
}

export const match: Verb<MatchStep> = {
  name: 'match',
  summary: 'rows that follow each other in a pattern, per key',
  group: 'patterns',
  needsTime: true,
  flags: [
    'by',
    'pattern',
    'define',
    'within',
    'measures',
    'rows',
    'skip',
    'timeout',
    'max-partials',
    'explain-partials',
    'name',
  ],
  required: ['pattern'],
  flagLines: {
    by: { summary: 'keys; the rows of each are matched by themselves', default: 'none' },
    within: { summary: 'first to last row less than D apart', default: 'no limit, with a warning', note: '' },
  },
  usage: 'match [-b KEYS] --pattern PATTERN --define "A: COND"...',
  examples: [
    {
      command: [
        "tidemark -t ts match -b ip --pattern 'FAIL{3,} OK' --within 5m --measures 'count(FAIL.ip) AS n' \\",
        `    --define "FAIL: status = 'FAILED'" --define "OK: status = 'SUCCESS'" auth.ndjson`,
      ].join('\n'),
      output: '{"ip":"10.0.0.7","n":4}',
    },
    {
      command: [
        "tidemark -t ts match -b id --pattern 'ORDER -> !PAID within 30m' shop.ndjson \\",
        `    --define "ORDER: type = 'order'" --define "PAID: type = 'payment'"`,
      ].join('\n'),
    },
  ],
  notes: [
    'A B: B is the next row. A -> B: a later one. A ->> B: each later one. !B: no B comes.',
    'Rows are taken in order of time, when the watermark reaches them; one behind it is late.',
  ],
  manual: [
    "The rules are those of Flink's CEP library; tidemark help patterns tells them with examples. Without --measures and --rows a match is one row: the keys, and match, an object that holds the rows taken for each name.",
    'A row may begin a match whatever other matches are open, and every way on is followed; --skip says which matches are told. The event time of a result is that of the row that completed it, or of the deadline.',
    'Rows of equal time are taken in the order of their arrival.',
  ],
  seeAlso: 'help patterns, help late. SQL: MATCH_RECOGNIZE (PARTITION BY ... PATTERN (...) DEFINE ...)',
  parse: (step) => {
    refuseBoth(step)
    return {
      verb: 'match',
      name: step.name,
      by: step.list('by'),
      pattern: spanOfUse(step.use('pattern')!),
      define: step.list('define'),
      measures: step.list('measures'),
      rows: step.use('rows') !== undefined,
      within: step.duration('within'),
      skip: readSkip(step),
      timeouts: readTimeouts(step),
      partials: readPartials(step),
      explained: step.use('explain-partials') ?? null,
    }
  },
  plan: (step, planning) => {
    const { parts, within, untils } = parsePattern(step.pattern)
    if (within !== null && step.within !== null) {
      const hint = 'leave --within out, or the within of the pattern'
      throw new TidemarkError('E_PATTERN', 'the window of the pattern is said twice', { span: step.pattern, hint })
    }
    const { skip, rows, partials, timeouts } = step
    const keys = planning.expressionList(step.by)
    const explained: ExplainedKeys | null = step.explained && explainedKeys(step.explained, keys.length)
    const definitions = step.define.flatMap(({ text, source }) => parseDefinitions(text, source))
    refuseWordsBetween(parts, (name) => definitions.some((one) => one.name === name))
    const options = {
      keys,
      pattern: { parts, skip, within: step.within ?? within },
      untils,
      definitions,
      measures: step.measures.length > 0 ? planning.selectList(step.measures) : null,
    }
    return planning.builder.match(planning.input, { ...options, rows, partials, timeouts, explained }, planning.step)
  },
}
