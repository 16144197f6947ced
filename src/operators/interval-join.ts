import type { Batch } from '../data/batch.ts'
import { firstBeyond, isRowLate, rowLateBy } from '../time/watermark.ts'
import { type JoinKind, JoinOperator, type JoinOptions, type JoinRow, LEFT, RIGHT } from './join-operator.ts'

export interface IntervalJoinOptions extends JoinOptions {
  /** Bounds of right time minus left time, ms, inclusive. */
  readonly lower: number
  readonly upper: number
}

/**
 * Rows of two streams with equal keys whose times lie in an interval of each other; Flink's `TimeIntervalJoin`. A pair comes out when the later arrival of
 * the two comes, with the greater of the two times. A row is kept until the watermark has passed the last time that it could meet, which is also when a
 * row without a partner comes out where the join wants it; late rows still meet what is kept.
 *
 * The output's watermark stays behind by the longer side of the interval, so that none of these is late further down.
 */
export class IntervalJoin extends JoinOperator {
  readonly #join: JoinKind
  readonly #lower: number
  readonly #upper: number
  /** Of the row at hand: where to go on among its partners; -1: at the first. */
  #cursor = -1
  #hasMet = false

  constructor(options: IntervalJoinOptions) {
    const { lower, upper, join } = options
    super(options, {
      dueOf: [(time) => firstBeyond(time + upper), (time) => firstBeyond(time - lower)],
      span: upper - lower,
      holdBack: firstBeyond(Math.max(upper, -lower, 0)),
    })
    this.#join = join
    this.#lower = lower
    this.#upper = upper
  }

  /** Lets go of the rows that can meet no other any more, by when that came to pass. */
  protected override advance(batch: Batch, i: number, watermark: number, out: Batch): boolean {
    const { isPreserved } = this
    if (!isPreserved[LEFT] && !isPreserved[RIGHT]) {
      for (const rows of this.rows) rows.forget(watermark)
      this.watermark = watermark
      return true
    }
    for (;;) {
      const port = this.nextDue(watermark)
      if (port < 0) break
      const rows = this.rows[port]!
      const kept = rows.due(watermark)
      if (this.isPreserved[port] && rows.matchesOf(kept) === 0) {
        if (this.isFull(out)) return false
        this.viewKept(port, kept)
        this.emitAlone(port, out, this.head(rows.slab.time[kept]!, this.placeOf(rows.dueAt(kept), batch, i)))
      }
      rows.remove(kept)
    }
    this.watermark = watermark
    return true
  }

  protected override take(row: JoinRow, out: Batch): boolean {
    const { port, i } = row
    const isNull = this.inputs[port]!.isNull(i)
    if (!isNull && !this.#meet(row, out)) return false
    if (isNull && !this.isPreserved[port]) this.counters.filtered += 1
    else if (!this.#settle(row, out)) return false
    this.counters.in += 1
    this.#cursor = -1
    this.#hasMet = false
    return true
  }

  /** Joins a row with the kept rows of the other side. False: `out` is full, and there are more. */
  #meet(row: JoinRow, out: Batch): boolean {
    const { batch, port, i } = row
    const other = this.rows[1 - port]!
    const partners = other.rowsOf(this.inputs[port]!.slotOf(i))
    if (partners.start === partners.end) return true
    const time = batch.time[i]!
    // rows that go without a word may stay for a while, and must not be met then: the watermark has passed the last time that could meet them
    const gone = this.watermark - (port === LEFT ? -this.#lower : this.#upper)
    const first = Math.max(port === LEFT ? time + this.#lower : time - this.#upper, gone)
    const last = port === LEFT ? time + this.#upper : time - this.#lower
    let at = this.#cursor < 0 ? other.firstAt(partners, first) : this.#cursor
    if (this.#cursor < 0) this.viewRow(row)
    const meetsOnce = this.#join === 'semi' || this.#join === 'anti'
    for (; at < partners.end; at += 1) {
      const partner = partners.rows[at]!
      const partnerTime = other.slab.time[partner]!
      if (partnerTime > last) break
      if (meetsOnce ? !this.#meetOnce(row, partner, out) : this.isFull(out)) {
        this.#cursor = at
        return false
      }
      this.#hasMet = true
      if (meetsOnce && port === LEFT) break // one is enough
      if (meetsOnce) continue
      if (this.isPreserved[1 - port]) other.setMatches(partner, 1)
      this.viewKept(1 - port, partner)
      this.emitPair(out, this.head(Math.max(time, partnerTime), batch.sequence[i]!))
    }
    return true
  }

  /** A left row has met its first right row. False: there is no room to tell. */
  #meetOnce({ batch, port, i }: JoinRow, partner: number, out: Batch): boolean {
    const left = this.rows[LEFT]
    const isTold = this.#join === 'semi' && (port === LEFT || left.matchesOf(partner) === 0)
    if (isTold && this.isFull(out)) return false
    if (port === RIGHT && isTold) this.viewKept(LEFT, partner)
    const time = port === LEFT ? batch.time[i]! : left.slab.time[partner]!
    if (isTold) this.emitAlone(LEFT, out, this.head(time, batch.sequence[i]!))
    if (port === RIGHT) left.setMatches(partner, 1)
    return true
  }

  /** Keeps a row for rows that are still to come; where none can, it comes out alone, if the join wants it, or is late. */
  #settle(row: JoinRow, out: Batch): boolean {
    const { batch, port, i } = row
    const time = batch.time[i]!
    const isDone = port === LEFT && this.#hasMet && (this.#join === 'semi' || this.#join === 'anti')
    if (!isDone && this.watermark < time + (port === LEFT ? this.#upper : -this.#lower)) {
      const kept = this.keep(row)
      if (this.#hasMet) this.rows[port]!.setMatches(kept, 1)
    } else if (!this.#hasMet && this.isPreserved[port]) {
      if (this.isFull(out)) return false
      this.viewRow(row)
      this.emitAlone(port, out, this.head(time, batch.sequence[i]!))
    } else if (!this.#hasMet && isRowLate(time, 0, batch.watermark[i]!)) {
      const watermark = batch.watermark[i]!
      this.counters.late += 1
      this.context.late(batch, i, { lateBy: rowLateBy(time, 0, watermark), watermark }, port)
      return true
    }
    this.counters.used += 1
    return true
  }
}
