import { getSystemErrorMap } from 'node:util'
import { assert } from '../base/assert.ts'
import { TidemarkError } from '../base/errors.ts'
import type { ByteWriter } from './byte-writer.ts'
import { TO_STREAM } from './delivery.ts'
import { type ByteSink, type Guarantee, PipeClosed } from './sink.ts'

/** Bytes that may wait before the caller has to drain. */
export const DRAIN_ABOVE = 64 * 1024
/** A staging buffer that grew beyond this for one big write is given back. */
const KEEP_CAPACITY = 1024 * 1024

const NOTHING = Buffer.alloc(0)

/**
 * A sink over a descriptor. What can be written at once is. The rest is copied into a staging buffer, which leaves if
 * nothing is under way; what comes during a write goes out together in the next one. So a single row is never held back,
 * and many rows cost one system call. Errors stick: after one, `needsDrain` is true, `drain` and `close` reject, and what is written is dropped.
 */
export abstract class FileDescriptorSink implements ByteSink {
  abstract readonly name: string
  readonly guarantee: Guarantee = TO_STREAM
  #writer: ByteWriter | undefined
  /** Two buffers that take turns: one is filled while the other is written. */
  #staging: Buffer = NOTHING
  #spare: Buffer = NOTHING
  #staged = 0
  #leaving = 0
  #error: Error | undefined
  #waiters: { resolve(): void; reject(error: Error): void }[] = []

  /** Opens what is written to. Throws E_OUTPUT. */
  protected abstract openWriter(): Promise<ByteWriter>

  /** What a failed write means to the user. */
  protected failure(cause: NodeJS.ErrnoException): Error {
    return writeError(this.name, cause)
  }

  async open(): Promise<void> {
    this.#writer = await this.openWriter()
  }

  write(bytes: Buffer): void {
    const writer = this.#writer
    assert(writer !== undefined, `sink ${this.name} is not open`)
    if (this.#error) return
    const written = this.#leaving === 0 ? this.#writeNow(writer, bytes) : 0
    if (written === bytes.length) return
    this.#stage(bytes, written)
    if (this.#leaving === 0) this.#send(writer)
  }

  get needsDrain(): boolean {
    return this.#error !== undefined || this.#staged + this.#leaving > DRAIN_ABOVE
  }

  drain(): Promise<void> {
    if (this.#error) return Promise.reject(this.#error)
    if (this.#leaving === 0) return Promise.resolve()
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }))
  }

  /** Drains first; the descriptor is closed even if that fails. */
  async close(): Promise<void> {
    const writer = this.#writer
    if (!writer) return
    try {
      await this.drain()
    } finally {
      this.#writer = undefined
      await writer.close()
    }
  }

  /** How much need not be staged: all of it after an error. */
  #writeNow(writer: ByteWriter, bytes: Buffer): number {
    try {
      return writer.writeNow?.(bytes) ?? 0
    } catch (error) {
      this.#fail(error as Error)
      return bytes.length
    }
  }

  #stage(bytes: Buffer, from: number): void {
    const staged = this.#staged + bytes.length - from
    if (staged > this.#staging.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(staged, 2 * this.#staging.length, DRAIN_ABOVE))
      this.#staging.copy(larger, 0, 0, this.#staged)
      this.#staging = larger
    }
    bytes.copy(this.#staging, this.#staged, from)
    this.#staged = staged
  }

  #send(writer: ByteWriter): void {
    const bytes = this.#staging.subarray(0, this.#staged)
    const full = this.#staging
    this.#staging = this.#spare
    this.#leaving = this.#staged
    this.#staged = 0
    writer.write(bytes).then(
      () => {
        this.#spare = full.length > KEEP_CAPACITY ? NOTHING : full
        this.#leaving = 0
        if (this.#staged > 0) this.#send(writer)
        else this.#settle((waiter) => waiter.resolve())
      },
      (error: Error) => this.#fail(error),
    )
  }

  #fail(cause: Error): void {
    const error = this.failure(cause)
    this.#error = error
    this.#staged = 0
    this.#leaving = 0
    this.#settle((waiter) => waiter.reject(error))
  }

  #settle(end: (waiter: { resolve(): void; reject(error: Error): void }) => void): void {
    const waiters = this.#waiters
    this.#waiters = []
    waiters.forEach(end)
  }
}

const HINTS: Readonly<Record<string, string | undefined>> = {
  ENOSPC: 'make room on that disk, or write to another one with -o',
  EDQUOT: 'make room within the quota, or write elsewhere with -o',
  EFBIG: 'the size of files is limited here, see: ulimit -f',
  EIO: 'the device failed; see the log of the system',
}

/** The name of a sink in messages. */
export const outputName = (name: string): string => (name === '-' ? 'standard output' : name)

/** The system's own words for an error: `no space left on device`. */
export function systemReason(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException
  return (errno !== undefined && getSystemErrorMap().get(errno)?.[1]) || message
}

const GO_ON = 'start again: the run goes on at its last checkpoint'

/** How a run with state gets over it. */
export const goOnHint = ({ code }: NodeJS.ErrnoException): string =>
  code === 'ENOSPC' ? `make room on that disk, then ${GO_ON}` : `once that is mended, ${GO_ON}`

/** The same in a job with state. What is no error of the system is given back as it is. */
export function writeErrorOfState(name: string, cause: NodeJS.ErrnoException): Error {
  if (cause instanceof TidemarkError || cause.errno === undefined) return cause
  const message = `cannot write to ${outputName(name)}: ${systemReason(cause)}`
  return new TidemarkError('E_WRITE', message, { hint: goOnHint(cause), cause })
}

/** What a failed write means to the user. */
export function writeError(name: string, cause: NodeJS.ErrnoException): Error {
  if (cause.code === 'EPIPE' || cause.code === 'ECONNRESET') {
    return new PipeClosed(`the reader of ${outputName(name)} left`, { cause })
  }
  const hint = HINTS[cause.code ?? '']
  const message = `cannot write to ${outputName(name)}: ${systemReason(cause)}`
  return new TidemarkError('E_WRITE', message, hint ? { hint, cause } : { cause })
}
