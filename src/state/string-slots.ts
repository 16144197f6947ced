import { HashIndex } from './hash-index.ts'

/**
 * Hashes of keys that are one string, to slots; kept only while it is needed. As long as every such slot is known by its id in the dictionary
 * of the columns, an unknown id is an unknown text, and no text has to be looked up. Slots that are not known by id are strangers here.
 */
export class StringSlots {
  #strangers = 0
  #isKept = false
  #index: HashIndex | null = null

  /** null: not needed now. */
  get index(): HashIndex | null {
    return this.#index
  }

  /** Makes the index of these keys, which are all there are. */
  makeIndex(slots: Iterable<number>, hashOf: (slot: number) => number, hasId: (slot: number) => boolean): HashIndex {
    this.#index = new HashIndex()
    this.#strangers = 0
    for (const slot of slots) {
      this.#index.add(hashOf(slot), slot)
      if (!hasId(slot)) this.#strangers += 1
    }
    return this.#index
  }

  /** No id leads to any slot any more. The index must be there. */
  setAllStrangers(): void {
    this.#strangers = this.#index!.size
  }

  /** The index stays from now on: ids will not do for what comes. */
  keepIndex(): void {
    this.#isKept = true
  }

  /** A new key that no id leads to; the index must be there. */
  addStranger(): void {
    this.#strangers += 1
  }

  /** A stranger got an id, or went. */
  setKnown(): void {
    this.#strangers -= 1
    this.dropUnneeded()
  }

  /** Forgets the index if all keys have ids. */
  dropUnneeded(): void {
    if (this.#strangers === 0 && !this.#isKept) this.#index = null
  }
}
