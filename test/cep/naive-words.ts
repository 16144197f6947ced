import { isNot, type Pattern, type PatternPart, type PatternStep, type Quantifier } from '../../src/cep/pattern.ts'

/** Every word that a pattern allows: the rows to take, one letter each, and what is asked of the rows in between. */

/** One event to take, and what is asked of it and of the events skipped before it. */
export interface Letter {
  readonly step: string
  /** null: as the group that it begins is entered. */
  readonly kind: Kind | null
  /** An event that meets this is not taken. */
  readonly stop: string | null
  /** No event from the one taken before (exclusive) to this one (inclusive) may meet one of these. */
  readonly bans: readonly string[]
  /** Nor may the one right behind the one taken before meet these. */
  readonly nextBans: readonly string[]
  /** As bans, unless the event right behind the one taken before meets `until`. */
  readonly guards: readonly Guard[]
  /** It comes less than this after the one taken before. */
  readonly gap: number
  /** Of the part at hand: may it end here? Does this letter follow another one of the same part, or of the round before? */
  readonly mayEnd: boolean
  readonly isInner: boolean
}

export interface Guard {
  readonly step: string
  readonly until: string | null
}

export interface Word {
  readonly letters: readonly Letter[]
  /** Of greedy steps since the last letter, for whatever follows. */
  readonly guards: readonly Guard[]
  /** What NOTs at the end forbid. */
  readonly bans: readonly string[]
  readonly nextBans: readonly string[]
}

export type Kind = 'strict' | 'relaxed' | 'any'

const EMPTY: Word = { letters: [], guards: [], bans: [], nextBans: [] }
const KINDS = { next: 'strict', 'followed-by': 'relaxed', 'followed-by-any': 'any' } as const

const kindOf = ({ contiguity }: PatternPart): Kind => KINDS[contiguity as keyof typeof KINDS] ?? 'strict'

/** The words of a pattern; longer ones are cut off behind so many letters. */
export const wordsOfPattern = ({ parts }: Pick<Pattern, 'parts'>, limit: number): readonly Word[] =>
  wordsOf(parts, limit, null).filter(({ letters }) => letters.length > 0)

function timesOf({ min, max, optional }: Quantifier, limit: number): number[] {
  const all = optional ? [0] : []
  for (let times = min; times <= Math.min(max ?? Infinity, Math.max(min, limit)); times += 1) all.push(times)
  return all
}

const cutOff = (word: Word, limit: number): Word =>
  word.letters.length > limit ? { ...EMPTY, letters: word.letters.slice(0, limit) } : word

const canBeEmpty = (part: PatternPart): boolean =>
  part.quantifier.optional || (part.kind === 'group' && part.parts.every((one) => isNot(one) || canBeEmpty(one)))

/** `outer`: the quantifier of the group that the sequence is the inside of. */
function wordsOf(parts: readonly PatternPart[], limit: number, outer: Quantifier | null): Word[] {
  let words: Word[] = [EMPTY]
  for (const [i, part] of parts.entries()) {
    if (isNot(part)) {
      const where = part.contiguity === 'not-next' ? 'nextBans' : 'bans'
      words = words.map((word) => ({ ...word, [where]: [...word[where], (part as PatternStep).name] }))
      continue
    }
    const nots = notsBehind(parts, i)
    const behind = parts.slice(i + 1).filter((one) => !isNot(one))
    words = words.flatMap((word) => {
      const left = limit - word.letters.length
      if (left === 0) return [word]
      return partWords(part, left, i === 0 ? outer : null)
        .map((next) => placed(forbidden(next, nots), behind))
        .map((next) => cutOff(join(word, next), limit))
    })
  }
  return words
}

interface Nots {
  readonly bans: readonly string[]
  readonly nextBans: readonly string[]
}

/** The NOTs right behind a part. */
function notsBehind(parts: readonly PatternPart[], from: number): Nots {
  const nots = { bans: [] as string[], nextBans: [] as string[] }
  for (const part of parts.slice(from + 1)) {
    if (!isNot(part)) break
    const where = part.contiguity === 'not-next' ? nots.nextBans : nots.bans
    where.push((part as PatternStep).name)
  }
  return nots
}

