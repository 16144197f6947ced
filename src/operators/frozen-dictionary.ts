import type { Dictionary } from '../data/dictionary.ts'
import { viewOf } from '../data/key-bytes.ts'
import { ByteArena } from '../state/byte-arena.ts'

/** The texts that a dictionary had, under the same ids, for as long as they are wanted. */
export class FrozenDictionary implements Dictionary {
  readonly generation = 0
  readonly bytes: Buffer
  /** Text id is bytes [#ends[id - 1], #ends[id]). */
  readonly #ends: Int32Array
  /** Decoded on demand. */
  readonly #texts: (string | undefined)[] = []

  /** Of ids below `size`. */
  constructor(dictionary: Dictionary, size: number) {
    const arena = new ByteArena()
    this.#ends = new Int32Array(size)
    let { bytes } = dictionary
    let view = viewOf(bytes)
    for (let id = 0; id < size; id += 1) {
      const [start, end] = [dictionary.startOf(id), dictionary.endOf(id)]
      if (dictionary.bytes !== bytes) {
        bytes = dictionary.bytes
        view = viewOf(bytes)
      }
      arena.append(view, start, end)
      this.#ends[id] = arena.length
      this.#texts.push(undefined)
    }
    this.bytes = arena.bytes
  }

  text(id: number): string {
    const known = this.#texts[id]
    if (known !== undefined) return known
    const text = this.bytes.toString('utf8', this.startOf(id), this.endOf(id))
    this.#texts[id] = text
    return text
  }

  startOf(id: number): number {
    return id === 0 ? 0 : this.#ends[id - 1]!
  }

  endOf(id: number): number {
    return this.#ends[id]!
  }
}
