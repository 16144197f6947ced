import { Batch, type Slot } from '../data/batch.ts'
import { JoinRows } from '../state/join-rows.ts'
import { KeyTable, SPARED_SLOTS } from '../state/key-table.ts'
import type { StateStructure } from '../state/structure.ts'
import { JoinInput, type JoinSide, newRowView, type RowView } from './join-input.ts'
import { JoinLineWriter } from './join-line-writer.ts'
import { type JoinHeader, type JoinResultOptions, JoinWriter, newJoinHeader } from './join-writer.ts'
import type { Operator, OperatorContext, StepCounters } from './operator.ts'
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

/** How long rows of each side are kept; see `JoinRows`. */
export interface JoinKeeping {
  readonly dueOf: readonly [left: (stamp: number) => number, right: (stamp: number) => number]
  /** ms */
  readonly span: number
  /** ms */
  readonly holdBack: number
  /** Are the rows of a key in order of arrival, not of time? */
  readonly isByArrival?: boolean
  /** Are rows forgotten that are taken back? */
  readonly followsChanges?: boolean
}

export const LEFT = 0
export const RIGHT = 1

/** A row of the batch at hand; the same object for each. */
export interface JoinRow {
  readonly batch: Batch
  readonly port: number
  readonly i: number
}

const NO_ROWS = new Batch([], 0)

/** What all joins share: two ports, the rows that are kept of each by key, results that stop where the output is full. */
export abstract class JoinOperator implements Operator {
  readonly holdBack: number
  readonly collects = true
  readonly structures: readonly StateStructure[]
  protected readonly context: OperatorContext
  protected readonly keys: KeyTable
  protected readonly inputs: readonly [JoinInput, JoinInput]
  protected readonly rows: readonly [JoinRows, JoinRows]
  protected readonly views: readonly [RowView, RowView] = [newRowView(), newRowView()]
  /** Do rows of the side come out without a partner? */
  protected readonly isPreserved: readonly [boolean, boolean]
  protected watermark = -Infinity
  readonly #writer: JoinWriter | JoinLineWriter
  readonly #header = newJoinHeader()
  readonly #row = { batch: NO_ROWS, port: 0, i: 0 }

  constructor(
    { join, keyParts, left, right, leftSlots, rightSlots, result, context }: JoinOptions,
    keeping: JoinKeeping,
  ) {
    this.context = context
    this.keys = new KeyTable(new Array(keyParts).fill('any'))
    this.inputs = [new JoinInput(left, this.keys), new JoinInput(right, this.keys)]
    const side = (name: string, slots: readonly Slot[], port: 0 | 1) =>
      new JoinRows({
        name,
        keys: this.keys,
        slots,
        keepsText: this.inputs[port].keepsText,
        asKept: (text) => this.inputs[port].asKept(text),
        dueOf: keeping.dueOf[port],
        span: keeping.span,
        isByArrival: keeping.isByArrival ?? false,
        isRetracted: keeping.followsChanges === true && this.inputs[port].isRetracted,
      })
    this.rows = [side('left', leftSlots, LEFT), side('right', rightSlots, RIGHT)]
    this.isPreserved = [join === 'left' || join === 'full' || join === 'anti', join === 'right' || join === 'full']
    this.#writer = result.line === undefined ? new JoinWriter(result) : new JoinLineWriter(result.line)
    this.holdBack = keeping.holdBack
    this.structures = [this.keys, ...this.rows]
  }

  /** Does what the watermark brings before row i of the batch, or at its end; raises `watermark` when done. False: `out` is full, and there is more. */
  protected abstract advance(batch: Batch, i: number, watermark: number, out: Batch): boolean

  /** Takes a row whose key could be computed. False: `out` is full, and the row is to be taken again. */
  protected abstract take(row: JoinRow, out: Batch): boolean

  createOutput(): Batch {
    return this.#writer.createOutput()
  }

  process(batch: Batch, port: number, from: number, out: Batch, to: number = batch.length + 1): number {
    const before = out.length
    const next = this.#work(batch, port, { from, to }, out)
    const { counters } = this
    counters.out += out.length - before
    const held = this.rows[LEFT].entries + this.rows[RIGHT].entries
    counters.used -= held - counters.held
    counters.held = held
    out.watermarkAfter = this.watermark - this.holdBack
    out.sequenceAfter = next < batch.length ? batch.sequence[next]! : batch.sequenceAfter
    return next
  }