/** What NOTs behind a part forbid holds inside of it, too: behind each row that might have been its last, and (but for the next row alone) between its rounds. */
function forbidden(word: Word, { bans, nextBans }: Nots): Word {
  const letters = word.letters.map((letter, i): Letter => {
    const mightBeOver = i > 0 && word.letters[i - 1]!.mayEnd
    if (!mightBeOver && !letter.isInner) return letter
    return {
      ...letter,
      bans: [...letter.bans, ...bans],
      nextBans: mightBeOver ? [...letter.nextBans, ...nextBans] : letter.nextBans,
    }
  })
  return { ...word, letters }
}

/** The word of a part as that of the sequence that it is in. */
function placed(word: Word, behind: readonly PatternPart[]): Word {
  const letters = word.letters.map((letter) => ({
    ...letter,
    mayEnd: letter.mayEnd && behind.every(canBeEmpty),
    isInner: letter.isInner && behind.length === 0,
  }))
  return { ...word, letters }
}

/** What one word asks of what follows it is asked of the first letter of the next. */
function join(word: Word, next: Word): Word {
  const [first, ...others] = next.letters
  if (first === undefined) return { ...word, guards: [...word.guards, ...next.guards] }
  const asked = {
    ...first,
    bans: [...first.bans, ...word.bans],
    nextBans: [...first.nextBans, ...word.nextBans],
    guards: [...first.guards, ...word.guards],
  }
  return { ...next, letters: [...word.letters, asked, ...others] }
}

const partWords = (part: PatternPart, limit: number, outer: Quantifier | null): Word[] =>
  part.kind === 'step' ? stepWords(part, limit, outer) : groupWords(part, limit)

function stepWords(part: PatternStep, limit: number, outer: Quantifier | null): Word[] {
  const { quantifier, until, name, within } = part
  const { min, max } = quantifier
  const guards = quantifier.greedy && (max === null || min < max) ? [{ step: name, until }] : []
  const gap = within?.kind === 'previous-to-current' && max === 1 ? within.ms : Number.POSITIVE_INFINITY
  const none = { step: name, bans: [], nextBans: [], guards: [] }
  return timesOf(quantifier, limit).map((times) => {
    const letters = Array.from({ length: times }, (_, i): Letter => {
      const mayEnd = i + 1 >= min
      if (i === 0) return { ...none, kind: outer ? null : kindOf(part), stop: until, gap, mayEnd, isInner: false }
      const bans = until === null ? [] : [until]
      const again = { stop: null, gap: Number.POSITIVE_INFINITY, mayEnd, isInner: true }
      return { ...none, kind: (outer ?? quantifier).inner, bans, ...again }
    })
    return { ...EMPTY, letters, guards }
  })
}

function groupWords(group: PatternPart & { kind: 'group' }, limit: number): Word[] {
  const { quantifier, until, contiguity } = group
  const once = wordsOf(group.parts, limit, quantifier)
  const all: Word[] = []
  let words: Word[] = [EMPTY]
  const times = timesOf(quantifier, limit)
  for (let i = 0; ; i += 1) {
    if (times.includes(i)) all.push(...words)
    if (i === Math.max(...times)) break
    const kind = i > 0 ? quantifier.inner : contiguity === 'inherit' ? null : kindOf(group)
    const next = once.map((word) => inRound(word, i, { kind, min: quantifier.min }))
    const longer = words.flatMap((word) => next.map((one) => cutOff(join(word, one), limit)))
    words = longer.filter(({ letters }) => letters.length < limit)
    all.push(...longer.filter(({ letters }) => letters.length === limit))
  }
  if (until === null) return all
  return all.map((word) => ({ ...word, letters: word.letters.map((one) => ({ ...one, bans: [...one.bans, until] })) }))
}

/** A word of the inside as that of round `i` of the group. */
function inRound(word: Word, i: number, { kind, min }: { readonly kind: Kind | null; readonly min: number }): Word {
  const letters = word.letters.map((letter, l) => ({
    ...letter,
    kind: l === 0 ? (letter.kind ?? kind) : letter.kind,
    mayEnd: letter.mayEnd && i + 1 >= min,
    isInner: l === 0 ? i > 0 : letter.isInner && i + 1 >= min,
  }))
  return { ...word, letters }
}
