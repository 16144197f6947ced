import type { Dictionary } from '../data/dictionary.ts'
import { grown } from '../data/grown.ts'

/** Remembers a number, not negative, for each id of a dictionary, for as long as ids mean what they mean. */
export class IdCache {
  #dictionary: Dictionary | null = null
  #generation = 0
  /** Plus one; 0: not known. */
  #numbers = new Int32Array(1024)

  /** Ids are those of this dictionary from now on. */
  follow(dictionary: Dictionary): void {
    if (this.#dictionary === dictionary && this.#generation === dictionary.generation) return
    this.#dictionary = dictionary
    this.#generation = dictionary.generation
    this.#numbers.fill(0)
  }

  /** -1: not known. */
  get(id: number): number {
    return id < this.#numbers.length ? this.#numbers[id]! - 1 : -1
  }

  set(id: number, number: number): void {
    if (id >= this.#numbers.length) this.#numbers = grown(this.#numbers, Math.max(id + 1, this.#numbers.length * 2))
    this.#numbers[id] = number + 1
  }
}
