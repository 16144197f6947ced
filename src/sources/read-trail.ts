import { bytesAt, checksum, type FilePrint, HEAD_BYTES, TAIL_BYTES } from './file-mark.ts'

/** The first and the last bytes that were read of an open file: they tell what it was once its bytes are gone. */
export class ReadTrail {
  readonly #head = Buffer.alloc(HEAD_BYTES)
  readonly #tail = Buffer.alloc(TAIL_BYTES)
  #offset: number

  /** `fd` was read up to `offset`. */
  constructor(fd: number, offset: number) {
    this.#offset = offset
    if (offset === 0) return
    bytesAt(fd, 0, Math.min(HEAD_BYTES, offset)).copy(this.#head)
    const length = Math.min(TAIL_BYTES, offset)
    bytesAt(fd, offset - length, length).copy(this.#tail)
  }

  /** Bytes that were read. */
  get offset(): number {
    return this.#offset
  }

  get print(): FilePrint {
    const head = checksum(this.#head.subarray(0, Math.min(HEAD_BYTES, this.#offset)))
    return { offset: this.#offset, head, tail: checksum(this.lastBytes()) }
  }

  /** The next bytes of the file. */
  took(bytes: Buffer): void {
    if (this.#offset < HEAD_BYTES) bytes.copy(this.#head, this.#offset)
    const known = Math.min(TAIL_BYTES, this.#offset)
    const fresh = Math.min(TAIL_BYTES, bytes.length)
    const kept = Math.min(known, TAIL_BYTES - fresh)
    this.#tail.copyWithin(0, known - kept, known)
    bytes.copy(this.#tail, kept, bytes.length - fresh)
    this.#offset += bytes.length
  }

  /** As many of the last bytes that were read as are kept; valid until more are. */
  lastBytes(): Buffer {
    return this.#tail.subarray(0, Math.min(TAIL_BYTES, this.#offset))
  }
}
