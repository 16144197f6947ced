import { Heap } from '../base/heap.ts'

/**
 * The wall clock and its timers behind an interface, so that tests can move them by hand. Results of rows never depend
 * on it.
 */
export interface Clock {
  /** Milliseconds since some fixed moment, with fractions; never goes back, not even when the system's clock is set. */
  now(): number
  /** Milliseconds since 1970, UTC; may jump. For `--arrival-time`, `--max-future` and reports. */
  wallTime(): number
  /** Calls `run` once, not before `ms` have passed. The result cancels it. */
  setTimer(ms: number, run: () => void): () => void
}

/** As `Clock.now`, of the real clock. Without `performance`, which Node loads when it is first named, with 1 ms of start-up. */
export function monotonicTime(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e3 + nanoseconds / 1e6
}

export class SystemClock implements Clock {
  now(): number {
    return monotonicTime()
  }

  wallTime(): number {
    return Date.now()
  }

  setTimer(ms: number, run: () => void): () => void {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  }
}

interface FakeTimer {
  readonly due: number
  readonly order: number
  readonly run: () => void
  isCancelled: boolean
}

/** Stands still until `advance`. */
export class FakeClock implements Clock {
  #now = 0
  #order = 0
  readonly #wallStart: number
  readonly #timers = new Heap<FakeTimer>((a, b) => a.due < b.due || (a.due === b.due && a.order < b.order))

  constructor(wallTime = 0) {
    this.#wallStart = wallTime
  }

  now(): number {
    return this.#now
  }

  wallTime(): number {
    return this.#wallStart + this.#now
  }

  setTimer(ms: number, run: () => void): () => void {
    const timer: FakeTimer = { due: this.#now + Math.max(0, ms), order: this.#order, run, isCancelled: false }
    this.#order += 1
    this.#timers.push(timer)
    return () => {
      timer.isCancelled = true
    }
  }

  /** Lets time pass and runs the timers that fall due, in order, each at its own moment; also those set meanwhile. */
  advance(ms: number): void {
    const end = this.#now + ms
    for (let next = this.#timers.peek(); next && next.due <= end; next = this.#timers.peek()) {
      this.#timers.pop()
      this.#now = Math.max(this.#now, next.due)
      if (!next.isCancelled) next.run()
    }
    this.#now = end
  }
}
