import { assert } from '../base/assert.ts'
import type { ByteStream } from './byte-stream.ts'
import { ContentStream } from './compression/content-stream.ts'
import { markFile, type OperandMark } from './file-mark.ts'
import { lookAt, type Operand, openOperand, readError, withDescriptor, wordFor } from './file-operand.ts'
import { placeMarks, refuseContent, type Start, standingOf } from './place-marks.ts'
import { ReplayedStream } from './replayed-stream.ts'
import type { FilePlace, ReadResult, Source } from './source.ts'

export interface FileSourceOptions {
  /** What to do about a file that does not exist, if the caller knows better than a file of a similar name. */
  readonly missingHint?: (name: string) => string | undefined
  /** Will `mark` be called? It costs a look into every file at its end. Default: yes. */
  readonly isMarked?: boolean
  /** Pipes and devices are given again from their beginning in every run (`--replay`). Default: no. */
  readonly isReplayed?: boolean
}

/** How far the operands were read. */
interface FilesMark {
  /** In the order in which they are read. */
  readonly operands: readonly OperandMark[]
  /** The one that is being read. */
  readonly current: number
  /** All were read to their ends. */
  readonly hasEnded: boolean
}

/**
 * The operands one after the other, as `cat` reads them; `-` is standard input, named pipes and `/dev/fd/N` are read as
 * live inputs. `open` looks at every operand before the first byte is read; one at a time is open after that. Without
 * operands: standard input.
 */
export class FileSource implements Source {
  readonly #names: readonly string[]
  readonly #missingHint: (name: string) => string | undefined
  readonly #isMarked: boolean
  readonly #isReplayed: boolean
  #operands: readonly Operand[] = []
  /** Of each operand. */
  #starts: readonly Start[] = []
  /** Of the operands that the reader is through with. */
  readonly #ended: OperandMark[] = []
  /** Of operands that are not begun. */
  readonly #waiting = new Map<Operand, OperandMark>()
  #stream: ContentStream | undefined
  /** Reads `#stream`, where that is given again in every run. */
  #replayed: ReplayedStream | undefined
  /** Where in the file the first byte of an inherited descriptor stood. */
  #origin = 0
  #file = 0
  /** Bytes that came of it in this run. */
  #handedOut = 0
  /** The operand has ended; it stays open until the next one is read, for its mark. */
  #isBetween = false
  #hasEnded = false

  constructor(names: readonly string[], options: FileSourceOptions = {}) {
    this.#names = names.length > 0 ? names : ['-']
    this.#missingHint = options.missingHint ?? (() => undefined)
    this.#isMarked = options.isMarked ?? true
    this.#isReplayed = this.#isMarked && options.isReplayed === true
  }

