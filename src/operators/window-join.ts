import type { Batch } from '../data/batch.ts'
import type { KeyRows } from '../state/key-lists.ts'
import { isLate, lastTimeOf, lateBy } from '../time/watermark.ts'
import type { WindowAssigner } from '../windows/window.ts'
import { type JoinKind, JoinOperator, type JoinOptions, type JoinRow, LEFT, RIGHT } from './join-operator.ts'
import type { JoinHeader } from './join-writer.ts'

export interface WindowJoinOptions extends JoinOptions {
  /** Back to back: a row belongs to one window. */
  readonly windows: WindowAssigner
}

/** The rows of one key in one window: places in the rows of the key. */
interface Side {
  readonly rows: KeyRows
  readonly from: number
  readonly to: number
}

/**
 * Rows of two streams with equal keys in the same window; Flink's window join of TUMBLE tables. Results come when the watermark makes the window final, key
 * after key as their first rows came, pairs by the time of the left row, then of the right one. Their time is the last millisecond of the window.
 */
export class WindowJoin extends JoinOperator {
  readonly #join: JoinKind
  readonly #windows: WindowAssigner
  /** Of the key under way: how many results have been given. */
  #given = 0

  constructor(options: WindowJoinOptions) {
    const { windows, join } = options
    const dueOf = (time: number) => lastTimeOf(windows.lastWindowEnd(time))
    super(options, { dueOf: [dueOf, dueOf], span: 0, holdBack: 0 })
    this.#windows = windows
    this.#join = join
  }

  protected override advance(batch: Batch, i: number, watermark: number, out: Batch): boolean {
    for (;;) {
      const port = this.nextDue(watermark)
      if (port < 0) break
      const rows = this.rows[port]!
      const first = rows.due(watermark)
      const key = rows.keyOf(first)
      const due = rows.dueAt(first)
      const end = this.#windows.lastWindowEnd(rows.slab.time[first]!)
      const header = this.head(due, this.placeOf(due, batch, i))
      header.windowStart = this.#windows.windowStart(end)
      header.windowEnd = end
      if (!this.#emitKey(key, header, out)) return false
      this.#given = 0
      for (const side of [LEFT, RIGHT]) this.#forget(side, key, header)
    }
    this.watermark = watermark
    return true
  }

  /** All results of a key in a window, from the one that is next. False: `out` is full, and there are more. */
  #emitKey(key: number, header: JoinHeader, out: Batch): boolean {
    const left = this.#sideOf(LEFT, key, header)
    const right = this.#sideOf(RIGHT, key, header)
    const [lefts, rights] = [left.to - left.from, right.to - right.from]
    const meets = lefts > 0 && rights > 0 && !this.#isNull(key)
    if (this.#join === 'semi' || this.#join === 'anti') {
      return meets === (this.#join === 'semi') ? this.#emitSide(LEFT, left, header, out) : true
    }
    if (meets) return this.#emitPairs(left, right, header, out)
    const wantsLeft = this.isPreserved[LEFT] ? lefts : 0
    if (this.#given < wantsLeft && !this.#emitSide(LEFT, left, header, out)) return false
    if (!this.isPreserved[RIGHT]) return true
    return this.#emitSide(RIGHT, { ...right, from: right.from - wantsLeft }, header, out)
  }

  #emitPairs(left: Side, right: Side, header: JoinHeader, out: Batch): boolean {
    const rights = right.to - right.from
    const pairs = (left.to - left.from) * rights
    for (; this.#given < pairs; this.#given += 1) {
      if (this.isFull(out)) return false
      this.viewKept(LEFT, left.rows.rows[left.from + Math.floor(this.#given / rights)]!)
      this.viewKept(RIGHT, right.rows.rows[right.from + (this.#given % rights)]!)
      this.emitPair(out, header)
    }
    return true
  }

  /** Row `from` of the side is result 0. */
  #emitSide(port: number, { rows, from, to }: Side, header: JoinHeader, out: Batch): boolean {
    for (; from + this.#given < to; this.#given += 1) {
      if (this.isFull(out)) return false
      this.viewKept(port, rows.rows[from + this.#given]!)
      this.emitAlone(port, out, header)
    }
    return true
  }

  #sideOf(port: number, key: number, { windowStart, windowEnd }: JoinHeader): Side {
    const rows = this.rows[port]!
    const all = rows.rowsOf(key)
    return { rows: all, from: rows.firstAt(all, windowStart), to: rows.firstAt(all, windowEnd) }
  }

  #forget(port: number, key: number, header: JoinHeader): void {
    const { rows, from, to } = this.#sideOf(port, key, header)
    for (const row of rows.rows.slice(from, to)) this.rows[port]!.remove(row)
  }

  #isNull(key: number): boolean {
    for (let k = 0; k < this.keys.parts; k += 1) if (this.keys.part(key, k) === null) return true
    return false
  }

  protected override take(row: JoinRow): boolean {
    const { batch, port, i } = row
    const { counters } = this
    const end = this.#windows.lastWindowEnd(batch.time[i]!)
    const watermark = batch.watermark[i]!
    counters.in += 1
    if (this.inputs[port]!.isNull(i) && !this.isPreserved[port]) counters.filtered += 1
    else if (isLate(end, 0, watermark)) {
      counters.late += 1
      const window = { windowStart: this.#windows.windowStart(end), windowEnd: end }
      this.context.late(batch, i, { lateBy: lateBy(end, 0, watermark), ...window, watermark }, port)
    } else {
      this.keep(row)
      counters.used += 1
    }
    return true
  }
}
