import { Heap } from '../base/heap.ts'
import type { Batch } from '../data/batch.ts'
import { instantText, JsonReader, JsonWriter, numberOf, numberText } from '../data/json-values.ts'
import { PageReader, PageWriter } from '../data/page.ts'
import type { RowSlab } from '../data/row-slab.ts'
import { keyMember, keyOf, memberOf } from '../state/entry-text.ts'
import { grown } from '../state/grown.ts'
import type { KeyTable } from '../state/key-table.ts'
import { PAGE_ENTRIES, PageMarks } from '../state/page-marks.ts'
import type { EntryTexts, KeyTexts, StateStructure, StructureShape, WritePage } from '../state/structure.ts'

/** A row that waits: number `row` of the slab, or row -1 - `row` of the batch at hand. */
export interface WaitingRow {
  readonly row: number
  readonly time: number
  readonly arrival: number
}

const NOT_WAITING = -1

/**
 * Rows that wait until the watermark reaches their time, in order of time and then arrival. Those that come in order, as nearly all do, queue up; the
 * others are in a heap. A row of the batch at hand is copied to the slab only if it still waits when the batch is over.
 */
export class WaitingRows implements StateStructure {
  readonly name = 'waiting'
  readonly slab: RowSlab
  readonly #keys: KeyTable
  /** In order; those before `#head` are gone. */
  #rows = new Int32Array(64)
  #times = new Float64Array(64)
  #arrivals = new Float64Array(64)
  #head = 0
  #end = 0
  readonly #late = new Heap<{ row: number; time: number; arrival: number }>(isBefore)
  /** By row of the slab: key slot, or that it does not wait. */
  #slots = new Int32Array(64).fill(NOT_WAITING)
  /** By row of the slab. */
  #arrivalOf = new Float64Array(64)
  readonly #marks = new PageMarks()
  #arrived = 0
  #kept = 0

  /** `slab`: shared with who takes the rows. */
  constructor(slab: RowSlab, keys: KeyTable) {
    this.slab = slab
    this.#keys = keys
  }

  get shape(): StructureShape {
    return { kind: 'waiting-rows', ...this.slab.shape }
  }

  /** Rows of the slab that wait. */
  get entries(): number {
    return this.#kept
  }

  get size(): number {
    return this.#end - this.#head + this.#late.size
  }

  /** The least time of all; Infinity: none waits. */
  get nextTime(): number {
    const first = this.#head < this.#end ? this.#times[this.#head]! : Number.POSITIVE_INFINITY
    const late = this.#late.peek()
    return late === undefined ? first : Math.min(first, late.time)
  }

  /** The row that `take` gives next. */
  get next(): number {
    return this.#isLateNext() ? this.#late.peek()!.row : this.#rows[this.#head]!
  }

  #isLateNext(): boolean {
    const late = this.#late.peek()
    if (late === undefined || this.#head === this.#end) return late !== undefined
    return isBefore(late, { time: this.#times[this.#head]!, arrival: this.#arrivals[this.#head]! })
  }

  keyOf(row: number): number {
    return this.#slots[row]!
  }

  /** Row i of the batch at hand. */
  add(i: number, time: number): void {
    this.#push(-1 - i, time, this.#arrived++)
  }

  #push(row: number, time: number, arrival: number): void {
    if (this.#head < this.#end && time < this.#times[this.#end - 1]!) {
      this.#late.push({ row, time, arrival })
      return
    }
    if (this.#end === this.#rows.length) this.#makeRoom()
    this.#rows[this.#end] = row
    this.#times[this.#end] = time
    this.#arrivals[this.#end] = arrival
    this.#end += 1
  }

  /** The first row; it waits no more. One of the slab stays there: the caller releases it. */
  take(): number {
    const isLate = this.#isLateNext()
    const row = isLate ? this.#late.pop()!.row : this.#rows[this.#head]!
    if (!isLate) {
      this.#head += 1
      if (this.#head === this.#end) {
        this.#head = 0
        this.#end = 0
      }
    }
    if (row >= 0) this.#leave(row)
    return row
  }

  #leave(row: number): void {
    this.#marks.touch(row)
    this.#kept -= 1
    this.#keys.release(this.#slots[row]!)
    this.#slots[row] = NOT_WAITING
  }

  /** The batch is over: its rows that still wait are kept. `slots`: by row of the batch; `kept` is told of each. */
  keep(batch: Batch, slots: Int32Array, kept: (row: number, i: number) => void): void {
    for (let at = this.#head; at < this.#end; at += 1) {
      const i = -1 - this.#rows[at]!
      if (i < 0) continue
      this.#rows[at] = this.#keepRow(batch, i, slots[i]!, this.#arrivals[at]!)
      kept(this.#rows[at]!, i)
    }
    for (const waiting of this.#late) {
      const i = -1 - waiting.row
      if (i < 0) continue
      waiting.row = this.#keepRow(batch, i, slots[i]!, waiting.arrival)
      kept(waiting.row, i)
    }
  }

  #keepRow(batch: Batch, i: number, slot: number, arrival: number): number {
    const row = this.slab.append(batch, i)
    this.#enter(row, slot, arrival)
    return row
  }

  #enter(row: number, slot: number, arrival: number): void {
    if (row >= this.#slots.length) {
      const from = this.#slots.length
      this.#slots = grown(this.#slots, Math.max(row + 1, from * 2)).fill(NOT_WAITING, from)
      this.#arrivalOf = grown(this.#arrivalOf, this.#slots.length)
    }
    this.#slots[row] = slot
    this.#arrivalOf[row] = arrival
    this.#keys.retain(slot)
    this.#marks.touch(row)
    this.#kept += 1
  }

