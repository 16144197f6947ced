import type { Batch } from '../data/batch.ts'
import { type Column, Tag } from '../data/column.ts'
import { grown } from '../data/grown.ts'
import { AccumulatorLayout } from '../state/accumulator-table.ts'
import { FrameRows } from '../state/frame-rows.ts'
import { GroupTable } from '../state/group-table.ts'
import type { KeyTable } from '../state/key-table.ts'
import { LastTouches } from '../state/last-touches.ts'
import type { StateStructure } from '../state/structure.ts'
import type { AggregateInputs } from './aggregate-inputs.ts'
import { frameCall, type HeldRows, loadCalls, type OverCall, type PlacedCall, peerCall, runCall } from './over-calls.ts'

/** Which rows of its key a row looks at: all up to it; it and so many before it; or those with t - span <= time, ms. All include its peers but `rows`. */
export type Frame =
  | { readonly kind: 'all' }
  | { readonly kind: 'rows'; readonly before: number }
  | { readonly kind: 'range'; readonly span: number }

export interface OverFramesOptions {
  readonly keys: KeyTable
  readonly calls: readonly OverCall[]
  readonly frame: Frame
  /** ms: a key is forgotten when w >= t + this, t being the time of its last row; null: never. */
  readonly forgetAfter: number | null
}

/**
 * The frames of all keys, and what the calls of the step come to over them. Rows are entered in order of time: first the frames take them, and let go of those
 * that leave; then one call after the other takes all rows since. That is done before a key is forgotten, and at the end of the batch.
 */
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
  /** By row of the batch: the key's slot, -1 where the row is not taken; and how many rows have left before it. */
  #slots = new Int32Array(0)
  #leftEnds = new Int32Array(0)
  /** Rows that have left their frames, and that the calls have not taken back yet. */
  #left = new Int32Array(64)
  #leftCount = 0
  /** Where rows of one time end that the calls have not taken yet. */
  #ends = new Int32Array(0)
  #endCount = 0
  /** The first row of the batch that the calls have not taken yet, and the first that has no results. */
  #from = 0
  #resultsFrom = 0
  #results: readonly Column[] = []
  #held: HeldRows | null = null

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
      const unread = { number, call, columns: [], targets: this.#slots }
      if (call.isRunning || this.#rows === null) return { ...unread, kept: [] }
      at += call.slots.length
      return { ...unread, kept: this.#rows.slab.columns.slice(at - call.slots.length, at) }
    })
    this.#framed = placed.filter(({ call }) => !call.isRunning)
    this.#running = placed.filter(({ call }) => call.isRunning)
    this.structures = [this.#groups, this.#touches, ...(this.#rows ? [this.#rows] : [])]
  }

  /** Do rows of one time see each other? Then they have their results when `settle` says that all of them have been entered. */
  get hasPeers(): boolean {
    return this.#frame.kind !== 'rows' && this.#framed.length > 0
  }

  /** A new batch has been loaded; `results`: the column of each call. */
  begin(inputs: AggregateInputs, { length, capacity }: Batch, results: readonly Column[]): void {
    if (this.#slots.length < length) {
      const rows = Math.max(capacity, length)
      this.#slots = new Int32Array(rows)
      this.#leftEnds = new Int32Array(rows)
      this.#ends = new Int32Array(rows + 1)
    }
    this.#slots.set(inputs.slots.subarray(0, length))
    for (const row of inputs.errors.rows()) this.#slots[row] = -1
    this.#results = results
    this.#from = 0
    this.#resultsFrom = 0
    loadCalls(this.#framed, inputs, this.#slots, length)
    loadCalls(this.#running, inputs, this.#slots, length)
    if (this.#rows === null) return
    this.#rows.tidy()
    this.#keptColumns = this.#framed.flatMap(({ number, columns }) => {
      const { filterColumn } = inputs.loaded(number)
      return filterColumn ? [...columns, filterColumn] : columns
    })
  }

  /** Row i of the loaded batch enters the frame of its key; what lies before the frame leaves it. */
  enter(batch: Batch, i: number): void {
    const slot = this.#slots[i]!
    if (slot >= 0) {
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
    }
    this.#leftEnds[i] = this.#leftCount
  }

  #leave(rows: FrameRows, slot: number, time: number): void {
    const frame = this.#frame
    if (frame.kind === 'rows') {
      if (rows.countOf(slot) > frame.before) this.#shift(rows, slot)
    } else if (frame.kind === 'range') {
      const { slab } = rows
      for (let row = rows.oldestOf(slot); row >= 0 && slab.time[row]! < time - frame.span; row = rows.oldestOf(slot))
        this.#shift(rows, slot)
    }
  }

  #shift(rows: FrameRows, slot: number): void {
    if (this.#leftCount === this.#left.length) this.#left = grown(this.#left, this.#leftCount * 2)
    this.#left[this.#leftCount++] = rows.shift(slot)
  }

  /** Rows before row i have met all their peers. */
  settle(i: number): void {
    this.#ends[this.#endCount++] = i
  }

  /** These wait for their peers, and have their results with those. Their rows have none yet. */
  hold(held: HeldRows | null): void {
    this.#held = held
  }

  /** Lets the calls take all rows before row i. */
  flush(i: number): void {
    const [from, hasPeers] = [this.#from, this.hasPeers]
    const stretch = {
      from,
      to: i,
      slots: this.#slots,
      leftEnds: this.#rows ? this.#leftEnds : null,
      left: this.#left,
      ends: hasPeers ? this.#ends : null,
      endCount: this.#endCount,
      resultsFrom: this.#resultsFrom,
    }
    for (const placed of this.#running) runCall(placed, this.#groups, stretch, this.#results[placed.number]!)
    for (const placed of this.#framed) {
      const column = this.#results[placed.number]!
      if (hasPeers) peerCall(placed, this.#groups, stretch, { column, held: this.#held })
      else frameCall(placed, this.#groups, stretch, column)
    }
    if (this.#endCount > 0) {
      this.#resultsFrom = this.#ends[this.#endCount - 1]!
      this.#held = null
    }
    this.#rows?.releaseAll(this.#left, this.#leftCount)
    this.#leftCount = 0
    this.#endCount = 0
    this.#from = i
  }

  /** Rows that wait beyond their batch: their results are not there yet, but something has to be kept. */
  clearResults(i: number): void {
    for (const { number } of this.#framed) this.#results[number]!.tags[i] = Tag.Null
  }

  /** Forgets the keys that are old at this watermark, which row i found, at the end of the input all. `before`: the watermark before it. */
  forget(watermark: number, before: number, i: number): void {
    if (this.#hasUntimed && watermark > -Infinity) this.#timeKeys(Math.max(watermark, before))
    if (watermark === Infinity) {
      this.flush(i)
      for (const slot of this.#groups.slotsByArrival()) this.#end(slot)
      return
    }
    if (watermark < this.#touches.nextDue) return
    this.flush(i)
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
