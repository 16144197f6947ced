import { isNot, type Pattern, type PatternPart, repeats, windowOf } from './pattern.ts'
import { partText } from './pattern-text.ts'

/** A part of a pattern that may keep more and more rows. */
export interface Growth {
  readonly text: string
  /** What to write instead. */
  readonly hint: string
  /** Nothing ever ends it. Else a window does, but many partial matches may come together until then. */
  readonly isEndless: boolean
}

/** What makes the partial matches of a pattern many, in the order of the pattern; what follows every combination first. */
export function growthOf(pattern: Pick<Pattern, 'parts' | 'within'>): readonly Growth[] {
  const isEndless = (windowOf(pattern) ?? 0) === 0
  const found = new Findings(isEndless)
  found.sequence(pattern.parts)
  return found.all
}

class Findings {
  readonly #isEndless: boolean
  readonly #combinations: Growth[] = []
  readonly #waits: Growth[] = []
  #waitsForNext = false

  constructor(isEndless: boolean) {
    this.#isEndless = isEndless
  }

  get all(): readonly Growth[] {
    const all = [...this.#combinations, ...this.#waits]
    if (all.length > 0 || !this.#waitsForNext) return all
    const text = 'the last rows of every key are kept, if they may begin a match, until its next row comes'
    return [{ text: `${text}; memory grows with the number of keys`, hint: '--within 5m ends that', isEndless: true }]
  }

  sequence(parts: readonly PatternPart[]): void {
    for (const [i, part] of parts.entries()) {
      if (isNot(part)) {
        this.#waitsForNext ||= this.#isEndless && part.contiguity === 'not-next' && i === parts.length - 1
        continue
      }
      const before = parts.slice(0, i).findLast((one) => !isNot(one))
      if (before) this.#entered(before, part)
      this.#repeated(part)
      if (part.kind === 'group') this.sequence(part.parts)
    }
  }

  /** The wait between two parts. */
  #entered(before: PatternPart, part: PatternPart): void {
    if (!this.#isEndless || part.within !== null) return
    const [first, second] = [nameOf(before), nameOf(part)]
    const hint = `--within 5m ends that${part.kind === 'step' && !repeats(part) ? `, or ${second}[within 5m]` : ''}`
    if (part.contiguity === 'next') this.#waitsForNext = true
    else if (part.contiguity === 'followed-by')
      this.#wait(`${first} -> ${second}: a row of ${first} that no ${second} follows is kept for ever`, hint)
    else {
      const text = `${first} ->> ${second}: every row of ${first} is kept for ever, for each later ${second}`
      this.#wait(text, `${hint}; ${first} -> ${second} takes the next ${second} alone`)
    }
  }

  /** The waits between the rows, or rounds, of one part. */
  #repeated(part: PatternPart): void {
    if (!repeats(part)) return
    const { min, max, inner } = part.quantifier
    const [text, name] = [partText(part), nameOf(part)]
    const bound = `${name}{${min},${min + 2}}`
    if (inner === 'any' && max === null) {
      const isEndless = this.#isEndless
      this.#combinations.push({
        text: `${text}: every combination of rows of ${name} is followed; each further row doubles the partial matches`,
        hint: `[relaxed] takes each row once; or bound it, as in ${bound}[any]${isEndless ? ' with --within 5m' : ''}`,
        isEndless,
      })
    } else if (max === null && part.until === null) {
      const end = text.endsWith(']') ? `${text.slice(0, -1)}, until S]` : `${text}[until S]`
      const hint = `bound it, as in ${bound}; or end it, as in ${end}; or --within 5m`
      this.#wait(`${text}: it has no end, and all rows of ${name} that follow each other are kept`, hint)
    } else if (inner !== 'strict') {
      this.#wait(`${text}: where rows of ${name} stay away the others are kept for ever`, '--within 5m ends that')
    } else this.#waitsForNext ||= this.#isEndless
  }

  #wait(text: string, hint: string): void {
    if (this.#isEndless) this.#waits.push({ text, hint, isEndless: true })
  }
}

const nameOf = (part: PatternPart): string => (part.kind === 'step' ? part.name : '(...)')
