import type { ByteStream } from '../byte-stream.ts'
import type { ArchiveFault } from './archive-error.ts'
import { ZstdFrames } from './zstd-frames.ts'

const CHUNK = 64 * 1024

/** zstd data, of one frame or several. Decompresses a block when nothing decompressed is left: memory is the frame's window and a block. */
export class ZstdStream implements ByteStream {
  readonly #inner: ByteStream
  readonly #fail: (fault: ArchiveFault) => Error
  readonly #chunk = Buffer.allocUnsafeSlow(CHUNK)
  /** Bytes [from, to) of the chunk are not taken yet. */
  #from = 0
  #to = 0
  #taken = 0
  #left: Uint8Array[] = []
  #frames: ZstdFrames | null = null

  constructor(inner: ByteStream, fail: (fault: ArchiveFault) => Error) {
    this.#inner = inner
    this.#fail = fail
  }

  async read(into: Buffer, at: number): Promise<number> {
    this.#frames ??= await this.#createFrames()
    while (this.#left.length === 0) {
      if (!(await this.#takePiece(this.#frames))) return 0
    }
    const first = this.#left[0]!
    const length = Math.min(first.length, into.length - at)
    into.set(first.subarray(0, length), at)
    if (length === first.length) this.#left.shift()
    else this.#left[0] = first.subarray(length)
    return length
  }

  close(): Promise<void> {
    return this.#inner.close()
  }

  async #createFrames(): Promise<ZstdFrames> {
    // loaded when asked for: few inputs are zstd data
    const { Decompress } = await import('fzstd')
    return new ZstdFrames(Decompress, (bytes) => this.#left.push(bytes))
  }

  /** False: the data has ended where it may. */
  async #takePiece(frames: ZstdFrames): Promise<boolean> {
    const least = frames.isSkipping ? 1 : frames.needed
    const piece = frames.isSkipping ? await this.#some(frames.needed) : await this.#exactly(frames.needed)
    this.#taken += piece.length
    if (piece.length < least) {
      if (frames.isBetween && piece.length === 0) return false
      throw this.#fail({ compression: 'zstd', kind: 'cut-short', at: this.#taken })
    }
    const fault = frames.take(piece)
    if (fault) throw this.#fail({ compression: 'zstd', at: this.#taken, ...fault })
    return true
  }

  /** Up to `most` bytes; none: there are no more. */
  async #some(most: number): Promise<Buffer> {
    if (this.#from === this.#to) {
      this.#from = 0
      this.#to = await this.#inner.read(this.#chunk, 0)
    }
    const end = Math.min(this.#to, this.#from + most)
    const piece = Buffer.copyBytesFrom(this.#chunk, this.#from, end - this.#from)
    this.#from = end
    return piece
  }

  /** A copy; shorter where the data ends. */
  async #exactly(length: number): Promise<Buffer> {
    const piece = Buffer.allocUnsafeSlow(length)
    let filled = 0
    while (filled < length) {
      const some = await this.#some(length - filled)
      if (some.length === 0) return piece.subarray(0, filled)
      some.copy(piece, filled)
      filled += some.length
    }
    return piece
  }
}
