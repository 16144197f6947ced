/** So many texts are remembered at the most. */
const MOST_TEXTS = 1 << 16

/**
 * Remembers the slots of keys that are one string, by the string. When there are too many it begins anew; and if by then fewer were found than were
 * stored, mostly new ones come, and it gives up.
 */
export class TextSlots {
  readonly #slots = new Map<string, number>()
  readonly #texts: (string | undefined)[] = []
  #found = 0
  #isOff = false

  /** -1: unknown. */
  slotOf(text: string): number {
    const slot = this.#slots.get(text)
    if (slot === undefined) return -1
    this.#found += 1
    return slot
  }

  store(text: string, slot: number): void {
    if (this.#isOff) return
    if (this.#slots.size === MOST_TEXTS) this.#beginAnew()
    this.forget(slot)
    this.#slots.set(text, slot)
    while (this.#texts.length < slot) this.#texts.push(undefined)
    this.#texts[slot] = text
  }

  /** The slot is about to mean another key. */
  forget(slot: number): void {
    const text = this.#texts[slot]
    if (text === undefined) return
    this.#texts[slot] = undefined
    this.#slots.delete(text)
  }

  #beginAnew(): void {
    this.#isOff = this.#found < this.#slots.size
    this.#found = 0
    this.#slots.clear()
    this.#texts.length = 0
  }
}
