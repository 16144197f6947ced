import { assert } from '../base/assert.ts'
import {
  type ByteRead,
  type ByteSource,
  type LinePosition,
  type Lines,
  newlinesIn,
  type RecordCutter,
  type RowReader,
  type TooLongLine,
  wholeCharacters,
} from './line-stretch.ts'

export type { LinePosition, Lines, RowReader, TooLongLine } from './line-stretch.ts'

/** Where the bytes of lines live: a scanner, which can read its own buffer without a copy. */
export interface LineBuffer {
  /** See `Scanner.inputBuffer`. */
  inputBuffer(size: number, keep: number): Buffer
}

export interface LineReaderOptions {
  readonly source: ByteSource
  readonly buffer: LineBuffer
  /** null: every newline ends a record. */
  readonly cutter?: RecordCutter | null
  /** Bytes that a line may have, its newline not counted. */
  readonly lineLimit?: number
  /** Bytes asked of the source at a time. */
  readonly chunkBytes?: number
  /**
   * What becomes of a last line without a newline when a file ends: a row, or left for the next run (`--at-eof
   * suspend`).
   */
  readonly unterminated?: 'row' | 'leave'
}

export const LINE_LIMIT = 16 * 1024 * 1024
const CHUNK_BYTES = 256 * 1024
const HEAD_BYTES = 200
const NEWLINE = 0x0a
/** Reads go to the beginning of a page where that is possible: copies out of a file's pages to a few bytes behind are several times slower. */
const PAGE = 4096

/**
 * Cuts a source's bytes into stretches of whole lines. Never mixes lines of two files; a file's end ends a line; takes
 * a UTF-8 byte order mark off the start of each file. Memory is bounded by the line limit and the chunk size.
 * Asynchronous only where the source is.
 */
export class LineReader implements RowReader {
  readonly #source: ByteSource
  readonly #lineBuffer: LineBuffer
  readonly #limit: number
  readonly #chunk: number
  readonly #head: number
  readonly #leavesUnterminated: boolean
  readonly #cutter: RecordCutter | null
  #buffer: Buffer
  /** Bytes [#from, #filled) are not given out yet; none of [#from, #searched) is a newline. */
  #from = 0
  #searched = 0
  #filled = 0
  #base = 0
  #line = 1
  #file = 0
  #fileName: string
  #given: Lines | null = null
  /** The line that is being skipped because it is too long. */
  #skipped: { readonly offset: number; readonly head: Buffer; length: number } | null = null
  #ending: 'no' | 'file' | 'all' = 'no'

  constructor(options: LineReaderOptions) {
    this.#source = options.source
    this.#lineBuffer = options.buffer
    this.#limit = options.lineLimit ?? LINE_LIMIT
    // no chunk holds a whole line over the limit, so only a line that spans chunks need be measured
    this.#chunk = Math.max(1, Math.min(options.chunkBytes ?? CHUNK_BYTES, this.#limit))
    // at least so much is there when a line turns out to be too long
    this.#head = Math.min(HEAD_BYTES, this.#limit)
    this.#leavesUnterminated = options.unterminated === 'leave'
    this.#cutter = options.cutter ?? null
    this.#buffer = options.buffer.inputBuffer(2 * this.#chunk + PAGE + 1, 0)
    this.#fileName = options.source.current
  }

  /**
   * The next lines, or null at the end; a promise only where the source must be waited for. `nextLine`: the number of
   * the line behind the lines given out last, if the caller knows it from scanning them; without it they are counted
   * here.
   */
  next(nextLine?: number): Lines | null | Promise<Lines | null> {
    this.#release(nextLine)
    let lines = this.#cut()
    while (lines === undefined) {
      const read = this.#read()
      if (read instanceof Promise) return this.#nextLater(read)
      lines = this.#take(read)
    }
    return lines
  }

  /** Where to go on behind all that was given out. */
  position(): LinePosition {
    const given = this.#given
    if (given) return this.positionAt(given.to)
    const offset = this.#skipped?.offset ?? this.#base + this.#from
    return { file: this.#file, offset, line: this.#line }
  }

  /** Where to go on at byte `at` of the lines given out last; `line` is its number, counted here if absent. */
  positionAt(at: number, line?: number): LinePosition {
    const given = this.#given
    assert(given !== null, 'a position within lines that are gone')
    // the newline of a file's last line may be ours: the file ends before it
    const offset = given.base + Math.min(at, this.#filled)
    return { file: this.#file, offset, line: line ?? lineAt(given, at) }
  }

  /** A position as JSON, with what the source needs to find it again in a later run. */
  mark(position: unknown): unknown {
    return this.#source.mark(position as LinePosition)
  }

  /** Goes on where a `mark` was made. Call once, after the source was opened and before the first `next`. */
  async resume(mark: unknown): Promise<void> {
    const { file, offset, line } = await this.#source.resume(mark)
    this.#file = file
    this.#base = offset
    this.#line = line
    this.#fileName = this.#source.current
  }

  async #nextLater(pending: Promise<ByteRead>): Promise<Lines | null> {
    let lines = this.#take(await pending)
    while (lines === undefined) lines = this.#take(await this.#read())
    return lines
  }

  #read(): ByteRead | Promise<ByteRead> {
    const size = this.#filled + this.#chunk + 1
    if (size > this.#buffer.length) {
      const most = this.#limit + 2 * this.#chunk + 1
      this.#buffer = this.#lineBuffer.inputBuffer(Math.max(size, Math.min(most, 2 * this.#buffer.length)), this.#filled)
    }
    // one byte stays free for the newline of a last line that has none
    const from = this.#skipped?.offset ?? this.#base + this.#from
    return this.#source.read(this.#buffer.subarray(0, this.#filled + this.#chunk), this.#filled, from)
  }

  #take(read: ByteRead): Lines | null | undefined {
    if (read.kind === 'bytes') {
      if (read.length > 0) this.#fileName = this.#source.current
      this.#filled += read.length
    } else this.#ending = read.kind === 'end' ? 'all' : 'file'
    return this.#cut()
  }

