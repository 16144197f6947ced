import type { Batch } from '../data/batch.ts'
import { grown } from '../data/grown.ts'
import { instantText, JsonReader, JsonWriter, numberOf, numberText } from '../data/json-values.ts'
import { PageReader, PageWriter } from '../data/page.ts'
import type { RowSlab } from '../data/row-slab.ts'
import { keyMember, keyOf, memberOf } from '../state/entry-text.ts'
import type { KeyTable } from '../state/key-table.ts'
import { PAGE_ENTRIES, PageMarks } from '../state/page-marks.ts'
import { SortedRuns } from '../state/sorted-runs.ts'
import type { EntryTexts, KeyTexts, StateStructure, StructureShape, WritePage } from '../state/structure.ts'

const NOT_WAITING = -1

/**
 * Rows that wait until the watermark reaches their time, in order of time and then arrival. A row of the batch at hand is -1 - its number there; it is
 * copied to the slab, and gets the number that it has there, only if it still waits when the batch is over.
 */
export class WaitingRows implements StateStructure {
  readonly name = 'waiting'
  readonly slab: RowSlab
  readonly #keys: KeyTable
  readonly #runs = new SortedRuns(null)
  /** By row of the slab: key slot, or that it does not wait. */
  #slots = new Int32Array(64).fill(NOT_WAITING)
  /** By row of the slab. */
  #arrivalOf = new Float64Array(64)
  /** By key slot: rows of the slab that wait. */
  #countOf = new Int32Array(64)
  readonly #marks = new PageMarks()
  /** The arrival number of the first row of the batch at hand. */
  #arrived = 0
  #kept = 0
  #size = 0
  /** While rows are kept: which of the batch, and their numbers in the slab. */
  #picked = new Int32Array(0)
  #rows = new Int32Array(0)

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

  /** Those of the batch at hand among them. */
  get size(): number {
    return this.#size
  }

  keyOf(row: number): number {
    return this.#slots[row]!
  }

  /** Does a row of the slab wait that has this key? */
  has(key: number): boolean {
    return key < this.#countOf.length && this.#countOf[key]! > 0
  }

  /** The first `count` of `picked` rows of the batch at hand; `times`: of all of them. */
  addAll(picked: Int32Array, count: number, times: Float64Array): void {
    this.#runs.addAll(picked, count, times)
    this.#size += count
  }

  /** Puts the first rows with `time <= watermark` `into`, as many as there is room for. They wait no more; the caller calls `leave` for those of the slab. */
  take(watermark: number, into: Int32Array): number {
    const count = this.#runs.take(watermark, into, into.length)
    this.#size -= count
    return count
  }

  /** A row of the slab that was taken is forgotten here. It stays in the slab: the caller releases it. */
  leave(row: number): void {
    this.#marks.touch(row)
    this.#kept -= 1
    this.#countOf[this.#slots[row]!]! -= 1
    this.#keys.release(this.#slots[row]!)
    this.#slots[row] = NOT_WAITING
  }

  /** The batch is over: its rows that still wait are kept. `slots`: by row of the batch; `kept` is told of each. */
  keep(batch: Batch, slots: Int32Array, kept: (row: number, i: number) => void): void {
    if (this.#picked.length < batch.length) {
      this.#picked = new Int32Array(batch.capacity)
      this.#rows = new Int32Array(batch.capacity)
    }
    const [picked, rows] = [this.#picked, this.#rows]
    let count = 0
    this.#runs.renumber((row) => {
      if (row < 0) picked[count++] = -1 - row
      return row
    })
    this.slab.appendAll(batch, 0, count, { columns: batch.columns, rows, picked })
    for (let n = 0; n < count; n += 1) {
      const i = picked[n]!
      this.#enter(rows[n]!, slots[i]!, this.#arrived + i)
      kept(rows[n]!, i)
    }
    let next = 0
    this.#runs.renumber((row) => (row < 0 ? rows[next++]! : row))
    this.#arrived += batch.length
  }

  #enter(row: number, slot: number, arrival: number): void {
    if (row >= this.#slots.length) {
      const from = this.#slots.length
      this.#slots = grown(this.#slots, Math.max(row + 1, from * 2)).fill(NOT_WAITING, from)
      this.#arrivalOf = grown(this.#arrivalOf, this.#slots.length)
    }
    this.#slots[row] = slot
    this.#arrivalOf[row] = arrival
    if (slot >= this.#countOf.length) this.#countOf = grown(this.#countOf, Math.max(slot + 1, this.#countOf.length * 2))
    this.#countOf[slot]! += 1
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
    this.#runs.renumber((row) => moves.get(row) ?? row)
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
    for (const row of rows) {
      this.#runs.add(row, time[row]!)
      this.#arrived = Math.max(this.#arrived, this.#arrivalOf[row]! + 1)
    }
    this.#size = rows.length
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