  protected get counters(): StepCounters {
    return this.context.counters
  }

  #work(batch: Batch, port: number, { from, to }: { from: number; to: number }, out: Batch): number {
    const end = Math.min(to, batch.length)
    const input = this.inputs[port]!
    if (from < end && input.load(batch)) this.rows[port]!.endBatch()
    const row = this.#row
    row.batch = batch
    row.port = port
    for (let i = from; i < end; i += 1) {
      const watermark = batch.watermark[i]!
      if (watermark > this.watermark && !this.advance(batch, i, watermark, out)) return i
      if (input.errors.has(i)) this.#refuse(batch, port, i)
      else {
        row.i = i
        if (!this.take(row, out)) return i
      }
    }
    row.batch = NO_ROWS
    if (end === batch.length) input.forget()
    if (to <= batch.length) return end
    if (batch.watermarkAfter > this.watermark && !this.advance(batch, batch.length, batch.watermarkAfter, out))
      return batch.length
    this.keys.recycle(SPARED_SLOTS) // between rounds: no port holds slots of a batch
    return batch.length + 1
  }

  #refuse(batch: Batch, port: number, i: number): void {
    this.counters.in += 1
    this.counters.bad += 1
    this.context.badRow(batch, i, this.inputs[port]!.errors.get(i), port)
  }

  /** The port whose next row that is due at this watermark goes first: by when it is due, then arrival. -1: none is due. */
  protected nextDue(watermark: number): number {
    const [left, right] = this.rows
    const [l, r] = [left.due(watermark), right.due(watermark)]
    if (l < 0 || r < 0) return l >= 0 ? LEFT : r >= 0 ? RIGHT : -1
    const [first, second] = [left.dueAt(l), right.dueAt(r)]
    if (first !== second) return first < second ? LEFT : RIGHT
    return left.slab.sequence[l]! <= right.slab.sequence[r]! ? LEFT : RIGHT
  }

  /** The place in the input of what is freed at `due`, before row i of the batch. */
  protected placeOf(due: number, batch: Batch, i: number): number {
    return batch.clock?.reachedAt(due) ?? (i < batch.length ? batch.sequence[i]! : batch.sequenceAfter)
  }

  protected isFull(out: Batch): boolean {
    return this.#writer.isFull(out)
  }

  /** Points the view of its side at a row of the batch. */
  protected viewRow({ port, i }: JoinRow): RowView {
    const view = this.views[port]!
    this.inputs[port]!.view(i, view)
    return view
  }

  /** Points the view of its side at a row that is kept. */
  protected viewKept(port: number, kept: number): void {
    const rows = this.rows[port]!
    const view = this.views[port]!
    view.columns = rows.slab.columns
    view.row = kept
    rows.readText(kept, view.text)
  }

  /** Forgets all rows of a side: none of the other is to come. */
  protected forgetAll(port: number): void {
    for (const row of this.rows[port]!.all()) this.rows[port]!.remove(row)
  }

  protected keep(row: JoinRow): number {
    const input = this.inputs[row.port]!
    return this.rows[row.port]!.add(input.slotOf(row.i), input.kept, row.i, this.viewRow(row).text)
  }

  /** What the next results have besides their rows; they come before what the watermark at hand brings. */
  protected head(time: number, sequence: number): JoinHeader {
    const header = this.#header
    header.time = time
    header.kind = 0
    header.sequence = sequence
    header.watermark = this.watermark - this.holdBack
    return header
  }

  /** The rows in both views, as one; there must be room. */
  protected emitPair(out: Batch, header: JoinHeader): void {
    this.#writer.write(out, this.views[LEFT], this.views[RIGHT], header)
  }

  /** The row in the view of its side, without one of the other side; there must be room. */
  protected emitAlone(port: number, out: Batch, header: JoinHeader): void {
    if (port === LEFT) this.#writer.write(out, this.views[LEFT], null, header)
    else this.#writer.write(out, null, this.views[RIGHT], header)
  }

  facts(): unknown {
    return { watermark: factOfWatermark(this.watermark) }
  }

  restoreFacts(facts: unknown): void {
    this.watermark = watermarkOfFact((facts as { watermark: WatermarkFact }).watermark)
  }
}
