import { skipColon, skipSpace, skipString, skipValue } from './skip.ts'
import { CLOSE_BRACE, COMMA, expectedFault, OPEN_BRACE, PLAIN_IN_STRING, QUOTE } from './syntax.ts'
import { unescaped } from './unescaped.ts'

/** A top-level member of a row. Offsets are into the buffer that was read; ends are exclusive. */
export interface Member {
  readonly name: string
  /** The name with its quotes. The member's own text is [nameStart, valueEnd). */
  readonly nameStart: number
  readonly nameEnd: number
  readonly valueStart: number
  readonly valueEnd: number
}

/** Up to this many members, comparing every two names is cheaper than a map. */
const FEW_MEMBERS = 16

/**
 * The top-level members of one row after another, without an object a member. Of members with one name the last counts,
 * at the place of the first. The arrays hold `count` entries that matter and are overwritten by the next `read`.
 */
export class RowMembers {
  count = 0
  /** Had the row a name twice? */
  hadDuplicates = false
  nameStarts = new Int32Array(64)
  nameEnds = new Int32Array(64)
  valueStarts = new Int32Array(64)
  valueEnds = new Int32Array(64)
  #bytes: Buffer = Buffer.alloc(0)
  #hasEscapes = false

  /**
   * Reads a row that a scanner has taken; white space around the object may be part of [start, end). A newline must
   * follow or end it.
   */
  read(bytes: Buffer, start: number, end: number): void {
    this.#bytes = bytes
    this.#hasEscapes = false
    this.count = 0
    let at = skipSpace(bytes, start)
    if (at >= end || bytes[at] !== OPEN_BRACE) throw expectedFault(bytes, at, 'an object', 'line')
    at = skipSpace(bytes, at + 1)
    while (bytes[at] === QUOTE) {
      at = skipSpace(bytes, this.#readMember(at))
      if (bytes[at] !== COMMA) break
      at = skipSpace(bytes, at + 1)
    }
    if (bytes[at] !== CLOSE_BRACE) throw expectedFault(bytes, at, "'}'", 'object')
    this.#mergeDuplicates()
  }

  name(i: number): string {
    return unescaped(this.#bytes, this.nameStarts[i]! + 1, this.nameEnds[i]! - 1)
  }

  /** Is member i called like this text, given with quotes as bytes? Names written with escapes are decoded first. */
  isNamed(i: number, quoted: Buffer): boolean {
    const bytes = this.#bytes
    const start = this.nameStarts[i]!
    const length = this.nameEnds[i]! - start
    if (this.#hasEscapes && bytes.subarray(start, start + length).includes('\\')) {
      return this.name(i) === quoted.toString('utf8', 1, quoted.length - 1)
    }
    if (length !== quoted.length) return false
    let k = 1
    while (k < length && bytes[start + k] === quoted[k]) k += 1
    return k === length
  }

  #readMember(at: number): number {
    if (this.count === this.nameStarts.length) this.#grow()
    const i = this.count++
    const bytes = this.#bytes
    let nameEnd = at + 1
    while (PLAIN_IN_STRING[bytes[nameEnd]!] === 1) nameEnd += 1
    if (bytes[nameEnd] === QUOTE) nameEnd += 1
    else {
      nameEnd = skipString(bytes, nameEnd)
      this.#hasEscapes = true
    }
    const valueStart = skipColon(bytes, nameEnd)
    const valueEnd = skipValue(bytes, valueStart, 1, 'object')
    this.nameStarts[i] = at
    this.nameEnds[i] = nameEnd
    this.valueStarts[i] = valueStart
    this.valueEnds[i] = valueEnd
    return valueEnd
  }

  #mergeDuplicates(): void {
    if (this.#hasEscapes || this.count > FEW_MEMBERS) {
      const first = new Map<string, number>()
      this.#merge((i) => {
        const name = this.name(i)
        const known = first.get(name)
        if (known === undefined) first.set(name, first.size)
        return known
      })
    } else {
      this.#merge((i, kept) => {
        for (let k = 0; k < kept; k += 1) if (this.#sameName(i, k)) return k
        return undefined
      })
    }
  }

  /** `firstOf` says which of the first `kept` members has the name of member i. */
  #merge(firstOf: (i: number, kept: number) => number | undefined): void {
    let kept = 0
    for (let i = 0; i < this.count; i += 1) {
      const to = firstOf(i, kept) ?? kept++
      if (to === i) continue
      this.nameStarts[to] = this.nameStarts[i]!
      this.nameEnds[to] = this.nameEnds[i]!
      this.valueStarts[to] = this.valueStarts[i]!
      this.valueEnds[to] = this.valueEnds[i]!
    }
    this.hadDuplicates = kept < this.count
    this.count = kept
  }

  #sameName(i: number, k: number): boolean {
    const bytes = this.#bytes
    const [a, b] = [this.nameStarts[i]!, this.nameStarts[k]!]
    const length = this.nameEnds[i]! - a
    if (this.nameEnds[k]! - b !== length) return false
    let at = 1
    while (at < length && bytes[a + at] === bytes[b + at]) at += 1
    return at === length
  }

  #grow(): void {
    this.nameStarts = doubled(this.nameStarts)
    this.nameEnds = doubled(this.nameEnds)
    this.valueStarts = doubled(this.valueStarts)
    this.valueEnds = doubled(this.valueEnds)
  }
}

const shared = new RowMembers()

/**
 * The top-level members of a row that a scanner has taken, in the row's order; of equal names the last, at the place of
 * the first.
 */
export function membersOf(bytes: Buffer, start: number, end: number): Member[] {
  shared.read(bytes, start, end)
  return Array.from({ length: shared.count }, (_, i) => ({
    name: shared.name(i),
    nameStart: shared.nameStarts[i]!,
    nameEnd: shared.nameEnds[i]!,
    valueStart: shared.valueStarts[i]!,
    valueEnd: shared.valueEnds[i]!,
  }))
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const bigger = new Int32Array(array.length * 2)
  bigger.set(array)
  return bigger
}
