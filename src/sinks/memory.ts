import type { ByteSink, Guarantee } from './sink.ts'

/** Bytes that may wait, as for real sinks. */
const DRAIN_ABOVE = 64 * 1024

/**
 * Keeps what was written. `hold` makes it a slow reader: nothing leaves until `release`, so back-pressure can be
 * watched.
 */
export class MemorySink implements ByteSink {
  readonly name: string
  readonly guarantee: Guarantee = { kind: 'at-least-once', why: 'memory is gone with the process' }
  /** Length of each write. */
  readonly writes: number[] = []
  /** The most bytes that ever waited. */
  mostWaiting = 0
  isOpen = false
  #chunks: Buffer[] = []
  #waiting = 0
  #isHeld = false
  #error: Error | undefined
  #waiters: { resolve(): void; reject(error: Error): void }[] = []

  constructor(name = '-') {
    this.name = name
  }

  /** All that was written, also what still waits. */
  get bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  get text(): string {
    return this.bytes.toString()
  }

  /** Bytes that were written and have not left. */
  get waiting(): number {
    return this.#waiting
  }

  async open(): Promise<void> {
    this.isOpen = true
  }

  write(bytes: Buffer): void {
    if (this.#error) return
    this.#chunks.push(Buffer.from(bytes))
    this.writes.push(bytes.length)
    if (!this.#isHeld) return
    this.#waiting += bytes.length
    this.mostWaiting = Math.max(this.mostWaiting, this.#waiting)
  }

  get needsDrain(): boolean {
    return this.#error !== undefined || this.#waiting > DRAIN_ABOVE
  }

  drain(): Promise<void> {
    if (this.#error) return Promise.reject(this.#error)
    if (this.#waiting === 0) return Promise.resolve()
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }))
  }

  /** Is somebody waiting in `drain`? */
  get isAwaited(): boolean {
    return this.#waiters.length > 0
  }

  /** From now on bytes wait. */
  hold(): void {
    this.#isHeld = true
  }

  /** Lets everything leave that waits, and does not hold any more. */
  release(): void {
    this.#isHeld = false
    this.letThrough()
  }

  /** Lets leave what waits now, and goes on holding. */
  letThrough(): void {
    this.#waiting = 0
    for (const waiter of this.#takeWaiters()) waiter.resolve()
  }

  /** From now on writes are dropped and every `drain` rejects with this: a `PipeClosed`, a full disk. */
  fail(error: Error): void {
    this.#error = error
    for (const waiter of this.#takeWaiters()) waiter.reject(error)
  }

  async close(): Promise<void> {
    await this.drain()
    this.isOpen = false
  }

  #takeWaiters(): { resolve(): void; reject(error: Error): void }[] {
    const waiters = this.#waiters
    this.#waiters = []
    return waiters
  }
}
