import type { Batch, Slot } from '../data/batch.ts'
import { type Column, Tag } from '../data/column.ts'
import type { Value } from '../data/value.ts'
import { AccumulatorLayout } from '../state/accumulator-table.ts'
import { FrameRows } from '../state/frame-rows.ts'
import { GroupTable } from '../state/group-table.ts'
import type { KeyTable } from '../state/key-table.ts'
import { LastTouches } from '../state/last-touches.ts'
import type { StateStructure } from '../state/structure.ts'
import type { AggregateInput, AggregateInputs } from './aggregate-inputs.ts'

/** Which rows of its key a row looks at: all up to it; it and so many before it; or those with t - span <= time, ms. All include its peers but `rows`. */
export type Frame =
  | { readonly kind: 'all' }
  | { readonly kind: 'rows'; readonly before: number }
  | { readonly kind: 'range'; readonly span: number }

/** One call of the step. */
export interface OverCall extends AggregateInput {
  /** Does it look at all rows up to the row itself, one after the other, whatever the frame is (LAG, ROW_NUMBER)? */
  readonly isRunning: boolean
  /** Its arguments and filter, as they are kept for as long as the frame holds them. */
  readonly slots: readonly Slot[]
}

interface PlacedCall {
  /** Its number among all calls. */
  readonly number: number
  readonly call: OverCall
  /** What the frames keep of it. */
  readonly kept: readonly Column[]
}

export interface OverFramesOptions {
  readonly keys: KeyTable
  readonly calls: readonly OverCall[]
  readonly frame: Frame
  /** ms: a key is forgotten when w >= t + this, t being the time of its last row; null: never. */
  readonly forgetAfter: number | null
}

/** The frames of all keys, and what the calls of the step come to over them. Rows are entered in order of time. */
export class OverFrames {
  readonly structures: readonly StateStructure[]
  readonly #frame: Frame
  readonly #framed: readonly PlacedCall[]
  readonly #running: readonly PlacedCall[]
  readonly #groups: GroupTable
  readonly #touches: LastTouches
  /** null: frames never let go of a row. */
  readonly #rows: FrameRows | null
  readonly #forgets: boolean
  #keptColumns: Column[] = []
  /** The arrival number of the next key. */
  #arrivals = 0
  /** Are there keys from a run without TTL, of which nobody knows when they were touched? They count from the next watermark. */
  #hasUntimed = false

