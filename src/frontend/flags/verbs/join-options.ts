import { TidemarkError } from '../../../base/errors.ts'
import type { Span } from '../../../base/span.ts'
import type { JoinKind, RowName } from '../../../plan/joining.ts'
import { JOIN_KINDS } from '../../../plan/joining.ts'
import { type Duration, parseDuration } from '../../../time/duration.ts'
import { type FlagUse, spanOfUse } from '../lexed.ts'
import type { StepReader } from '../step-reader.ts'

/** Which rows may meet, besides that their keys are equal. */
export type Meeting =
  /** Bounds of right time minus left time, inclusive. */
  | { readonly kind: 'interval'; readonly lower: number; readonly upper: number }
  /** Windows back to back; ms. */
  | { readonly kind: 'window'; readonly size: number; readonly sizeSpan: Span }
  | { readonly kind: 'as-of' }
  /** ms; null: rows are never forgotten. */
  | { readonly kind: 'unbounded'; readonly stateTtl: number | null }

/** The flags that say which rows may meet: one of them stands. */
const MEETINGS = ['within', 'between', 'window', 'as-of', 'unbounded'] as const

/** Throws E_FLAG where none of the flags is given that say which rows may meet, or more than one. */
export function readMeeting(step: StepReader): Meeting {
  const given = MEETINGS.flatMap((name) => step.use(name) ?? [])
  if (given.length > 1) {
    throw new TidemarkError('E_FLAG', `join takes ${given[0]!.written} or ${given[1]!.written}, not both`, {
      hint: 'each of them says which rows may meet',
    })
  }
  const [use] = given
  if (use === undefined) {
    throw new TidemarkError('E_FLAG', 'join does not say which rows may meet', {
      hint: '--within 10m: times at most so far apart; or --between, --window, --as-of, --unbounded: see tidemark help join',
    })
  }
  refuseTtl(step, use)
  switch (use.flag.name) {
    case 'between':
      return readBounds(use)
    case 'window':
      return { kind: 'window', size: step.duration('window')!, sizeSpan: spanOfUse(use) }
    case 'as-of':
      return { kind: 'as-of' }
    case 'unbounded':
      return { kind: 'unbounded', stateTtl: step.stateTtl() }
  }
  const within = step.duration('within')!
  return { kind: 'interval', lower: -within, upper: within }
}

/** Behind the verb; as a default of all steps it is for those that it bounds. */
function refuseTtl(step: StepReader, { flag, written }: FlagUse): void {
  const ttl = step.ownUse('state-ttl')
  if (ttl === undefined || flag.name === 'unbounded') return
  throw new TidemarkError('E_FLAG', `join takes ${written} or ${ttl.written}, not both`, {
    hint:
      flag.name === 'as-of'
        ? 'the valid version of a key is never forgotten'
        : `${written} already says when a row is forgotten`,
  })
}

function readBounds(use: FlagUse): Meeting {
  const span = spanOfUse(use)
  const comma = use.value.indexOf(',')
  if (comma < 0 || use.value.includes(',', comma + 1)) {
    throw new TidemarkError('E_FLAG_VALUE', `${use.written} takes two durations, not '${use.value}'`, {
      hint: `${use.written} -5m,10m: from 5 minutes before the left row to 10 minutes after it`,
    })
  }
  const at = (start: number, end: number): Duration => {
    const text = use.value.slice(start, end)
    const lead = text.length - text.trimStart().length
    const place = { ...span, start: start + lead, end: start + lead + text.trim().length }
    return parseDuration(text.trim(), { span: place, isSigned: true })
  }
  const [lower, upper] = [at(0, comma), at(comma + 1, use.value.length)]
  if (lower <= upper) return { kind: 'interval', lower, upper }
  throw new TidemarkError('E_FLAG_VALUE', `${use.written} ${use.value} ends before it begins`, {
    span,
    hint: 'the earlier bound comes first; no rows could meet',
  })
}

/** `--kind` and `--as`, which go together. */
export function readResult(step: StepReader): { readonly join: JoinKind; readonly as: RowName | null } {
  const join = step.keyword('kind', JOIN_KINDS) ?? 'inner'
  const use = step.use('as')
  const givesRight = join !== 'semi' && join !== 'anti'
  if (!givesRight && use) {
    throw new TidemarkError('E_FLAG', `${use.written} has no effect: ${join} joins give left rows only`)
  }
  if (!givesRight) return { join, as: null }
  if (use === undefined) {
    throw new TidemarkError('E_FLAG', 'join needs --as', {
      hint: 'the right row goes under one member: --as payment makes payment.amount',
    })
  }
  return { join, as: { name: readRowName(use), span: spanOfUse(use) } }
}

/** Throws E_FLAG_VALUE for what is no name. */
export function readRowName(use: FlagUse): string {
  if (/^[\p{L}_@][\p{L}\p{M}\p{N}_@]*$/u.test(use.value)) return use.value
  throw new TidemarkError('E_FLAG_VALUE', `${use.written} is a name of letters, digits and _, not '${use.value}'`)
}
