import { closeSync, readSync } from 'node:fs'
import type { ByteStream } from './byte-stream.ts'

/** Bytes a read takes at the most: what stays in the second-level cache while it is scanned. */
const CHUNK = 256 * 1024

/**
 * A regular file or block device, or a character device that never waits (/dev/null, /dev/zero): read at once, without
 * a promise.
 */
export class RegularFileStream implements ByteStream {
  readonly fd: number
  readonly #isOwned: boolean
  /** Where the next read begins; null: wherever the descriptor stands, which it may share with other processes. */
  #position: number | null

  constructor(fd: number, options: { readonly position: number | null; readonly isOwned: boolean }) {
    this.fd = fd
    this.#position = options.position
    this.#isOwned = options.isOwned
  }

  read(into: Buffer, at: number): number {
    const length = readSync(this.fd, into, at, Math.min(CHUNK, into.length - at), this.#position)
    if (this.#position !== null) this.#position += length
    return length
  }

  async close(): Promise<void> {
    if (this.#isOwned) closeSync(this.fd)
  }
}