  /** Lines from what is in the buffer; undefined: more is needed; null: the end. */
  #cut(): Lines | null | undefined {
    if (this.#filled > this.#searched) {
      const lines = this.#skipped ? this.#skip(this.#skipped) : this.#cutLines()
      if (lines) return lines
    }
    if (this.#ending === 'no') return undefined
    const last = this.#cutLast()
    if (last) return last
    if (this.#ending === 'all') return null
    this.#beginFile()
    return undefined
  }

  #cutLines(): Lines | undefined {
    const to = this.#lastEnd()
    this.#stripMark(to < 0)
    if (to < 0) {
      this.#searched = this.#filled
      if (this.#filled - this.#from > this.#limit) this.#beginSkip()
      return undefined
    }
    if (to - this.#from > this.#limit) {
      const first = this.#buffer.indexOf(NEWLINE, Math.max(this.#from, this.#searched))
      if (first - this.#from > this.#limit) {
        this.#beginSkip(first)
        return this.#skip(this.#skipped!)
      }
    }
    return this.#give(this.#from, to, null)
  }

  /** Behind the last newline that ends a record; -1: there is none yet. */
  #lastEnd(): number {
    if (this.#cutter) return this.#cutter.lastEnd(this.#buffer, this.#searched, this.#filled)
    const end = this.#buffer.subarray(this.#searched, this.#filled).lastIndexOf(NEWLINE)
    return end < 0 ? -1 : this.#searched + end + 1
  }

  /** What stands behind the last newline of a file that has ended. */
  #cutLast(): Lines | undefined {
    if (this.#skipped) {
      if (this.#leavesUnterminated) return undefined
      return this.#giveTooLong(this.#skipped, this.#from)
    }
    this.#stripMark(false)
    if (this.#from === this.#filled || this.#leavesUnterminated) return undefined
    this.#buffer[this.#filled] = NEWLINE
    return this.#give(this.#from, this.#filled + 1, null)
  }

  #give(from: number, to: number, tooLong: TooLongLine | null): Lines {
    this.#given = {
      buffer: this.#buffer,
      from,
      to,
      firstLine: tooLong ? tooLong.line + 1 : this.#line,
      base: this.#base,
      file: this.#fileName,
      tooLong,
    }
    return this.#given
  }

  /** Lets go of what was given out last: what is behind it moves to the front of the buffer, so that it ends with a page. */
  #release(nextLine: number | undefined): void {
    const given = this.#given
    if (given === null) return
    this.#given = null
    this.#line = given.tooLong ? given.firstLine : (nextLine ?? lineAt(given, given.to))
    const to = Math.min(given.to, this.#filled)
    const filled = Math.ceil((this.#filled - to) / PAGE) * PAGE
    const from = filled - (this.#filled - to)
    if (from < to) this.#move(to, from)
    else this.#from = to
    // behind a stretch of lines there is no newline; behind a line that was too long, any number
    this.#searched = given.tooLong ? this.#from : this.#filled
  }

  /** What stands from `from` on begins at `to` from now on. */
  #move(from: number, to: number): void {
    this.#buffer.copyWithin(to, from, this.#filled)
    this.#base += from - to
    this.#filled += to - from
    this.#from = to
  }

  #beginFile(): void {
    this.#source.endFile(this.position())
    const { offset, line } = this.#source.begin
    this.#ending = 'no'
    this.#cutter?.reset()
    this.#file += 1
    this.#line = line
    this.#base = offset
    this.#skipped = null
    this.#from = 0
    this.#searched = 0
    this.#filled = 0
  }

  /** A byte order mark counts at the very start of a file only. `mayGrow`: its bytes may not all be there yet. */
  #stripMark(mayGrow: boolean): void {
    if (this.#base !== 0 || this.#from !== 0 || this.#skipped || (mayGrow && this.#filled < 3)) return
    const buffer = this.#buffer
    if (this.#filled >= 3 && buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf) this.#from = 3
  }

  /** The line at #from is too long; `searched`: where to look on for its end. */
  #beginSkip(searched: number = this.#filled): void {
    const from = this.#from
    this.#skipped = {
      offset: this.#base + from,
      head: Buffer.from(this.#buffer.subarray(from, wholeCharacters(this.#buffer, from, from + this.#head))),
      length: searched - from,
    }
    this.#dropTo(searched)
  }

  #skip(skipped: { length: number; readonly offset: number; readonly head: Buffer }): Lines | undefined {
    const end = this.#buffer.subarray(this.#from, this.#filled).indexOf(NEWLINE)
    skipped.length += end < 0 ? this.#filled - this.#from : end
    if (end >= 0) return this.#giveTooLong(skipped, this.#from + end + 1)
    this.#dropTo(this.#filled)
    return undefined
  }

  /** Forgets the bytes before `at`. */
  #dropTo(at: number): void {
    this.#move(at, 0)
    this.#searched = 0
  }

  #giveTooLong({ offset, length, head }: { length: number; offset: number; head: Buffer }, to: number): Lines {
    this.#skipped = null
    this.#cutter?.reset()
    const reason = `a line of ${length} bytes, the limit is ${this.#limit}`
    return this.#give(to, to, { code: 'E_ROW_TOO_LONG', reason, line: this.#line, offset, length, head })
  }
}

const lineAt = (lines: Lines, at: number): number => lines.firstLine + newlinesIn(lines.buffer, lines.from, at)
