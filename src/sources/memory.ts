import { assert } from '../base/assert.ts'
import type { FilePlace, ReadResult, Source } from './source.ts'

export interface MemoryFile {
  /** Default `-`. */
  readonly name?: string
  readonly bytes: Buffer | string
}

export interface MemorySourceOptions {
  /** Offsets, over all files together and ascending, that no read goes across. */
  readonly cuts?: readonly number[]
  /** Bytes a read takes at the most. Default: all there is room for. */
  readonly chunk?: number
  /** Answer by promises, as pipes do. */
  readonly isAsync?: boolean
  readonly isBounded?: boolean
}

const BEGINNING: FilePlace = { file: 0, offset: 0, line: 1 }

/** Files held in memory, handed out in pieces cut where a test wants them. */
export class MemorySource implements Source {
  readonly isBounded: boolean
  readonly totalBytes: number
  readonly #files: readonly { readonly name: string; readonly bytes: Buffer; readonly start: number }[]
  readonly #cuts: readonly number[]
  readonly #chunk: number
  readonly #isAsync: boolean
  #file = 0
  #byte = 0
  #resumed: FilePlace = BEGINNING

  constructor(files: string | Buffer | readonly MemoryFile[], options: MemorySourceOptions = {}) {
    const list = typeof files === 'string' || Buffer.isBuffer(files) ? [{ bytes: files }] : files
    let start = 0
    this.#files = list.map(({ name = '-', bytes }: MemoryFile) => {
      const file = { name, bytes: Buffer.from(bytes as string), start }
      start += file.bytes.length
      return file
    })
    assert(this.#files.length > 0, 'a source has at least one file')
    this.totalBytes = start
    this.#cuts = options.cuts ?? []
    this.#chunk = options.chunk ?? Infinity
    this.#isAsync = options.isAsync ?? false
    this.isBounded = options.isBounded ?? true
  }

  get current(): string {
    return this.#files[Math.min(this.#file, this.#files.length - 1)]!.name
  }

  get begin(): { readonly offset: number; readonly line: number } {
    return this.#resumed.file === this.#file ? this.#resumed : BEGINNING
  }

  async open(): Promise<void> {}

  endFile(): void {}

  mark(place: FilePlace): FilePlace {
    return place
  }

  async resume(mark: unknown): Promise<FilePlace> {
    this.#resumed = mark as FilePlace
    this.#file = this.#resumed.file
    this.#byte = this.#resumed.offset
    return this.#resumed
  }

  read(into: Buffer, at: number): ReadResult | Promise<ReadResult> {
    const result = this.#next(into, at)
    return this.#isAsync ? Promise.resolve(result) : result
  }

  async close(): Promise<void> {}

  #next(into: Buffer, at: number): ReadResult {
    assert(at < into.length, 'a read needs room')
    const file = this.#files[this.#file]
    if (!file) return { kind: 'end' }
    const left = file.bytes.length - this.#byte
    if (left <= 0) {
      if (this.#file === this.#files.length - 1) return { kind: 'end' }
      this.#file += 1
      this.#byte = 0
      return { kind: 'end-of-file' }
    }
    const here = file.start + this.#byte
    const cut = this.#cuts.find((offset) => offset > here) ?? Infinity
    const length = Math.min(left, into.length - at, this.#chunk, cut - here)
    file.bytes.copy(into, at, this.#byte, this.#byte + length)
    this.#byte += length
    return { kind: 'bytes', length }
  }
}

/** A live input fed by hand: a read waits until there are bytes or the end. */
export class HandFedSource implements Source {
  readonly isBounded = false
  readonly totalBytes = undefined
  readonly current: string
  #waiting: Buffer[] = []
  #hasEnded = false
  #wake: (() => void) | undefined

  constructor(name = '-') {
    this.current = name
  }

  /** Is a read waiting for bytes? */
  get isAwaited(): boolean {
    return this.#wake !== undefined
  }

  feed(bytes: Buffer | string): void {
    assert(!this.#hasEnded, 'nothing comes after the end')
    if (bytes.length > 0) this.#waiting.push(Buffer.from(bytes as string))
    this.#wake?.()
  }

  end(): void {
    this.#hasEnded = true
    this.#wake?.()
  }

  async open(): Promise<void> {}

  readonly begin = BEGINNING

  endFile(): void {}

  mark(): null {
    return null
  }

  /** What is fed comes behind what was fed before. */
  async resume(): Promise<FilePlace> {
    return BEGINNING
  }

  async read(into: Buffer, at: number): Promise<ReadResult> {
    while (this.#waiting.length === 0 && !this.#hasEnded) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#wake = undefined
    }
    const first = this.#waiting[0]
    if (!first) return { kind: 'end' }
    const length = first.copy(into, at)
    if (length === first.length) this.#waiting.shift()
    else this.#waiting[0] = first.subarray(length)
    return { kind: 'bytes', length }
  }

  async close(): Promise<void> {
    this.end()
  }
}
