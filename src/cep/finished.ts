import { TidemarkError } from '../base/errors.ts'
import type { Matcher, MatcherHost } from './matcher.ts'
import type { SkipStrategy } from './pattern.ts'

export interface FinishedMatch {
  readonly entry: number
  readonly startOrdinal: number
}

/**
 * Matches that are complete. Without a skip strategy each is told at once; with one, a match waits while a partial match that began earlier
 * may still complete, and when it is told it ends others (Flink's `NFA.processMatchesAccordingToSkipStrategy`).
 */
export class Finished {
  readonly #matcher: Matcher
  readonly #host: Pick<MatcherHost, 'match'>
  readonly #skip: SkipStrategy
  /** Matches that the host was told of. */
  told = 0
  /** By key, by the row that they began with, and then in the order in which they were completed. */
  readonly #held = new Map<number, FinishedMatch[]>()
  /** Of an ambiguous pattern: the matches of one key at one moment, so that none is told twice. */
  readonly #seen = { key: -1, at: Number.NaN, ordinal: -1, matches: new Set<string>() }

  constructor(matcher: Matcher, host: Pick<MatcherHost, 'match'>, skip: SkipStrategy) {
    this.#matcher = matcher
    this.#host = host
    this.#skip = skip
  }

  get isHolding(): boolean {
    return this.#held.size > 0
  }

  has(key: number): boolean {
    return this.#held.has(key)
  }

  of(key: number): readonly FinishedMatch[] {
    return this.#held.get(key) ?? []
  }

  /** The caller keeps its reference to the entry. */
  complete({ entry, key, startOrdinal, at }: FinishedMatch & { readonly key: number; readonly at: number }): void {
    if (this.#matcher.nfa.isAmbiguous && this.#isKnown(entry, key, at)) return
    if (this.#skip.kind === 'no-skip') {
      this.#tell(entry, key, at)
      return
    }
    this.#matcher.buffer.retain(entry)
    this.restore(key, { entry, startOrdinal })
  }

  #tell(entry: number, key: number, at: number): void {
    this.told += 1
    this.#host.match(entry, key, at)
  }

  /** Equal matches end with the same row, or at the same deadline. */
  #isKnown(entry: number, key: number, at: number): boolean {
    const { buffer, nfa, ordinal } = this.#matcher
    const seen = this.#seen
    if (seen.key !== key || seen.at !== at || seen.ordinal !== ordinal) {
      Object.assign(seen, { key, at, ordinal })
      seen.matches.clear()
    }
    const steps = buffer.chain(entry).map((one) => `${nfa.stepOf[buffer.positionOf(one)]} ${buffer.ordinalOf(one)}`)
    const text = steps.join(',')
    if (seen.matches.has(text)) return true
    seen.matches.add(text)
    return false
  }

  /** As `complete`, while state is read back; the reference is handed over. */
  restore(key: number, match: FinishedMatch): void {
    const held = this.#held.get(key)
    if (held === undefined) this.#held.set(key, [match])
    else {
      let at = held.length
      while (at > 0 && this.#isBefore(match, held[at - 1]!)) at -= 1
      held.splice(at, 0, match)
    }
  }

  /** What began earlier comes first; of matches that begin and end with the same rows, the one that took earlier rows in between. */
  #isBefore(one: FinishedMatch, other: FinishedMatch): boolean {
    if (one.startOrdinal !== other.startOrdinal) return one.startOrdinal < other.startOrdinal
    const { buffer } = this.#matcher
    if (buffer.ordinalOf(one.entry) !== buffer.ordinalOf(other.entry)) return false
    const rows = buffer.chain(other.entry).map((entry) => buffer.ordinalOf(entry))
    const own = buffer.chain(one.entry).map((entry) => buffer.ordinalOf(entry))
    const at = own.findIndex((ordinal, i) => ordinal !== rows[i])
    return at >= 0 && own[at]! < rows[at]!
  }

  /** Tells the matches of a key that nothing earlier holds back any more. */
  settle(key: number, at: number): void {
    const held = this.#held.get(key)
    if (held === undefined) return
    const { buffer, partials } = this.#matcher
    while (held.length > 0) {
      const match = held[0]!
      const earliest = partials.headOf(key)
      if (earliest >= 0 && partials.startOrdinalOf(earliest) < match.startOrdinal) return
      held.shift()
      const bound = this.#boundOf(match)
      this.#tell(match.entry, key, at)
      buffer.release(match.entry)
      this.#prune(key, bound)
    }
    this.#held.delete(key)
  }

  /** Forgets the match of a key that would be told last; there must be one. */
  dropLast(key: number): void {
    const held = this.#held.get(key)!
    this.#matcher.buffer.release(held.pop()!.entry)
    if (held.length === 0) this.#held.delete(key)
  }

  /** What began before this goes with the match. */
  #boundOf({ entry, startOrdinal }: FinishedMatch): number {
    const { buffer } = this.#matcher
    switch (this.#skip.kind) {
      case 'no-skip':
        return Number.NEGATIVE_INFINITY
      case 'to-next':
        return startOrdinal + 1
      case 'past-last':
        return buffer.ordinalOf(entry) + 1
      default:
        return this.#ordinalOf(this.#skip, entry)
    }
  }

  /** Of the first or last row with the name to skip to. */
  #ordinalOf(skip: Extract<SkipStrategy, { name: string }>, entry: number): number {
    const { buffer, nfa } = this.#matcher
    const step = nfa.steps.indexOf(skip.name)
    const rows = buffer.chain(entry).filter((one) => nfa.stepOf[buffer.positionOf(one)] === step)
    const found = skip.kind === 'to-first' ? rows[0] : rows.at(-1)
    if (skip.throwOnMiss && found === undefined) {
      const hint = `make ${skip.name} a step that must come, or skip past-last`
      throw new TidemarkError('E_PATTERN', `a match has no row of ${skip.name} to skip to`, { hint })
    }
    if (skip.throwOnMiss && found === buffer.first(entry)) {
      const hint = 'skip to-next or past-last'
      throw new TidemarkError('E_PATTERN', `the match begins with ${skip.name}: it would be found for ever`, { hint })
    }
    return found === undefined ? Number.NEGATIVE_INFINITY : buffer.ordinalOf(found)
  }

  #prune(key: number, bound: number): void {
    const { buffer, partials } = this.#matcher
    let partial = partials.headOf(key)
    while (partial >= 0 && partials.startOrdinalOf(partial) < bound) {
      const next = partials.nextOf(partial)
      partials.leave(partial)
      buffer.release(partial)
      partial = next
    }
    partials.setHead(key, partial)
    const held = this.#held.get(key)!
    let count = 0
    while (count < held.length && held[count]!.startOrdinal < bound) count += 1
    for (const { entry } of held.splice(0, count)) buffer.release(entry)
  }
}
