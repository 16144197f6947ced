import { close, fstatSync, type Stats, statSync, write, writeSync } from 'node:fs'
import type net from 'node:net'
import type { ByteWriter } from './byte-writer.ts'

/** Waits between two tries on a descriptor that another process has made non-blocking and that is full, ms. */
const FIRST_PAUSE = 1
const LONGEST_PAUSE = 50

/** Writes by the thread pool: devices and terminals, where a write ends by itself, but may take its time. */
export class DescriptorWriter implements ByteWriter {
  readonly #fd: number
  readonly #isOwned: boolean

  protected get fd(): number {
    return this.#fd
  }

  constructor(fd: number, isOwned: boolean) {
    this.#fd = fd
    this.#isOwned = isOwned
  }

  write(bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => this.#writeFrom(bytes, 0, FIRST_PAUSE, { resolve, reject }))
  }

  async close(): Promise<void> {
    if (!this.#isOwned) return
    await new Promise<void>((resolve, reject) => close(this.#fd, (error) => (error ? reject(error) : resolve())))
  }

  #writeFrom(bytes: Buffer, at: number, pause: number, end: { resolve(): void; reject(error: Error): void }): void {
    write(this.#fd, bytes, at, bytes.length - at, null, (error, written) => {
      if (error && isForLater(error)) {
        setTimeout(() => this.#writeFrom(bytes, at, Math.min(pause * 2, LONGEST_PAUSE), end), pause)
      } else if (error) end.reject(error)
      else if (at + written === bytes.length) end.resolve()
      else this.#writeFrom(bytes, at + written, FIRST_PAUSE, end)
    })
  }
}

/** Writes to a file as well, where the system keeps what is written in memory: a thread would cost more than the write. */
export class FileWriter extends DescriptorWriter {
  writeNow(bytes: Buffer): number {
    let at = 0
    try {
      while (at < bytes.length) at += writeSync(this.fd, bytes, at, bytes.length - at, null)
    } catch (error) {
      if (!isForLater(error as NodeJS.ErrnoException)) throw error
    }
    return at
  }
}

const isForLater = ({ code }: NodeJS.ErrnoException): boolean => code === 'EAGAIN' || code === 'EINTR'

/**
 * Writes to a pipe or socket by the event loop. Its reader may never read on: a thread that is stuck in such a write
 * would keep the process from ending, even by `process.exit`.
 */
export class PipeWriter implements ByteWriter {
  readonly #socket: net.Socket
  readonly #isOwned: boolean
  #failure: Error | undefined

  constructor(fd: number, isOwned: boolean) {
    this.#isOwned = isOwned
    // Loaded here, because it would take 6 ms of the start of a run that writes to a file.
    this.#socket = new (process.getBuiltinModule('node:net').Socket)({ fd, readable: false, writable: true })
    // The callback of the write that failed tells as well; without a listener the process would die of it.
    this.#socket.on('error', (error) => {
      this.#failure = error
    })
  }

  write(bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (error) => (error ? reject(this.#failure ?? error) : resolve()))
    })
  }

  /** An inherited pipe stays open; it ends with the process. */
  async close(): Promise<void> {
    if (!this.#isOwned) return
    await new Promise<void>((resolve) => {
      this.#socket.once('close', () => resolve())
      if (this.#socket.closed) resolve()
      this.#socket.end(() => this.#socket.destroy())
    })
  }
}

/** The writer that fits what the descriptor is. */
export function writerFor(fd: number, isOwned: boolean): ByteWriter {
  const stats = fstatSync(fd)
  if (stats.isFIFO() || stats.isSocket()) return new PipeWriter(fd, isOwned)
  return stats.isFile() || isNullDevice(stats) ? new FileWriter(fd, isOwned) : new DescriptorWriter(fd, isOwned)
}

const isNullDevice = (stats: Stats): boolean =>
  stats.isCharacterDevice() && stats.rdev === statSync('/dev/null', { throwIfNoEntry: false })?.rdev
