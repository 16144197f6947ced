import { assert } from '../base/assert.ts'
import { grown } from '../data/grown.ts'
import { IntStack } from './int-stack.ts'

/** How many references each slot has, and the slots that had none at some time: they may go, each once, when they are asked for. */
export class SlotReferences {
  /** Slots with references. */
  retained = 0
  #counts: Int32Array
  #isPending: Uint8Array
  readonly #pending = new IntStack()

  constructor(capacity: number) {
    this.#counts = new Int32Array(capacity)
    this.#isPending = new Uint8Array(capacity)
  }

  get capacity(): number {
    return this.#counts.length
  }

  reserve(capacity: number): void {
    this.#counts = grown(this.#counts, capacity)
    this.#isPending = grown(this.#isPending, capacity)
  }

  has(slot: number): boolean {
    return this.#counts[slot]! > 0
  }

  /** True: the slot had no reference. */
  retain(slot: number): boolean {
    const count = this.#counts[slot]!
    this.#counts[slot] = count + 1
    if (count > 0) return false
    this.retained += 1
    return true
  }

  /** True: it was the last reference. */
  release(slot: number): boolean {
    const count = this.#counts[slot]! - 1
    assert(count >= 0, 'a key was released more often than retained')
    this.#counts[slot] = count
    if (count > 0) return false
    this.retained -= 1
    this.setPending(slot)
    return true
  }

  /** `release` of each of `slots`, which is used up: those that lost their last reference stand in front then; tells how many. */
  releaseAll(slots: Int32Array): number {
    const counts = this.#counts
    let last = 0
    for (let i = 0; i < slots.length; i += 1) {
      const slot = slots[i]!
      const count = counts[slot]! - 1
      assert(count >= 0, 'a key was released more often than retained')
      counts[slot] = count
      if (count === 0) slots[last++] = slot
    }
    this.retained -= last
    for (let i = 0; i < last; i += 1) this.setPending(slots[i]!)
    return last
  }

  setPending(slot: number): void {
    if (this.#isPending[slot] === 1) return
    this.#isPending[slot] = 1
    this.#pending.push(slot)
  }

  /** How many slots are pending; some may have references again. */
  get pending(): number {
    return this.#pending.length
  }

  /** A slot that is pending no more; -1: there is none. */
  takePending(): number {
    const slot = this.#pending.pop()
    if (slot >= 0) this.#isPending[slot] = 0
    return slot
  }
}