  /** After the end: still the last one. */
  get current(): string {
    return (this.#operands[this.#file] ?? { name: this.#names.at(-1)! }).name
  }

  get isBounded(): boolean {
    return this.#operands.every(({ kind }) => kind === 'file' || kind === 'device')
  }

  get totalBytes(): number | undefined {
    if (!this.#operands.every(({ kind }) => kind === 'file')) return undefined
    return this.#operands.reduce((sum, { size }) => sum + size, 0)
  }

  get bytesRead(): number {
    const before = this.#operands.slice(0, this.#file).reduce((sum, { size }) => sum + size, 0)
    if (this.#isBetween || this.#hasEnded) return this.#hasEnded ? (this.totalBytes ?? before) : before
    const { offset, compressed } = this.begin
    const place = this.#stream?.placeAt(0, 0)
    return before + (place ? (compressed?.begin ?? 0) + place.read : offset + this.#handedOut)
  }

  get begin(): Start {
    return this.#startOf(this.#file)
  }

  /** Throws E_FILE_MISSING or E_FILE_READ for the first operand that cannot be read. */
  async open(): Promise<void> {
    this.#operands = this.#names.map((name) => lookAt(name, this.#missingHint))
  }

  /** Throws E_SOURCE_CHANGED and E_SOURCE_GONE: see `placeMarks`. */
  async resume(mark: unknown): Promise<FilePlace> {
    assert(this.#stream === undefined && this.#file === 0, 'going on comes before the first read')
    const { operands: marks, current, hasEnded } = mark as FilesMark
    const { starts, markOf } = placeMarks(marks, this.#operands, (operand) => this.#isGivenAgain(operand))
    const order = [...this.#operands.keys()]
    // rows of a batch that was taken in part stand at the beginning of what is read
    const first = hasEnded ? -1 : markOf.indexOf(current)
    if (first > 0) order.unshift(...order.splice(first, 1))
    this.#operands = order.map((i) => this.#operands[i]!)
    this.#starts = order.map((i) => starts[i]!)
    return { file: 0, ...this.begin }
  }

  mark(place: FilePlace): FilesMark {
    const { file } = place
    const operands = this.#operands.map((operand, i) => {
      if (i < file) return this.#ended[i]!
      return i === file ? this.#markOf(operand, place) : this.#markOfWaiting(operand, i)
    })
    return { operands, current: file, hasEnded: this.#hasEnded }
  }

  endFile(place: FilePlace): void {
    if (this.#isMarked) this.#ended.push(this.#markOf(this.#operands[place.file]!, place))
  }

  read(into: Buffer, at: number, from?: number): ReadResult | Promise<ReadResult> {
    assert(at < into.length, 'a read needs room')
    if (this.#hasEnded) return END
    if (this.#isBetween) return this.#beginNext().then(() => this.read(into, at, from))
    const operand = this.#operands[this.#file]
    if (!operand) return END
    try {
      this.#stream ??= this.#open(operand)
      const length = this.#replayed ? this.#replayed.read(into, at, from) : this.#stream.read(into, at)
      return typeof length === 'number' ? this.#taken(length) : this.#later(length, operand)
    } catch (error) {
      throw readError(operand.name, error)
    }
  }

  async close(): Promise<void> {
    const stream = this.#stream
    this.#stream = undefined
    this.#replayed = undefined
    await stream?.close()
  }

  /** What was compressed comes decompressed; whether it is shows at the beginning of a file only. */
  #open(operand: Operand): ContentStream {
    const start = this.begin
    const { name } = operand
    const word = wordFor(name)
    const { compressed } = start
    if (this.#isGivenAgain(operand)) {
      const stream = new ContentStream(openOperand(operand, null), { word })
      this.#replayed = new ReplayedStream(stream, word, { crc: 0, ...start })
      return stream
    }
    if (compressed === undefined)
      return new ContentStream(this.#openPlain(operand), { word, isPlain: start.offset > 0 })
    this.#origin = compressed.begin
    return new ContentStream(openOperand(operand, compressed.begin), {
      word,
      skip: start.offset,
      refuse: (why) => refuseContent(name, start, why),
    })
  }

  #openPlain(operand: Operand): ByteStream {
    const { offset } = this.begin
    if (operand.inherited !== undefined && operand.kind === 'file' && offset === 0) {
      // it is read on where it stands, and may be read on by others after us
      if (this.#isMarked) this.#origin = standingOf(operand.inherited)
      return openOperand(operand, null)
    }
    return openOperand(operand, offset)
  }

  async #later(pending: Promise<number>, operand: Operand): Promise<ReadResult> {
    try {
      return this.#taken(await pending)
    } catch (error) {
      throw readError(operand.name, error)
    }
  }

  #taken(length: number): ReadResult {
    this.#handedOut += length
    if (length > 0) return { kind: 'bytes', length }
    // the last file's end is the end of all
    this.#hasEnded = this.#file === this.#operands.length - 1
    if (this.#hasEnded) return END
    this.#isBetween = true
    this.#file += 1
    return END_OF_FILE
  }

  async #beginNext(): Promise<void> {
    this.#isBetween = false
    this.#handedOut = 0
    await this.close()
  }

  #startOf(file: number): Start {
    return this.#starts[file] ?? { offset: 0, line: 1 }
  }

  #markOfWaiting(operand: Operand, file: number): OperandMark {
    const known = this.#waiting.get(operand) ?? this.#markOf(operand, this.#startOf(file))
    this.#waiting.set(operand, known)
    return known
  }

  #markOf(operand: Operand, { offset, line, compressed: before }: Start): OperandMark {
    const { name, kind, inherited } = operand
    if (kind !== 'file') return this.#markOfStream(operand, { offset, line })
    const origin = inherited === undefined ? 0 : this.#origin
    const stream = this.#isOpen(operand) ? this.#stream : undefined
    const compressed = stream?.placeAt(offset, origin) ?? before
    const place = compressed ? { offset, line, compressed } : { offset: origin + offset, line }
    const look = (fd: number) => markFile(fd, name, place)
    try {
      return stream?.fd !== undefined ? look(stream.fd) : withDescriptor(operand, look)
    } catch (error) {
      throw readError(name, error)
    }
  }

  #markOfStream(operand: Operand, { offset, line }: Start): OperandMark {
    const { name } = operand
    if (!this.#isGivenAgain(operand)) return { kind: 'stream', name }
    const stream = this.#isOpen(operand) ? this.#replayed : undefined
    const crc = stream ? stream.crcAt(offset) : (this.#startOf(this.#operands.indexOf(operand)).crc ?? 0)
    return { kind: 'replayed', name, offset, line, crc }
  }

  #isOpen(operand: Operand): boolean {
    return this.#operands[this.#file - (this.#isBetween ? 1 : 0)] === operand
  }

  #isGivenAgain({ kind }: Operand): boolean {
    return this.#isReplayed && (kind === 'pipe' || kind === 'device')
  }
}

const END: ReadResult = { kind: 'end' }
const END_OF_FILE: ReadResult = { kind: 'end-of-file' }
