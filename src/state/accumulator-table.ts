import type { PageReader, PageWriter } from '../data/page.ts'
import type { Value } from '../data/value.ts'
import type { Accumulator, AccumulatorRows, Offsets } from '../functions/aggregate-function.ts'

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
  }
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
    this.arrivals = grown(this.arrivals, new Float64Array(capacity))
    this.numbers = grown(this.numbers, new Float64Array(capacity * this.stride))
    const pages = (capacity + PAGE_ROWS - 1) >> PAGE_SHIFT
    if (pages > this.isDirty.length) this.isDirty = grown(this.isDirty, new Uint8Array(pages))
  }

  /** Makes a row (within the capacity) that of a group without input. */
  reset(row: number): void {
    const { layout, numbers, stride, objects } = this
    numbers.fill(0, row * stride, row * stride + stride)
    for (let o = 0; o < objects.length; o += 1) {
      const column = objects[o]!
      while (column.length < row) column.push(undefined)
      column[row] = undefined
    }
    for (let a = 0; a < layout.accumulators.length; a += 1)
      layout.accumulators[a]!.init?.(this, layout.offsets[a]!, row)
    this.isDirty[row >> PAGE_SHIFT] = 1
  }

  /** Has the group any rows? Always, where none can be taken back. */
  isLive(row: number): boolean {
    return this.layout.liveAt < 0 || this.numbers[row * this.stride + this.layout.liveAt]! > 0
  }

  /** Counts rows of a group in or out. Only where rows can be taken back. */
  countLive(row: number, change: 1 | -1): void {
    this.numbers[row * this.stride + this.layout.liveAt]! += change
  }

  /** Adds row `from` of `source` to row `to`; the arrival of `to` becomes that of the earlier one. */
  merge(to: number, source: AccumulatorTable, from: number): void {
    const { accumulators, offsets, liveAt } = this.layout
    for (let a = 0; a < accumulators.length; a += 1) accumulators[a]!.merge(this, offsets[a]!, to, source, from)
    if (liveAt >= 0) this.numbers[to * this.stride + liveAt]! += source.numbers[from * this.stride + liveAt]!
    if (source.arrivals[from]! < this.arrivals[to]!) this.arrivals[to] = source.arrivals[from]!
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

/** A longer array with the same beginning. */
export function grown<A extends Uint8Array | Int32Array | Float64Array>(from: A, to: A): A {
  to.set(from as never)
  return to
}
