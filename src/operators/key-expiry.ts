import { LastTouches } from '../state/last-touches.ts'

export interface KeyExpiryOptions {
  /** ms: a key is forgotten when w >= t + ttl, t being the greatest event time of its rows; null: never. */
  readonly ttl: number | null
  /** When the group of a slot began, as a number that only grows and that no other group has. */
  readonly arrivalOf: (slot: number) => number
  /** The slots of all groups, in the order in which they began. */
  readonly slots: () => Iterable<number>
}

/** State TTL of a step that keeps something for each key: which keys are to be forgotten, and when. */
export class KeyExpiry {
  readonly structure: LastTouches
  readonly #options: KeyExpiryOptions
  /** Are there keys from a run without TTL, of which nobody knows when they were touched? They count from the next watermark. */
  #hasUntimed = false

  constructor(options: KeyExpiryOptions) {
    this.#options = options
    this.structure = new LastTouches(options)
  }

  get isOn(): boolean {
    return this.#options.ttl !== null
  }

  /** A row of a key came; its group is there. */
  touch(slot: number, time: number): void {
    if (!this.isOn) return
    if (this.structure.has(slot)) this.structure.touch(slot, time)
    else this.structure.begin(slot, time)
  }

  /** The group of a key ended. */
  end(slot: number): void {
    this.structure.end(slot)
  }

  /** May `next` have something at this watermark? */
  isDue(watermark: number): boolean {
    if (this.#hasUntimed && watermark > -Infinity) {
      for (const slot of this.#options.slots()) if (!this.structure.has(slot)) this.structure.begin(slot, watermark)
      this.#hasUntimed = false
    }
    return watermark >= this.structure.nextDue
  }

  /** The next key that is to be forgotten at this watermark, by the time it is due, then by arrival; null: none. `end` takes it out. */
  next(watermark: number): { readonly slot: number; readonly at: number } | null {
    return this.structure.due(watermark)
  }

  /** After the structures were restored; there are so many groups. */
  restored(groups: number): void {
    this.#hasUntimed = this.isOn && this.structure.entries < groups
  }
}
