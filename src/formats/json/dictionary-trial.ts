import type { Batch } from '../../data/batch.ts'
import { Tag } from '../../data/column.ts'

/** A dictionary beyond these bounds is dropped, whatever it holds. */
const MOST_TEXTS = 1 << 20
const MOST_BYTES = 1 << 26
/** The first trial begins when there are so many texts, or bytes of texts. */
const TRIED_TEXTS = 1 << 14
const TRIED_BYTES = 1 << 20
/** A dictionary is kept if one in so many of its texts came again. Texts that come again by chance, one in a million at a time, do. */
const REUSED_SHARE = 128

interface TriedDictionary {
  readonly size: number
  readonly textBytes: number
  clear(): void
}

/**
 * Decides when a dictionary is dropped: when it has grown too large, or when its texts are nearly unique (the ids of events), so that remembering
 * them gains nothing and only takes memory. Whenever the dictionary has doubled, the texts that it held before must have come again, some of
 * them: a text that comes twice and then never again does not count for long.
 */
export class DictionaryTrial {
  readonly #dictionary: TriedDictionary
  /** How many texts are watched; 0: none, there is no trial yet. */
  #watched = 0
  #bytes = 0
  #isReused = new Uint8Array(0)

  constructor(dictionary: TriedDictionary) {
    this.#dictionary = dictionary
  }

  /** Takes note of the texts in rows `from` and later. */
  look(batch: Batch, from: number): void {
    if (this.#watched === 0) return
    const isReused = this.#isReused
    for (const { encoding, tags, ids } of batch.columns) {
      if (encoding !== 'interned') continue
      for (let i = from; i < batch.length; i += 1)
        if (tags[i] === Tag.String && ids[i]! < isReused.length) isReused[ids[i]!] = 1
    }
  }

  /** Only between two rounds: columns of a round hold ids. */
  endRound(): void {
    const { size, textBytes } = this.#dictionary
    if (size > MOST_TEXTS || textBytes > MOST_BYTES) this.#drop()
    else if (this.#watched === 0) {
      if (size >= TRIED_TEXTS || textBytes >= TRIED_BYTES) this.#begin()
    } else if (size >= 2 * this.#watched || textBytes >= 2 * this.#bytes) {
      if (this.#reused() * REUSED_SHARE < this.#watched) this.#drop()
      else this.#begin()
    }
  }

  #begin(): void {
    const { size, textBytes } = this.#dictionary
    this.#watched = size
    this.#bytes = textBytes
    this.#isReused = new Uint8Array(size)
  }

  #drop(): void {
    this.#dictionary.clear()
    this.#watched = 0
    this.#isReused = new Uint8Array(0)
  }

  #reused(): number {
    let count = 0
    for (let id = 0; id < this.#watched; id += 1) count += this.#isReused[id]!
    return count
  }
}
