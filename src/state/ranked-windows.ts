import { Heap } from '../base/heap.ts'
import type { RankedList } from './ranked-list.ts'

/** The rows of one key in one window, by rank. */
export interface RankedGroup {
  readonly window: RankedWindow
  readonly key: number
  /** Number of the group in the order in which they began. */
  readonly arrival: number
  readonly list: RankedList
  /** Rows that are equal, in order of arrival; null: none is ever looked for. */
  readonly byText: Map<string, number[]> | null
}

/** [start, end): a window of event time, or all time there is. Its groups stand in the order in which they began. */
export interface RankedWindow {
  readonly start: number
  readonly end: number
  readonly groups: Map<number, RankedGroup>
}

/** Windows by their borders, and by when they end. */
export class RankedWindows {
  readonly #windows = new Map<string, RankedWindow>()
  readonly #queue = new Heap<RankedWindow>((a, b) => a.end < b.end || (a.end === b.end && a.start < b.start))
  /** The window that was asked for last. */
  #latest: RankedWindow | null = null

  /** The window that ends first, of several that which began first. */
  get first(): RankedWindow | undefined {
    return this.#queue.peek()
  }

  /** A window that there is not begins without groups. */
  at(start: number, end: number): RankedWindow {
    if (this.#latest?.start === start && this.#latest.end === end) return this.#latest
    const name = `${start} ${end}`
    let window = this.#windows.get(name)
    if (window === undefined) {
      window = { start, end, groups: new Map() }
      this.#windows.set(name, window)
      this.#queue.push(window)
    }
    this.#latest = window
    return window
  }

  /** Forgets the first window, which must have no groups left. */
  dropFirst(): void {
    const { start, end } = this.#queue.pop()!
    this.#windows.delete(`${start} ${end}`)
    this.#latest = null
  }

  [Symbol.iterator](): Iterator<RankedWindow> {
    return this.#windows.values()
  }
}
