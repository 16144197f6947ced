import type { Span } from '../base/span.ts'

/** How the event of a step stands to the event taken before it (Flink's `ConsumingStrategy`). */
export type Contiguity = 'next' | 'followed-by' | 'followed-by-any'
/** NOT steps say what may not come between. */
export type StepContiguity = Contiguity | 'not-next' | 'not-followed-by'
/** How occurrences of one step stand to each other. */
export type InnerContiguity = 'strict' | 'relaxed' | 'any'

export interface Quantifier {
  /** At least 1: no occurrence at all is `optional`. */
  readonly min: number
  /** null: no bound. */
  readonly max: number | null
  readonly optional: boolean
  /** Flink's `greedy()`: while the step's condition holds, nothing may go on to the next step. No backtracking. */
  readonly greedy: boolean
  readonly inner: InnerContiguity
  /** Flink's window argument of `times` and `oneOrMore`, ms; null: none. Covers what Flink covers with it, see `compile.ts`. */
  readonly gap: number | null
}

export interface StepWindow {
  /** ms, exclusive; 0: none. */
  readonly ms: number
  /** From the first row of the match to the last, whatever step says so; or from the row before to the step's own. */
  readonly kind: 'first-to-last' | 'previous-to-current'
}

interface Part {
  /**
   * null: it begins the pattern, or a group. A group that begins a group is entered strictly then, as in Flink; `inherit` lets it stand to the
   * row before as the outer group does.
   */
  readonly contiguity: StepContiguity | 'inherit' | null
  readonly quantifier: Quantifier
  /** Label of the condition that ends the loop; null: none. */
  readonly until: string | null
  readonly within: StepWindow | null
  /** Where it was written. */
  readonly span?: Span
}

export interface PatternStep extends Part {
  readonly kind: 'step'
  /** Of the rows in the match; also the label of its condition. */
  readonly name: string
}

export interface PatternGroup extends Part {
  readonly kind: 'group'
  readonly parts: readonly PatternPart[]
}

export type PatternPart = PatternStep | PatternGroup

/** Which matches are told, and which partial ones end, when a match is complete (Flink's `AfterMatchSkipStrategy`). */
export type SkipStrategy =
  | { readonly kind: 'no-skip' | 'to-next' | 'past-last' }
  /** `throwOnMiss`: an error where the match has no row of that name, or where it would begin again with its own first row. */
  | { readonly kind: 'to-first' | 'to-last'; readonly name: string; readonly throwOnMiss?: boolean }

export interface Pattern {
  readonly parts: readonly PatternPart[]
  readonly skip: SkipStrategy
  /** ms from the first row to the last, exclusive, beside those of steps; null: none. */
  readonly within: number | null
}

export const ONCE: Quantifier = { min: 1, max: 1, optional: false, greedy: false, inner: 'relaxed', gap: null }

export const isNot = ({ contiguity }: PatternPart): boolean =>
  contiguity === 'not-next' || contiguity === 'not-followed-by'

/** May more than one occurrence be in a match? */
export const repeats = ({ quantifier: { min, max } }: PatternPart): boolean => max === null || max > 1 || min > 1

/** Does `greedy` change anything? Not for a fixed number of occurrences. */
export const isGreedy = ({ quantifier: { greedy, min, max } }: PatternPart): boolean =>
  greedy && (max === null || min < max)

/** Every step, in the order of the text; those of groups where the group stands. */
export function* stepsOf(parts: readonly PatternPart[]): Generator<PatternStep> {
  for (const part of parts) {
    if (part.kind === 'step') yield part
    else yield* stepsOf(part.parts)
  }
}

function* windowsOf(parts: readonly PatternPart[]): Generator<number> {
  for (const part of parts) {
    if (part.within?.kind === 'first-to-last') yield part.within.ms
    if (part.kind === 'group') yield* windowsOf(part.parts)
  }
}

/** The shortest of all windows from first to last, ms; 0: none, whatever the others say (as in Flink); null: nothing was said. */
export function windowOf({ parts, within }: Pick<Pattern, 'parts' | 'within'>): number | null {
  const all = [...windowsOf(parts), ...(within === null ? [] : [within])]
  return all.length === 0 ? null : Math.min(...all)
}

/** Can a match be without any row? Never told, but SQL refuses such patterns. */
export const canMatchEmpty = (parts: readonly PatternPart[]): boolean =>
  parts.every(
    (part) => !isNot(part) && (part.quantifier.optional || (part.kind === 'group' && canMatchEmpty(part.parts))),
  )

/** May the same rows stand for the same steps in more than one way? Only where a repeated group has loops or gaps of its own. */
export const isAmbiguous = (parts: readonly PatternPart[]): boolean =>
  parts.some(
    (part) =>
      part.kind === 'group' &&
      (isAmbiguous(part.parts) || (repeats(part) && part.parts.some((one) => repeats(one) || canMatchEmpty([one])))),
  )
