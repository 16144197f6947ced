import { type RawLines, rawOffset, rawOrigins, rawSource } from './batch.ts'
import type { ValueReader, ValueWriter } from './page.ts'

const NEWLINE = 0x0a

/**
 * The lines of kept rows. The bytes are held as latin-1 strings: one byte a byte, on the heap like every other value of the row, and
 * without the slack of small buffers.
 */
export class SlabLines {
  readonly texts: string[] = []
  readonly sources: string[] = []
  readonly lines: number[] = []
  readonly offsets: number[] = []

  set(row: number, raw: RawLines, i: number): void {
    const text = raw.buffer.toString('latin1', raw.starts[i]!, raw.ends[i]!)
    this.#put(row, { text, source: rawSource(raw, i), line: raw.lines[i]!, offset: rawOffset(raw, i) })
  }

  clear(row: number): void {
    this.texts[row] = ''
  }

  move(from: number, to: number): void {
    this.texts[to] = this.texts[from]!
    this.sources[to] = this.sources[from]!
    this.lines[to] = this.lines[from]!
    this.offsets[to] = this.offsets[from]!
    this.texts[from] = ''
  }

  /** Gives back what lies behind `capacity`. */
  resize(capacity: number): void {
    if (this.texts.length <= capacity) return
    this.texts.length = capacity
    this.sources.length = capacity
    this.lines.length = capacity
    this.offsets.length = capacity
  }

  write(row: number, page: ValueWriter): void {
    page.latin1(this.texts[row]!)
    page.text(this.sources[row]!)
    page.f64(this.lines[row]!)
    page.f64(this.offsets[row]!)
  }

  read(row: number, page: ValueReader): void {
    this.#put(row, { text: page.latin1(), source: page.text(), line: page.f64(), offset: page.f64() })
  }

  /** Rows are taken in ascending order the first time, so the arrays have no holes. */
  #put(row: number, kept: { text: string; source: string; line: number; offset: number }): void {
    this.texts[row] = kept.text
    this.sources[row] = kept.source
    this.lines[row] = kept.line
    this.offsets[row] = kept.offset
  }
}

/** Writes the line of a kept row as the line of row `at` of a batch, behind those of the rows before, each with its newline, as in a file. */
export function appendSlabLine(kept: SlabLines, row: number, to: RawLines, at: number): void {
  if (at === 0) {
    // a new buffer each time: whoever still holds the last one's rows holds its bytes too
    to.buffer = Buffer.allocUnsafe(Math.max(1024, to.buffer.length))
    to.origins = rawOrigins(to.starts.length)
  }
  const text = kept.texts[row]!
  const start = at === 0 ? 0 : to.ends[at - 1]! + 1
  const end = start + text.length
  if (end >= to.buffer.length) {
    const bigger = Buffer.allocUnsafe(Math.max(end + 1, to.buffer.length * 2))
    to.buffer.copy(bigger, 0, 0, start)
    to.buffer = bigger
  }
  to.buffer.write(text, start, 'latin1')
  to.buffer[end] = NEWLINE
  to.starts[at] = start
  to.ends[at] = end
  to.lines[at] = kept.lines[row]!
  to.origins!.sources[at] = kept.sources[row]!
  to.origins!.offsets[at] = kept.offsets[row]!
}
