import type { Batch, Slot } from '../data/batch.ts'
import { JoinRows } from '../state/join-rows.ts'
import { KeyTable, SPARED_SLOTS } from '../state/key-table.ts'
import type { StateStructure } from '../state/structure.ts'
import { firstBeyond, isRowLate, rowLateBy } from '../time/watermark.ts'
import { JoinInput, type JoinSide, newRowView, type RowView } from './join-input.ts'
import { type JoinResultOptions, JoinWriter, newJoinHeader } from './join-writer.ts'
import type { Operator, OperatorContext } from './operator.ts'
import { factOfWatermark, type WatermarkFact, watermarkOfFact } from './watermark-fact.ts'

export type JoinKind = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti'

/** What the operators of all joins are made of. */
export interface JoinOptions {
  readonly join: JoinKind
  readonly keyParts: number
  readonly left: JoinSide
  readonly right: JoinSide
  /** What is kept of the rows of each side. */
  readonly leftSlots: readonly Slot[]
  readonly rightSlots: readonly Slot[]
  readonly result: JoinResultOptions
  readonly context: OperatorContext
}

export interface IntervalJoinOptions extends JoinOptions {
  /** Bounds of right time minus left time, ms, inclusive. */
  readonly lower: number
  readonly upper: number
}

const LEFT = 0
const RIGHT = 1

/**
 * Rows of two streams with equal keys whose times lie in an interval of each other; Flink's `TimeIntervalJoin`. A pair comes out when the later arrival of
 * the two comes, with the greater of the two times. A row is kept until the watermark has passed the last time that it could meet, which is also when a
 * row without a partner comes out where the join wants it; late rows still meet what is kept.
 *
 * The output's watermark stays behind by the longer side of the interval, so that none of these is late further down.
 */
export class IntervalJoin implements Operator {
  readonly holdBack: number
  readonly structures: readonly StateStructure[]
  readonly #options: IntervalJoinOptions
  readonly #table: KeyTable
  readonly #inputs: readonly [JoinInput, JoinInput]
  readonly #rows: readonly [JoinRows, JoinRows]
  readonly #writer: JoinWriter
  readonly #views: readonly [RowView, RowView] = [newRowView(), newRowView()]
  readonly #header = newJoinHeader()
  /** Do rows of the side come out without a partner? */
  readonly #isPreserved: readonly [boolean, boolean]
  #watermark = -Infinity
  /** Of the row at hand: where to go on among its partners; -1: at the first. */
  #cursor = -1
  #hasMet = false

