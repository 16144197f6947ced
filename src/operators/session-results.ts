import type { Batch } from '../data/batch.ts'
import { grown } from '../data/grown.ts'
import type { SessionTable } from '../state/session-table.ts'
import { lastTimeOf } from '../time/watermark.ts'
import type { ResultWriter } from './result-writer.ts'

const DUMMY_HEADER = { time: Number.NaN, watermark: 0, sequence: 0, leading: [0, 0] }

/** Sessions that have fired and are not written yet. They must stay as they are until `write`. */
export class SessionResults {
  readonly writer: ResultWriter
  /** How many sessions `write` will write. */
  count = 0
  readonly #sessions: SessionTable
  #rows = new Int32Array(64)
  #watermarks = new Float64Array(64)
  #sequences = new Float64Array(64)
  /** Unlinked sessions, to be released. */
  readonly #leaving: number[] = []

  constructor(sessions: SessionTable, writer: ResultWriter) {
    this.#sessions = sessions
    this.writer = writer
  }

  /** A session whose result is to be told. `watermark`: the output's, before it; `sequence`: that of the row that caused it. */
  add(session: number, watermark: number, sequence: number): void {
    const { count } = this
    if (count === this.#rows.length) {
      this.#rows = grown(this.#rows, count * 2)
      this.#watermarks = grown(this.#watermarks, count * 2)
      this.#sequences = grown(this.#sequences, count * 2)
    }
    this.#rows[count] = session
    this.#watermarks[count] = watermark
    this.#sequences[count] = sequence
    this.count = count + 1
  }

  /** A session that was unlinked goes with the next `write`. */
  release(session: number): void {
    this.#leaving.push(session)
  }

  /** Writes all sessions in the order of `add`: there must be room. Then releases those that leave. */
  write(out: Batch): void {
    const at = out.length
    const { count } = this
    const { starts, ends } = this.#sessions
    if (count > 0) this.writer.appendInserts(out, DUMMY_HEADER, this.#sessions, this.#rows.subarray(0, count))
    const start = out.columns[0]!.numbers
    const end = out.columns[1]!.numbers
    for (let r = 0; r < count; r += 1) {
      const row = this.#rows[r]!
      start[at + r] = starts[row]!
      end[at + r] = ends[row]!
      out.time[at + r] = lastTimeOf(ends[row]!)
      out.watermark[at + r] = this.#watermarks[r]!
      out.sequence[at + r] = this.#sequences[r]!
    }
    this.count = 0
    if (this.#leaving.length === 0) return
    this.#sessions.release(this.#leaving, this.#leaving.length)
    this.#leaving.length = 0
  }
}
