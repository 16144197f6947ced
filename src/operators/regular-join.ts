import type { Batch } from '../data/batch.ts'
import { isRetraction, RowKind } from '../data/row-kind.ts'
import { AFTER_ALL } from '../time/watermark.ts'
import { type JoinKind, JoinOperator, type JoinOptions, type JoinRow, LEFT, RIGHT } from './join-operator.ts'

export interface RegularJoinOptions extends JoinOptions {
  /** A row is forgotten when the watermark is at the time of its last write + this, ms; null: never. */
  readonly stateTtl: number | null
}

/** What a row does with the rows of the other side, in this order. */
const Phase = { Pads: 0, Pairs: 1, End: 2 } as const

/**
 * Rows of two inputs with equal keys, whenever they come, as a changelog; Flink's `StreamingJoinOperator` and `StreamingSemiAntiJoinOperator`. Rows of a side that
 * comes out whole know how many partners they have: the first takes back what was told of the row alone, and the loss of the last one tells it again.
 */
export class RegularJoin extends JoinOperator {
  readonly #join: JoinKind
  readonly #stateTtl: number | null
  /** Where to go on with the row at hand: what is done, and at which of its partners. */
  #phase: number = Phase.Pads
  #at = 0

  constructor(options: RegularJoinOptions) {
    const { stateTtl, join } = options
    const dueOf = stateTtl === null ? () => Infinity : (stamp: number) => stamp + stateTtl
    super(options, { dueOf: [dueOf, dueOf], span: stateTtl ?? 0, holdBack: 0, isByArrival: true, followsChanges: true })
    this.#join = join
    this.#stateTtl = stateTtl
  }

  protected override advance(_batch: Batch, _i: number, watermark: number): boolean {
    for (const [port, rows] of this.rows.entries()) {
      if (watermark === AFTER_ALL) this.forgetAll(port)
      for (let row = rows.due(watermark); row >= 0; row = rows.due(watermark)) rows.remove(row)
    }
    this.watermark = watermark
    return true
  }

  protected override take(row: JoinRow, out: Batch): boolean {
    const { batch, port, i } = row
    const { counters } = this
    const kind = batch.kinds ? batch.kinds[i]! : RowKind.Insert
    const isNull = this.inputs[port]!.isNull(i)
    if (isNull && !this.isPreserved[port]) counters.filtered += 1
    else {
      const partners = isNull ? 0 : this.#partnersOf(row)
      this.viewRow(row)
      const isDone =
        this.#join === 'semi' || this.#join === 'anti'
          ? this.#takeOnce(row, kind, partners, out)
          : this.#takePairs(row, kind, partners, out)
      if (!isDone) return false
      counters.used += 1
      if (isRetraction(kind)) this.#retract(row)
      else this.rows[port]!.setMatches(this.keep(row), partners)
    }
    counters.in += 1
    this.#phase = Phase.Pads
    this.#at = 0
    return true
  }

