import { Heap } from '../base/heap.ts'
import { type Placed, Places } from './places.ts'
import type { StateStructure, WritePage } from './structure.ts'

export interface Timer {
  /** Event time, ms. */
  readonly time: number
  readonly key: string
}

interface Registered extends Timer, Placed {
  readonly order: number
  isDeleted: boolean
}

/**
 * Event-time timers: each fires once, by time and then in order of registration. As in Flink, a key has at most one timer for one
 * time (registering it again changes nothing), and a timer is due when `time <= watermark`.
 */
export class Timers implements StateStructure {
  readonly name: string
  #heap = newHeap()
  readonly #known = new Map<string, Registered>()
  readonly #places = new Places<Registered>()
  #registrations = 0

  constructor(name: string) {
    this.name = name
  }

  get entries(): number {
    return this.#known.size
  }

  /** Time of the timer that fires next; Infinity if there is none. */
  get nextTime(): number {
    return this.#heap.peek()?.time ?? Infinity
  }

  register(time: number, key: string): void {
    const id = idOf(time, key)
    if (this.#known.has(id)) return
    const timer = { time, key, order: this.#registrations++, place: 0, isDeleted: false }
    this.#known.set(id, timer)
    this.#places.add(timer)
    this.#heap.push(timer)
  }

  /** Takes a timer back that has not fired. */
  delete(time: number, key: string): boolean {
    const timer = this.#known.get(idOf(time, key))
    if (timer === undefined) return false
    timer.isDeleted = true
    this.#forget(timer)
    if (this.#heap.peek() === timer) this.#dropDeleted()
    else if (this.#heap.size > 64 && this.#heap.size > this.#known.size * 2) this.#rebuild()
    return true
  }

  /** Takes the next timer that is due; undefined: none is. */
  pop(watermark: number): Timer | undefined {
    const timer = this.#heap.peek()
    if (timer === undefined || timer.time > watermark) return undefined
    this.#heap.pop()
    this.#forget(timer)
    this.#dropDeleted()
    return timer
  }

  #forget(timer: Registered): void {
    this.#known.delete(idOf(timer.time, timer.key))
    this.#places.remove(timer)
  }

  /** The first of the heap is always one that will fire. */
  #dropDeleted(): void {
    while (this.#heap.peek()?.isDeleted) this.#heap.pop()
  }

  /** Deleted timers stay in the heap until half of it is deleted. */
  #rebuild(): void {
    this.#heap = newHeap()
    for (const timer of this.#known.values()) this.#heap.push(timer)
  }

  writeDirty(write: WritePage): void {
    this.#places.write(write, (page, { time, order, key }) => {
      page.f64(time)
      page.f64(order)
      page.text(key)
    })
  }

  restore(pages: Iterable<readonly [page: string, bytes: Uint8Array]>): void {
    const timers = this.#places.restore(pages, (page) => {
      const [time, order, key] = [page.f64(), page.f64(), page.text()]
      return { time, key, order, place: 0, isDeleted: false }
    })
    for (const timer of timers) {
      this.#known.set(idOf(timer.time, timer.key), timer)
      this.#heap.push(timer)
      this.#registrations = Math.max(this.#registrations, timer.order + 1)
    }
  }
}

const idOf = (time: number, key: string): string => `${time} ${key}`

const newHeap = () => new Heap<Registered>((a, b) => a.time < b.time || (a.time === b.time && a.order < b.order))