  constructor(options: IntervalJoinOptions) {
    const { join, keyParts, left, right, leftSlots, rightSlots, lower, upper, result } = options
    this.#options = options
    this.#table = new KeyTable(new Array(keyParts).fill('any'))
    const keys = this.#table
    this.#inputs = [new JoinInput(left, keys), new JoinInput(right, keys)]
    const span = upper - lower
    const side = (name: string, slots: readonly Slot[], input: JoinInput, ahead: number) =>
      new JoinRows({
        name,
        keys,
        slots,
        keepsText: input.keepsText,
        span,
        dueOf: (time) => firstBeyond(time + ahead),
      })
    this.#rows = [
      side('left', leftSlots, this.#inputs[LEFT], upper),
      side('right', rightSlots, this.#inputs[RIGHT], -lower),
    ]
    this.#writer = new JoinWriter(result)
    this.#isPreserved = [join === 'left' || join === 'full' || join === 'anti', join === 'right' || join === 'full']
    this.holdBack = firstBeyond(Math.max(upper, -lower, 0))
    this.structures = [keys, ...this.#rows]
  }

  createOutput(): Batch {
    return this.#writer.createOutput()
  }

  process(batch: Batch, port: number, from: number, out: Batch, to: number = batch.length + 1): number {
    const before = out.length
    const next = this.#work(batch, port, { from, to }, out)
    const { counters } = this.#options.context
    counters.out += out.length - before
    const held = this.#rows[LEFT].entries + this.#rows[RIGHT].entries
    counters.used -= held - counters.held
    counters.held = held
    out.watermarkAfter = this.#watermark - this.holdBack
    out.sequenceAfter = next < batch.length ? batch.sequence[next]! : batch.sequenceAfter
    return next
  }

  #work(batch: Batch, port: number, { from, to }: { from: number; to: number }, out: Batch): number {
    const end = Math.min(to, batch.length)
    if (from < end) this.#inputs[port]!.load(batch)
    for (let row = from; row < end; row += 1) {
      if (!this.#advance(batch, row, batch.watermark[row]!, out)) return row
      if (!this.#take(batch, port, row, out)) return row
    }
    if (end === batch.length) this.#inputs[port]!.forget()
    if (to <= batch.length) return end
    if (!this.#advance(batch, batch.length, batch.watermarkAfter, out)) return batch.length
    this.#table.recycle(SPARED_SLOTS) // between rounds: no port holds slots of a batch
    return batch.length + 1
  }

  /** Lets go of the rows that can meet no other any more, by when that came to pass. False: `out` is full, and there are more. */
  #advance(batch: Batch, row: number, watermark: number, out: Batch): boolean {
    if (watermark <= this.#watermark) return true
    for (;;) {
      const port = this.#nextDue(watermark)
      if (port < 0) break
      const rows = this.#rows[port]!
      const kept = rows.due(watermark)
      if (this.#isPreserved[port] && rows.matchesOf(kept) === 0) {
        if (this.#writer.isFull(out)) return false
        const next = row < batch.length ? batch.sequence[row]! : batch.sequenceAfter
        this.#viewKept(port, kept)
        this.#emitAlone(port, rows.slab.time[kept]!, batch.clock?.reachedAt(rows.dueAt(kept)) ?? next, out)
      }
      rows.remove(kept)
    }
    this.#watermark = watermark
    return true
  }

  /** The port whose next row to go goes first; -1: there is none. */
  #nextDue(watermark: number): number {
    const [left, right] = this.#rows
    const [l, r] = [left.due(watermark), right.due(watermark)]
    if (l < 0 || r < 0) return l >= 0 ? LEFT : r >= 0 ? RIGHT : -1
    const [first, second] = [left.dueAt(l), right.dueAt(r)]
    if (first !== second) return first < second ? LEFT : RIGHT
    return left.slab.sequence[l]! <= right.slab.sequence[r]! ? LEFT : RIGHT
  }

  /** False: `out` is full, and the row is to be taken again. */
  #take(batch: Batch, port: number, i: number, out: Batch): boolean {
    const input = this.#inputs[port]!
    const { context } = this.#options
    if (input.errors.has(i)) {
      context.counters.in += 1
      context.counters.bad += 1
      context.badRow(batch, i, input.errors.get(i), port)
      return true
    }
    const isNull = input.isNull(i)
    if (!isNull && !this.#meet(batch, port, i, out)) return false
    const wantsAlone = this.#isPreserved[port]!
    if (isNull && !wantsAlone) context.counters.filtered += 1
    else if (!this.#settle(batch, port, i, out)) return false
    context.counters.in += 1
    this.#cursor = -1
    this.#hasMet = false
    return true
  }

  /** Joins row i with the kept rows of the other side. False: `out` is full, and there are more. */
  #meet(batch: Batch, port: number, i: number, out: Batch): boolean {
    const { lower, upper, join } = this.#options
    const other = this.#rows[1 - port]!
    const partners = other.rowsOf(this.#inputs[port]!.slotOf(i))
    if (partners.start === partners.end) return true
    const time = batch.time[i]!
    const [first, last] = port === LEFT ? [time + lower, time + upper] : [time - upper, time - lower]
    let at = this.#cursor < 0 ? other.firstAt(partners, first) : this.#cursor
    if (this.#cursor < 0) this.#inputs[port]!.view(i, this.#views[port]!)
    for (; at < partners.end; at += 1) {
      const partner = partners.rows[at]!
      const partnerTime = other.slab.time[partner]!
      if (partnerTime > last) break
      if (join === 'semi' || join === 'anti') {
        if (!this.#meetOnce(batch, { port, i, partner }, out)) {
          this.#cursor = at
          return false
        }
        if (port === LEFT) break // one is enough
        continue
      }
      if (this.#writer.isFull(out)) {
        this.#cursor = at
        return false
      }
      this.#hasMet = true
      if (this.#isPreserved[1 - port]) other.setMatches(partner, 1)
      this.#viewKept(1 - port, partner)
      const header = this.#headerAt(Math.max(time, partnerTime), batch.sequence[i]!)
      this.#writer.write(out, this.#views[LEFT], this.#views[RIGHT], header)
    }
    return true
  }

  /** A left row has met its first right row. False: there is no room to tell. */
  #meetOnce(batch: Batch, { port, i, partner }: { port: number; i: number; partner: number }, out: Batch): boolean {
    const left = this.#rows[LEFT]
    const isTold = this.#options.join === 'semi' && (port === LEFT || left.matchesOf(partner) === 0)
    if (isTold && this.#writer.isFull(out)) return false
    this.#hasMet = true
    if (port === RIGHT && isTold) this.#viewKept(LEFT, partner)
    if (isTold)
      this.#emitAlone(LEFT, port === LEFT ? batch.time[i]! : left.slab.time[partner]!, batch.sequence[i]!, out)
    if (port === RIGHT) left.setMatches(partner, 1)
    return true
  }

  /** Keeps row i for rows that are still to come; where none can, it comes out alone, if the join wants it, or is late. */
  #settle(batch: Batch, port: number, i: number, out: Batch): boolean {
    const { context, lower, upper, join } = this.#options
    const { counters } = context
    const input = this.#inputs[port]!
    const time = batch.time[i]!
    const isDone = port === LEFT && this.#hasMet && (join === 'semi' || join === 'anti')
    if (!isDone && this.#watermark < time + (port === LEFT ? upper : -lower)) {
      input.view(i, this.#views[port]!)
      const kept = this.#rows[port]!.add(input.slotOf(i), input.kept, i, this.#views[port]!.text)
      if (this.#hasMet) this.#rows[port]!.setMatches(kept, 1)
    } else if (!this.#hasMet && this.#isPreserved[port]) {
      if (this.#writer.isFull(out)) return false
      input.view(i, this.#views[port]!)
      this.#emitAlone(port, time, batch.sequence[i]!, out)
    } else if (!this.#hasMet && isRowLate(time, 0, batch.watermark[i]!)) {
      counters.late += 1
      const watermark = batch.watermark[i]!
      context.late(batch, i, { lateBy: rowLateBy(time, 0, watermark), watermark }, port)
      return true
    }
    counters.used += 1
    return true
  }

  #viewKept(port: number, kept: number): void {
    const rows = this.#rows[port]!
    const view = this.#views[port]!
    view.columns = rows.slab.columns
    view.row = kept
    rows.readText(kept, view.text)
  }

  /** The row in the view of its side, without one of the other side. */
  #emitAlone(port: number, time: number, sequence: number, out: Batch): void {
    const header = this.#headerAt(time, sequence)
    this.#writer.write(
      out,
      port === LEFT ? this.#views[LEFT] : null,
      port === RIGHT ? this.#views[RIGHT] : null,
      header,
    )
  }

  #headerAt(time: number, sequence: number) {
    const header = this.#header
    header.time = time
    header.sequence = sequence
    header.watermark = this.#watermark - this.holdBack
    return header
  }

  facts(): unknown {
    return { watermark: factOfWatermark(this.#watermark) }
  }

  restoreFacts(facts: unknown): void {
    this.#watermark = watermarkOfFact((facts as { watermark: WatermarkFact }).watermark)
  }
}