  constructor({ keys, calls, frame, forgetAfter }: OverFramesOptions) {
    const accumulators = calls.map(({ accumulator }) => accumulator)
    this.#frame = frame
    this.#forgets = forgetAfter !== null
    this.#groups = new GroupTable(new AccumulatorLayout(accumulators, false), keys)
    this.#touches = new LastTouches({ ttl: forgetAfter, arrivalOf: (slot) => this.#groups.arrivals[slot]! })
    const ofFrame = calls.filter(({ isRunning }) => !isRunning)
    const slots = ofFrame.flatMap((call) => call.slots)
    this.#rows = frame.kind === 'all' || ofFrame.length === 0 ? null : new FrameRows(slots)
    let at = 0
    const placed = calls.map((call, number): PlacedCall => {
      if (call.isRunning || this.#rows === null) return { number, call, kept: [] }
      at += call.slots.length
      return { number, call, kept: this.#rows.slab.columns.slice(at - call.slots.length, at) }
    })
    this.#framed = placed.filter(({ call }) => !call.isRunning)
    this.#running = placed.filter(({ call }) => call.isRunning)
    this.structures = [this.#groups, this.#touches, ...(this.#rows ? [this.#rows] : [])]
  }

  /** Do rows of one time see each other? Then results of the frames are read when all of them have been entered. */
  get hasPeers(): boolean {
    return this.#frame.kind !== 'rows' && this.#framed.length > 0
  }

  /** A new batch has been loaded. */
  begin(inputs: AggregateInputs): void {
    if (this.#rows === null) return
    const columns: Column[] = []
    for (const { number } of this.#framed) {
      const { columns: args, filterColumn } = inputs.loaded(number)
      columns.push(...args)
      if (filterColumn) columns.push(filterColumn)
    }
    this.#keptColumns = columns
  }

  /** Row i of the loaded batch enters the frame of its key; what lies before the frame leaves it. */
  enter(inputs: AggregateInputs, batch: Batch, i: number): void {
    const slot = inputs.slots[i]!
    const time = batch.time[i]!
    if (this.#groups.has(slot)) {
      this.#groups.touch(slot)
      this.#touches.touch(slot, time)
      if (this.#rows) this.#leave(this.#rows, slot, time)
    } else {
      this.#groups.begin(slot, this.#arrivals)
      this.#arrivals += 1
      this.#touches.begin(slot, time)
    }
    this.#rows?.push(slot, batch, i, this.#keptColumns)
    this.#add(this.#framed, inputs, i)
    this.#add(this.#running, inputs, i)
  }

  #add(calls: readonly PlacedCall[], inputs: AggregateInputs, i: number): void {
    const { offsets } = this.#groups.layout
    for (let c = 0; c < calls.length; c += 1) {
      const { number, call } = calls[c]!
      const { columns, passes } = inputs.loaded(number)
      if (passes?.[i] !== 0) call.accumulator.add(this.#groups, offsets[number]!, inputs.slots, columns, i, i + 1)
    }
  }

  #leave(rows: FrameRows, slot: number, time: number): void {
    const frame = this.#frame
    if (frame.kind === 'rows') {
      if (rows.countOf(slot) > frame.before) this.#retractOldest(rows, slot)
    } else if (frame.kind === 'range') {
      const { slab } = rows
      for (let row = rows.oldestOf(slot); row >= 0 && slab.time[row]! < time - frame.span; row = rows.oldestOf(slot))
        this.#retractOldest(rows, slot)
    }
  }

  #retractOldest(rows: FrameRows, slot: number): void {
    const row = rows.oldestOf(slot)
    const { offsets } = this.#groups.layout
    for (let c = 0; c < this.#framed.length; c += 1) {
      const { number, call, kept } = this.#framed[c]!
      if (call.filter !== null && kept.at(-1)!.tags[row] !== Tag.True) continue
      call.accumulator.retract!(this.#groups, offsets[number]!, slot, kept, row)
    }
    rows.shift(slot)
  }

  /** What the calls that look at the frame come to for a key by now, into a row of the column of each call. */
  frameResults(slot: number, columns: readonly Column[], row: number): void {
    this.#results(this.#framed, slot, columns, row)
  }

  /** The same of the others. */
  runningResults(slot: number, columns: readonly Column[], row: number): void {
    this.#results(this.#running, slot, columns, row)
  }

  #results(calls: readonly PlacedCall[], slot: number, columns: readonly Column[], row: number): void {
    const { offsets } = this.#groups.layout
    for (let c = 0; c < calls.length; c += 1) {
      const { number, call } = calls[c]!
      setResult(columns[number]!, row, call.accumulator.result(this.#groups, offsets[number]!, slot))
    }
  }

  /** Forgets the keys that are old at this watermark, at the end of the input all. `before`: the watermark before it. */
  forget(watermark: number, before: number): void {
    if (this.#hasUntimed && watermark > -Infinity) this.#timeKeys(Math.max(watermark, before))
    if (watermark === Infinity) {
      for (const slot of this.#groups.slotsByArrival()) this.#end(slot)
      return
    }
    if (watermark < this.#touches.nextDue) return
    for (let due = this.#touches.due(watermark); due !== null; due = this.#touches.due(watermark)) this.#end(due.slot)
  }

  #timeKeys(watermark: number): void {
    for (const slot of this.#groups.slotsByArrival()) if (!this.#touches.has(slot)) this.#touches.begin(slot, watermark)
    this.#hasUntimed = false
  }

  #end(slot: number): void {
    this.#rows?.clear(slot)
    this.#groups.end(slot)
    this.#touches.end(slot)
  }

  get arrivals(): number {
    return this.#arrivals
  }

  /** After the structures were restored. */
  restored(arrivals: number): void {
    this.#arrivals = arrivals
    this.#hasUntimed = this.#forgets && this.#touches.entries < this.#groups.entries
  }
}

/** Numbers need no entry among the values; other values are set behind all before them, since an array with holes is a slow one. */
function setResult(column: Column, row: number, value: Value): void {
  if (typeof value === 'number') {
    column.tags[row] = Tag.Number
    column.numbers[row] = value
    return
  }
  if (value !== null) while (column.values.length < row) column.values.push(null)
  column.set(row, value)
}
