import type { Gunzip } from 'node:zlib'
import type { ByteStream } from '../byte-stream.ts'
import type { ArchiveFault } from './archive-error.ts'

const CHUNK = 64 * 1024

/**
 * gzip data, of one member or several; zeros behind them are no data (tapes). Asks for compressed bytes only when nothing decompressed is left, so that memory does
 * not depend on how well they were compressed.
 */
export class GzipStream implements ByteStream {
  readonly #inner: ByteStream
  readonly #fail: (fault: ArchiveFault) => Error
  readonly #gunzip: Gunzip
  /** What was decompressed and not handed out yet. */
  #left: Buffer | null = null
  #fed = 0
  /** It has compressed bytes that it is not done with, or all there are. */
  #isBusy = false
  #hasEnded = false
  #error: Error | null = null
  /** Called when something has happened to the decompressor. */
  #wake: () => void = () => {}

  constructor(inner: ByteStream, fail: (fault: ArchiveFault) => Error) {
    this.#inner = inner
    this.#fail = fail
    // loaded when asked for: it costs 2 ms of a start
    this.#gunzip = process.getBuiltinModule('node:zlib').createGunzip({ chunkSize: 2 * CHUNK })
    this.#gunzip.on('readable', () => this.#wake())
    this.#gunzip.on('end', () => {
      this.#hasEnded = true
      this.#wake()
    })
    this.#gunzip.on('error', (error) => {
      this.#error = error
      this.#wake()
    })
  }

  async read(into: Buffer, at: number): Promise<number> {
    for (;;) {
      if (this.#left) return this.#handOut(this.#left, into, at)
      this.#left = this.#gunzip.read() as Buffer | null
      if (this.#left) continue
      if (this.#error) throw this.#faultOf(this.#error)
      if (this.#hasEnded) return 0
      await (this.#isBusy ? this.#happening() : this.#feed())
    }
  }

  async close(): Promise<void> {
    this.#gunzip.destroy()
    await this.#inner.close()
  }

  #handOut(left: Buffer, into: Buffer, at: number): number {
    const length = left.copy(into, at)
    this.#left = length < left.length ? left.subarray(length) : null
    return length
  }

  async #feed(): Promise<void> {
    const chunk = Buffer.allocUnsafeSlow(CHUNK)
    const length = await this.#inner.read(chunk, 0)
    this.#fed += length
    this.#isBusy = true
    const happening = this.#happening()
    if (length === 0) this.#gunzip.end()
    else this.#gunzip.write(chunk.subarray(0, length), () => this.#written())
    await happening
  }

  #written(): void {
    this.#isBusy = false
    this.#wake()
  }

  #happening(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  #faultOf(error: Error): Error {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'Z_BUF_ERROR') return this.#fail({ compression: 'gzip', kind: 'cut-short', at: this.#fed })
    return this.#fail({ compression: 'gzip', kind: 'damaged', at: this.#fed, reason: message })
  }
}
