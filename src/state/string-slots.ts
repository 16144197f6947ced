import { EntryIndex } from './entry-index.ts'

/**
 * Texts of keys that are one string, to slots; kept only while it is needed. As long as every such slot is known by its id in the dictionary
 * of the columns, an unknown id is an unknown text, and no text has to be hashed. Slots that are not known by id are strangers here.
 */
export class StringSlots {
  readonly #textOf: (slot: number) => string
  #index: EntryIndex | null = null
  #strangers = 0
  #isKept = false

  /** `textOf`: the text of a slot, from before it is added until after it is deleted. */
  constructor(textOf: (slot: number) => string) {
    this.#textOf = textOf
  }

  get isIndexed(): boolean {
    return this.#index !== null
  }

  /** Makes the index of these keys, which are all there are. */
  index(texts: Iterable<readonly [text: string, slot: number]>, hasId: (slot: number) => boolean): void {
    this.#index = new EntryIndex(this.#textOf)
    this.#strangers = 0
    for (const [text, slot] of texts) this.add(text, slot, hasId(slot))
  }

  /** No id leads to any slot any more. The index must be there. */
  setAllStrangers(): void {
    this.#strangers = this.#index!.size
  }

  /** The index stays from now on: ids will not do for what comes. */
  keepIndex(): void {
    this.#isKept = true
  }

  /** -1: no such key, or no index. */
  find(text: string): number {
    return this.#index === null ? -1 : this.#index.get(text)
  }

  /** A new key; one without an id needs the index to be there. */
  add(text: string, slot: number, hasId: boolean): void {
    this.#index?.set(text, slot)
    if (!hasId) this.#strangers += 1
  }

  /** A stranger got an id. */
  setKnown(): void {
    this.#strangers -= 1
    this.dropUnneeded()
  }

  delete(text: string, hasId: boolean): void {
    this.#index?.delete(text)
    if (!hasId) this.setKnown()
  }

  /** Forgets the index if all keys have ids. */
  dropUnneeded(): void {
    if (this.#strangers === 0 && !this.#isKept) this.#index = null
  }
}
