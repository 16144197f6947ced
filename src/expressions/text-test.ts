import type { Column } from '../data/column.ts'
import type { Dictionary } from '../data/dictionary.ts'

const BACKSLASH = 0x5c

/**
 * A test of a text (`= 'x'`, IN, LIKE) over a column, remembered per interned id: a row then costs one look into a table. Ids mean
 * something for one dictionary and one generation of it.
 */
export class TextTest {
  /** 0 unknown, 1 false, 2 true; by id. */
  known = new Uint8Array(256)
  readonly #test: (text: string) => boolean
  /** The text as bytes, if the test is for equality: spans are compared without making strings of them. */
  readonly #bytes: Buffer | null
  #dictionary: Dictionary | null = null
  #generation = -1

  constructor(test: (text: string) => boolean, equalTo?: string) {
    this.#test = test
    this.#bytes = equalTo === undefined ? null : Buffer.from(equalTo)
  }

  /** Called before the rows of a column are tested; is the column interned? */
  begin(column: Column): boolean {
    const { dictionary } = column
    if (column.encoding !== 'interned' || dictionary === null) return false
    if (dictionary !== this.#dictionary || dictionary.generation !== this.#generation) {
      this.known.fill(0)
      this.#dictionary = dictionary
      this.#generation = dictionary.generation
    }
    return true
  }

  /** 1 or 0 for an id that is not in `known`. */
  look(id: number): number {
    if (id >= this.known.length) {
      const grown = new Uint8Array(Math.max(id + 1, this.known.length * 2))
      grown.set(this.known)
      this.known = grown
    }
    const result = this.#test(this.#dictionary!.text(id)) ? 1 : 0
    this.known[id] = result + 1
    return result
  }

  /** 1 or 0 for a row that holds a string, whatever the encoding. */
  row(column: Column, i: number): number {
    if (column.encoding === 'span' && this.#bytes !== null) return this.#span(column, i, this.#bytes)
    return this.#test(column.text(i)) ? 1 : 0
  }

  /** A span without a backslash is its text; one with escapes has to be read. */
  #span(column: Column, i: number, bytes: Buffer): number {
    const buffer = column.buffer!
    const start = column.ids[i]!
    const end = column.ends[i]!
    for (let at = start; at < end; at += 1) if (buffer[at] === BACKSLASH) return this.#test(column.text(i)) ? 1 : 0
    if (end - start !== bytes.length) return 0
    for (let at = 0; at < bytes.length; at += 1) if (buffer[start + at] !== bytes[at]) return 0
    return 1
  }
}
