import type { Batch } from '../data/batch.ts'
import { isRetraction, RowKind } from '../data/row-kind.ts'
import { AFTER_ALL, isRowLate, rowLateBy } from '../time/watermark.ts'
import { JoinOperator, type JoinOptions, type JoinRow, LEFT, RIGHT } from './join-operator.ts'

/**
 * Each left row with the version of the right row of its key that was valid at its time: the one with the greatest time that is not after it, of equal ones
 * the later arrival; Flink's `TemporalRowTimeJoinOperator`. Left rows wait until the watermark reaches their time and come out in its order. A deletion
 * is a version without a row. Versions that no left row to come can have are forgotten.
 */
export class TemporalJoin extends JoinOperator {
  constructor(options: JoinOptions) {
    const atItsTime = (time: number) => time
    super(options, { dueOf: [atItsTime, atItsTime], span: 60_000, holdBack: 0 })
  }

  protected override advance(batch: Batch, i: number, watermark: number, out: Batch): boolean {
    const [left, right] = this.rows
    for (let row = left.due(watermark); row >= 0; row = left.due(watermark)) {
      const time = left.slab.time[row]!
      const version = this.#versionAt(left.keyOf(row), time)
      if (version >= 0 || this.isPreserved[LEFT]) {
        if (this.isFull(out)) return false
        this.viewKept(LEFT, row)
        const header = this.head(time, this.placeOf(time, batch, i))
        header.kind = left.slab.kinds[row]!
        if (version < 0) this.emitAlone(LEFT, out, header)
        else {
          this.viewKept(RIGHT, version)
          this.emitPair(out, header)
        }
      }
      left.remove(row)
    }
    for (let row = right.due(watermark); row >= 0; row = right.due(watermark)) this.#begin(row)
    if (watermark === AFTER_ALL) this.forgetAll(RIGHT)
    this.watermark = watermark
    return true
  }

  /** A version has become the valid one: those before it are past, and it is due no more. */
  #begin(row: number): void {
    const right = this.rows[RIGHT]
    const { rows, start } = right.rowsOf(right.keyOf(row))
    const past: number[] = []
    for (let at = start; rows[at] !== row; at += 1) past.push(rows[at]!)
    for (const one of past) right.remove(one)
    if (isRetraction(right.slab.kinds[row]!)) right.remove(row)
    else right.stamp(row, Infinity)
  }

  /** -1: there was none at that time. */
  #versionAt(key: number, time: number): number {
    const right = this.rows[RIGHT]
    const versions = right.rowsOf(key)
    let at = right.firstAt(versions, time)
    while (at < versions.end && right.slab.time[versions.rows[at]!]! === time) at += 1
    if (at === versions.start) return -1
    const version = versions.rows[at - 1]!
    return isRetraction(right.slab.kinds[version]!) ? -1 : version
  }

  protected override take(row: JoinRow): boolean {
    const { batch, port, i } = row
    const { counters } = this
    const watermark = batch.watermark[i]!
    const time = batch.time[i]!
    counters.in += 1
    if (port === LEFT && isRowLate(time, 0, watermark)) {
      counters.late += 1
      this.context.late(batch, i, { lateBy: rowLateBy(time, 0, watermark), watermark }, port)
      return true
    }
    const isNull = this.inputs[port]!.isNull(i)
    // the old half of an update says nothing: the new one takes its place
    const isVoid = port === RIGHT && batch.kinds?.[i] === RowKind.UpdateBefore
    if (isVoid || (isNull && !this.isPreserved[port])) {
      counters.filtered += 1
      return true
    }
    counters.used += 1
    if (port === LEFT || !this.#isPast(row)) this.keep(row)
    return true
  }

  /** Is there a later version that is valid already? */
  #isPast({ batch, port, i }: JoinRow): boolean {
    const right = this.rows[RIGHT]
    if (batch.time[i]! > this.watermark) return false
    const versions = right.rowsOf(this.inputs[port]!.slotOf(i))
    for (let at = versions.end - 1; at >= versions.start; at -= 1) {
      const time = right.slab.time[versions.rows[at]!]!
      if (time <= batch.time[i]!) return false
      if (time <= this.watermark) return true
    }
    return false
  }
}
