import type { Value } from '../data/value.ts'
import type { KeyTable } from '../state/key-table.ts'
import { type UntoldResult, UntoldResults } from '../state/untold-results.ts'
import { lastTimeOf } from '../time/watermark.ts'
import type { WindowAssigner } from '../windows/window.ts'

/** The result of one key in one window as it is, and when the key came first there. */
export interface WindowGroup {
  readonly values: readonly Value[] | null
  readonly arrival: number
}

/** Results of windows that have not fired yet and have changed since they were told last. A row costs the same however many windows hold it, but for the first of its key in a slice. */
export class UntoldWindows {
  readonly structure: UntoldResults
  readonly #windows: WindowAssigner
  readonly #groupOf: (end: number, slot: number) => WindowGroup | null
  /** By the last time of their window; null: not known yet, as they were restored. */
  #byTime: Map<number, UntoldResult[]> | null = null
  /** Key slots by slice of which all windows are here. */
  readonly #marked = new Map<number, Set<number>>()
  /** The slice of the last row. */
  #slice = Number.NaN
  #sliceEnd = Number.NaN

  constructor(keys: KeyTable, windows: WindowAssigner, groupOf: (end: number, slot: number) => WindowGroup | null) {
    this.structure = new UntoldResults(keys)
    this.#windows = windows
    this.#groupOf = groupOf
  }

  /** A row of the key at `time` is about to change its windows; `arrival`: when the key comes to those where it is not yet. */
  mark(
    { slot, time, arrival }: { readonly slot: number; readonly time: number; readonly arrival: number },
    hasFired: (end: number) => boolean,
  ): void {
    if (!(time >= this.#slice && time < this.#sliceEnd)) {
      this.#slice = this.#windows.sliceStart(time)
      this.#sliceEnd = this.#windows.nextSlice(this.#slice)
    }
    let marked = this.#marked.get(this.#slice)
    if (marked === undefined) {
      marked = new Set()
      this.#marked.set(this.#slice, marked)
    }
    if (marked.has(slot)) return
    marked.add(slot)
    const last = this.#windows.lastWindowEnd(time)
    for (let end = this.#windows.firstWindowEnd(time); end <= last; end = this.#windows.nextWindowEnd(end))
      if (!hasFired(end)) this.#markWindow(end, slot, arrival)
  }

  #markWindow(end: number, slot: number, arrival: number): void {
    const at = lastTimeOf(end)
    if (this.structure.find(slot, at, at) !== undefined) return
    const group = this.#groupOf(end, slot)
    const told = group?.values ? [{ start: 0, end, values: group.values }] : []
    const byTime = this.#index()
    file(byTime, this.structure.add({ slot, at, arrival: group?.arrival ?? arrival, told }))
  }

  #index(): Map<number, UntoldResult[]> {
    if (this.#byTime !== null) return this.#byTime
    this.#byTime = new Map()
    for (const untold of this.structure.all()) file(this.#byTime, untold)
    return this.#byTime
  }

  /** Takes out those of windows up to the last time `until`, by (end, arrival); whoever tells them removes them from the structure. */
  take(until: number): readonly UntoldResult[] {
    const byTime = this.#index()
    const times = [...byTime.keys()].filter((at) => at <= until).sort((a, b) => a - b)
    if (times.length === 0) return []
    this.#marked.clear()
    return times.flatMap((at) => {
      const untold = byTime.get(at)!
      byTime.delete(at)
      return untold.sort((a, b) => a.arrival - b.arrival)
    })
  }
}

function file(byTime: Map<number, UntoldResult[]>, untold: UntoldResult): void {
  const others = byTime.get(untold.at)
  if (others) others.push(untold)
  else byTime.set(untold.at, [untold])
}
