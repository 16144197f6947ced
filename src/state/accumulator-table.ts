import { assert } from '../base/assert.ts'
import { grown } from '../data/grown.ts'
import type { PageReader, PageWriter } from '../data/page.ts'
import type { Value } from '../data/value.ts'
import type { Accumulator, AccumulatorRows, Offsets } from '../functions/aggregate-function.ts'
import type { AccumulatorsShape } from './structure.ts'

/** Rows per checkpoint page. */
export const PAGE_ROWS = 512
export const PAGE_SHIFT = 9
const FIRST_CAPACITY = 16

/** Where each aggregate of a step has its part of a row, and how long rows are. */
export class AccumulatorLayout {
  readonly accumulators: readonly Accumulator[]
  readonly offsets: readonly Offsets[]
  readonly stride: number
  readonly objectCount: number
  /** Place of the number of rows that a group has, kept where rows can be taken back; else -1. */
  readonly liveAt: number
  /** The aggregates whose fresh rows are not all 0. */
  readonly inits: readonly { readonly accumulator: Accumulator; readonly at: Offsets }[]

  constructor(accumulators: readonly Accumulator[], retractable: boolean) {
    let number = 0
    let object = 0
    this.accumulators = accumulators
    this.offsets = accumulators.map((accumulator) => {
      const at = { number, object }
      number += accumulator.numberCount
      object += accumulator.objectCount
      return at
    })
    this.liveAt = retractable ? number : -1
    this.stride = retractable ? number + 1 : number
    this.objectCount = object
    this.inits = accumulators.flatMap((accumulator, a) =>
      accumulator.init ? [{ accumulator, at: this.offsets[a]! }] : [],
    )
  }
}

/** The shape of a layout; every accumulator was made by its function. */
export function shapeOf({ accumulators, liveAt }: AccumulatorLayout): AccumulatorsShape {
  const each = accumulators.map(({ shape }) => {
    assert(shape !== undefined, 'an accumulator without shape')
    return shape
  })
  return { each, retractable: liveAt >= 0 }
}

/** Accumulators of many groups, one a row, with the arrival number of each. Who owns it decides which row is whose. */
export class AccumulatorTable implements AccumulatorRows {
  readonly layout: AccumulatorLayout
  readonly stride: number
  numbers: Float64Array
  readonly objects: unknown[][]
  /** When the group of a row first came, as a number that only grows. */
  arrivals = new Float64Array(FIRST_CAPACITY)
  /** Pages of rows that changed since they were last written. */
  isDirty = new Uint8Array(1)

  constructor(layout: AccumulatorLayout) {
    this.layout = layout
    this.stride = layout.stride
    this.numbers = new Float64Array(FIRST_CAPACITY * layout.stride)
    this.objects = Array.from({ length: layout.objectCount }, () => [])
  }

  get capacity(): number {
    return this.arrivals.length
  }

  /** Makes room for rows below `rows`. */
  reserve(rows: number): void {
    if (rows <= this.arrivals.length) return
    const capacity = Math.max(rows, this.arrivals.length * 2)
    this.arrivals = grown(this.arrivals, capacity)
    this.numbers = grown(this.numbers, capacity * this.stride)
    const pages = (capacity + PAGE_ROWS - 1) >> PAGE_SHIFT
    if (pages > this.isDirty.length) this.isDirty = grown(this.isDirty, pages)
  }

  /** Makes a row (within the capacity) that of a group without input. */
  reset(row: number): void {
    this.resetAll(row, row + 1)
  }

  /** `reset` of rows from <= row < to. */
  resetAll(from: number, to: number): void {
    const { layout, numbers, stride, objects } = this
    if (to - from === 1) for (let n = from * stride; n < to * stride; n += 1) numbers[n] = 0
    else numbers.fill(0, from * stride, to * stride)
    for (let o = 0; o < objects.length; o += 1) {
      const column = objects[o]!
      for (let row = from; row < Math.min(to, column.length); row += 1) column[row] = undefined
    }
    for (let a = 0; a < layout.inits.length; a += 1) {
      const { accumulator, at } = layout.inits[a]!
      for (let row = from; row < to; row += 1) accumulator.init!(this, at, row)
    }
    for (let page = from >> PAGE_SHIFT; page <= (to - 1) >> PAGE_SHIFT; page += 1) this.isDirty[page] = 1
  }

  /** Has the group any rows? Always, where none can be taken back. */
  isLive(row: number): boolean {
    return this.layout.liveAt < 0 || this.numbers[row * this.stride + this.layout.liveAt]! > 0
  }

  /** Counts rows of a group in or out. Only where rows can be taken back. */
  countLive(row: number, change: 1 | -1): void {
    this.numbers[row * this.stride + this.layout.liveAt]! += change
  }

  /** How many rows the group has. Only where rows can be taken back. */
  rowsIn(row: number): number {
    return this.numbers[row * this.stride + this.layout.liveAt]!
  }

  /** Adds row `from` of `source` to row `to`; the arrival of `to` becomes that of the earlier one. */
  merge(to: number, source: AccumulatorTable, from: number): void {
    const { accumulators, offsets, liveAt } = this.layout
    for (let a = 0; a < accumulators.length; a += 1) accumulators[a]!.merge(this, offsets[a]!, to, source, from)
    if (liveAt >= 0) this.numbers[to * this.stride + liveAt]! += source.numbers[from * this.stride + liveAt]!
    if (source.arrivals[from]! < this.arrivals[to]!) this.arrivals[to] = source.arrivals[from]!
  }

  /** Adds row r of `source` to row `targets[r - from]`, for from <= r < to; all targets are different. Arrivals stay as they are. */
  mergeAll(targets: Int32Array, source: AccumulatorTable, from: number, to: number): void {
    const { accumulators, offsets, liveAt, stride } = this.layout
    const run = { rows: this, targets, source, from, to }
    for (let a = 0; a < accumulators.length; a += 1) {
      const accumulator = accumulators[a]!
      if (accumulator.mergeAll) accumulator.mergeAll(run, offsets[a]!)
      else for (let r = from; r < to; r += 1) accumulator.merge(this, offsets[a]!, targets[r - from]!, source, r)
    }
    if (liveAt < 0) return
    const { numbers } = this
    for (let r = from; r < to; r += 1)
      numbers[targets[r - from]! * stride + liveAt]! += source.numbers[r * stride + liveAt]!
  }

  /** What the aggregates of a row come to. */
  results(row: number): Value[] {
    const { accumulators, offsets } = this.layout
    return accumulators.map((accumulator, a) => accumulator.result(this, offsets[a]!, row))
  }

  /** Rows [from, to) bit for bit. */
  writeRows(page: PageWriter, from: number, to: number): void {
    const { accumulators, offsets } = this.layout
    page.f64s(this.arrivals, from, to)
    page.f64s(this.numbers, from * this.stride, to * this.stride)
    for (let a = 0; a < accumulators.length; a += 1) {
      const { write } = accumulators[a]!
      if (write) for (let row = from; row < to; row += 1) write.call(accumulators[a], this, offsets[a]!, row, page)
    }
  }

  /** Reads what `writeRows` wrote into rows [from, to), which must be reset and within the capacity. */
  readRows(page: PageReader, from: number, to: number): void {
    const { accumulators, offsets } = this.layout
    page.f64s(this.arrivals, from, to)
    page.f64s(this.numbers, from * this.stride, to * this.stride)
    for (let a = 0; a < accumulators.length; a += 1) {
      const { read } = accumulators[a]!
      if (read) for (let row = from; row < to; row += 1) read.call(accumulators[a], this, offsets[a]!, row, page)
    }
  }
}