  /** Rows of the slab have got other numbers. */
  moveRows(moves: ReadonlyMap<number, number>): void {
    for (const [from, to] of moves) {
      this.#marks.touch(from)
      this.#marks.touch(to)
      this.#slots[to] = this.#slots[from]!
      this.#arrivalOf[to] = this.#arrivalOf[from]!
      this.#slots[from] = NOT_WAITING
    }
    for (let at = this.#head; at < this.#end; at += 1) this.#rows[at] = moves.get(this.#rows[at]!) ?? this.#rows[at]!
    for (const waiting of this.#late) waiting.row = moves.get(waiting.row) ?? waiting.row
  }

  #makeRoom(): void {
    const length = this.#end - this.#head
    if (length * 2 > this.#rows.length) {
      this.#rows = grown(this.#rows, this.#rows.length * 2)
      this.#times = grown(this.#times, this.#times.length * 2)
      this.#arrivals = grown(this.#arrivals, this.#arrivals.length * 2)
    }
    this.#rows.copyWithin(0, this.#head, this.#end)
    this.#times.copyWithin(0, this.#head, this.#end)
    this.#arrivals.copyWithin(0, this.#head, this.#end)
    this.#head = 0
    this.#end = length
  }

  #isWaiting(row: number): boolean {
    return row < this.#slots.length && this.#slots[row] !== NOT_WAITING && this.slab.isLive(row)
  }

  writeDirty(write: WritePage): void {
    this.#marks.write(write, (first) => {
      const page = new PageWriter()
      let count = 0
      for (let row = first; row < Math.min(first + PAGE_ENTRIES, this.slab.end); row += 1) {
        if (!this.#isWaiting(row)) continue
        count += 1
        page.f64(this.#arrivalOf[row]!)
        page.u32(this.#slots[row]!)
        this.slab.writeRow(row, page)
      }
      return count === 0 ? null : page.bytes()
    })
  }

  /** Rows get new numbers; the pages they came from are written anew at the next epoch. */
  restore(pages: Iterable<readonly [page: string, bytes: Uint8Array]>): void {
    for (const [name, bytes] of pages) {
      this.#marks.touch(this.#marks.restored(name))
      const page = new PageReader(bytes)
      while (!page.isAtEnd) {
        const [arrival, slot] = [page.f64(), page.u32()]
        this.#enter(this.slab.readRow(page), slot, arrival)
      }
    }
    this.#queueUp()
  }

  /** All rows that were entered, in order. */
  #queueUp(): void {
    const rows: number[] = []
    for (let row = 0; row < this.slab.end; row += 1) if (this.#isWaiting(row)) rows.push(row)
    const { time } = this.slab
    rows.sort((a, b) => time[a]! - time[b]! || this.#arrivalOf[a]! - this.#arrivalOf[b]!)
    this.#head = 0
    this.#end = 0
    for (const row of rows) {
      this.#push(row, time[row]!, this.#arrivalOf[row]!)
      this.#arrived = Math.max(this.#arrived, this.#arrivalOf[row]! + 1)
    }
  }

  *dump(keys: KeyTexts): Generator<string> {
    const rows: number[] = []
    for (let row = 0; row < this.slab.end; row += 1) if (this.#isWaiting(row)) rows.push(row)
    for (const row of rows.sort((a, b) => this.#arrivalOf[a]! - this.#arrivalOf[b]!)) {
      const writer = new JsonWriter()
      this.slab.writeRow(row, writer)
      const arrival = numberText(this.#arrivalOf[row]!)
      const time = instantText(this.slab.time[row]!)
      yield `"time":${time},"arrival":${arrival},"row":${writer.array()},${keyMember(keys.textOf(this.#slots[row]!))}`
    }
  }

  load(entry: EntryTexts, keys: KeyTexts): void {
    const row = this.slab.readRow(new JsonReader(memberOf(entry, 'row')))
    this.#enter(row, keys.slotOfText(keyOf(entry)), numberOf(memberOf(entry, 'arrival')))
  }
}

const isBefore = (a: Omit<WaitingRow, 'row'>, b: Omit<WaitingRow, 'row'>): boolean =>
  a.time < b.time || (a.time === b.time && a.arrival < b.arrival)
