import { type RawLines, rawOffset, rawOrigins, rawSource } from './batch.ts'
import { ByteSpool } from './byte-spool.ts'
import { viewOf } from './key-bytes.ts'
import { newTextPlace, RowTexts } from './row-texts.ts'

const FIRST_BYTES = 1024

/** The lines of kept rows. */
export class SlabLines extends RowTexts {
  readonly #place = newTextPlace()
  readonly #other = newTextPlace()
  /** What the lines of the batch that was begun last are written to. */
  #out = new ByteSpool(0)

  /** Keeps the line of row i of a batch. */
  keep(row: number, raw: RawLines, i: number): void {
    const place = this.#place
    if (place.buffer !== raw.buffer) {
      place.buffer = raw.buffer
      place.view = viewOf(raw.buffer)
    }
    place.start = raw.starts[i]!
    place.end = raw.ends[i]!
    place.source = rawSource(raw, i)
    place.line = raw.lines[i]!
    place.offset = rawOffset(raw, i)
    this.set(row, place)
  }

  /** Which of two rows' lines comes first by its bytes. */
  compare(a: number, b: number): number {
    const [one, other] = [this.#place, this.#other]
    this.read(a, one)
    this.read(b, other)
    return one.buffer.compare(other.buffer, other.start, other.end, one.start, one.end)
  }

  /** Writes the lines of the first `count` of `rows` as those of rows `at` and later of a batch, behind those of the rows before, each with its newline, as in a file. */
  appendAll(rows: Int32Array, count: number, to: RawLines, at: number): void {
    if (at === 0 || to.buffer !== this.#out.bytes) this.#begin(to, at)
    this.copyLines(rows, count, this.#out, { to, at })
  }

  /** A new buffer each time: whoever still holds the last one's rows holds its bytes too. */
  #begin(to: RawLines, at: number): void {
    const out = new ByteSpool(Math.max(FIRST_BYTES, to.buffer.length))
    if (at > 0) out.append(to.buffer, 0, to.ends[at - 1]! + 1)
    else to.origins = rawOrigins(to.starts.length)
    this.#out = out
  }
}