  #partnersOf({ port, i }: JoinRow): number {
    const { start, end } = this.rows[1 - port]!.rowsOf(this.inputs[port]!.slotOf(i))
    return end - start
  }

  /** False: `out` is full, and there is more. */
  #takePairs(row: JoinRow, kind: number, partners: number, out: Batch): boolean {
    const { port } = row
    const isBack = isRetraction(kind)
    if (partners === 0) {
      if (!this.isPreserved[port]) return true
      if (this.isFull(out)) return false
      this.#emit(port, isBack ? RowKind.Delete : RowKind.Insert, row, out)
      return true
    }
    const isOuter = this.isPreserved[port]! || this.isPreserved[1 - port]!
    const pairKind =
      isOuter && !this.isPreserved[port] && isBack ? kind : isOuter ? (isBack ? RowKind.Delete : RowKind.Insert) : kind
    // the rows of the other side alone are taken back before they come with their partner, and told again after it has gone
    const steps = isBack ? [Phase.Pairs, Phase.Pads] : [Phase.Pads, Phase.Pairs]
    for (const [place, step] of steps.entries()) {
      if (place < this.#phase) continue
      const isThrough = step === Phase.Pads ? this.#countPartner(row, isBack, out) : this.#emitPairs(row, pairKind, out)
      if (!isThrough) return false
      this.#phase = place + 1
      this.#at = 0
    }
    return true
  }

  #emitPairs(row: JoinRow, kind: number, out: Batch): boolean {
    const { batch, port, i } = row
    const { rows, start, end } = this.rows[1 - port]!.rowsOf(this.inputs[port]!.slotOf(i))
    for (; start + this.#at < end; this.#at += 1) {
      if (this.isFull(out)) return false
      this.viewKept(1 - port, rows[start + this.#at]!)
      const header = this.head(batch.time[i]!, batch.sequence[i]!)
      header.kind = kind
      this.emitPair(out, header)
    }
    return true
  }

  /** The rows of the other side have a partner more, or one less. */
  #countPartner(row: JoinRow, isBack: boolean, out: Batch): boolean {
    const { port, i } = row
    if (!this.isPreserved[1 - port]) return true
    const other = this.rows[1 - port]!
    const { rows, start, end } = other.rowsOf(this.inputs[port]!.slotOf(i))
    for (; start + this.#at < end; this.#at += 1) {
      const partner = rows[start + this.#at]!
      const matches = other.matchesOf(partner)
      if (matches === (isBack ? 1 : 0)) {
        if (this.isFull(out)) return false
        this.viewKept(1 - port, partner)
        this.#emit(1 - port, isBack ? RowKind.Insert : RowKind.Delete, row, out)
      }
      this.#setMatches(1 - port, partner, matches + (isBack ? -1 : 1), row)
    }
    return true
  }

  /** Semi and anti joins: a left row by itself, or the left rows that a right row brings or takes. */
  #takeOnce(row: JoinRow, kind: number, partners: number, out: Batch): boolean {
    const { port, i } = row
    const isAnti = this.#join === 'anti'
    if (port === LEFT) {
      if (partners > 0 === isAnti) return true
      if (this.isFull(out)) return false
      this.#emit(LEFT, kind, row, out)
      return true
    }
    const isBack = isRetraction(kind)
    const left = this.rows[LEFT]
    const { rows, start, end } = left.rowsOf(this.inputs[RIGHT].slotOf(i))
    for (; start + this.#at < end; this.#at += 1) {
      const partner = rows[start + this.#at]!
      const matches = left.matchesOf(partner)
      if (matches === (isBack ? 1 : 0)) {
        if (this.isFull(out)) return false
        this.viewKept(LEFT, partner)
        const told = isAnti ? (isBack ? RowKind.Insert : RowKind.Delete) : kind
        this.#emit(LEFT, told, row, out)
      }
      this.#setMatches(LEFT, partner, matches + (isBack ? -1 : 1), row)
    }
    return true
  }

  #setMatches(port: number, partner: number, matches: number, { batch, i }: JoinRow): void {
    const rows = this.rows[port]!
    rows.setMatches(partner, Math.max(0, matches))
    if (this.#stateTtl !== null) rows.stamp(partner, Math.max(rows.stampOf(partner), batch.time[i]!))
  }

  /** The row in the view of that side alone; `cause` brought it. */
  #emit(port: number, kind: number, cause: JoinRow, out: Batch): void {
    const header = this.head(cause.batch.time[cause.i]!, cause.batch.sequence[cause.i]!)
    header.kind = kind
    this.emitAlone(port, out, header)
  }

  /** Forgets the last row that was kept which is equal to this one; nothing if none is. */
  #retract(row: JoinRow): void {
    const { port, i } = row
    const rows = this.rows[port]!
    const { columns, text } = this.viewRow(row)
    const like = { columns, row: i, text: this.inputs[port]!.keepsText ? text : null }
    const found = rows.lastLike(this.inputs[port]!.slotOf(i), like)
    if (found >= 0) rows.remove(found)
  }
}
