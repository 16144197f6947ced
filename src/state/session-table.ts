import { grown } from '../data/grown.ts'
import { instantOf, instantText } from '../data/json-values.ts'
import { PageReader, PageWriter } from '../data/page.ts'
import { type AccumulatorLayout, AccumulatorTable, PAGE_ROWS, PAGE_SHIFT, shapeOf } from './accumulator-table.ts'
import { accumulatorMembers, keyMember, keyOf, loadAccumulators, memberOf } from './entry-text.ts'
import { IntStack } from './int-stack.ts'
import type { KeyTable } from './key-table.ts'
import type { EntryTexts, KeyTexts, StateStructure, StructureShape, WritePage } from './structure.ts'

/**
 * State of session windows: one row a session, with its accumulators. The sessions of a key neither overlap nor touch; a list leads through them from the
 * latest to the earliest. Retains its keys in the `KeyTable`, whose pages must be restored before this table's.
 */
export class SessionTable extends AccumulatorTable implements StateStructure {
  readonly name = 'sessions'
  /** By row: slot of the key. */
  slots: Int32Array
  /** By row: time of the first row, ms. */
  starts: Float64Array
  /** By row: time of the last row and the gap, ms, exclusive. */
  ends: Float64Array
  /** By row: 1 once its result has been told. */
  hasFired: Uint8Array
  readonly #keys: KeyTable
  /** By row: 1 where there is a session. */
  #isSession: Uint8Array
  /** By row: the row of the same key's next earlier session + 1; 0: none. */
  #earlier: Int32Array
  /** By key slot: the row of the latest session + 1; 0: none. */
  #latest = new Int32Array(PAGE_ROWS)
  readonly #free = new IntStack()
  #allocated = 0
  #entries = 0

  constructor(layout: AccumulatorLayout, keys: KeyTable) {
    super(layout)
    this.#keys = keys
    this.slots = new Int32Array(this.capacity)
    this.starts = new Float64Array(this.capacity)
    this.ends = new Float64Array(this.capacity)
    this.hasFired = new Uint8Array(this.capacity)
    this.#isSession = new Uint8Array(this.capacity)
    this.#earlier = new Int32Array(this.capacity)
  }

  get shape(): StructureShape {
    return { kind: 'session-table', aggregates: shapeOf(this.layout) }
  }

  /** Sessions that are kept. */
  get entries(): number {
    return this.#entries
  }

  /** Row numbers are below this. */
  get allocated(): number {
    return this.#allocated
  }

  isSession(row: number): boolean {
    return this.#isSession[row] === 1
  }

  /** The latest session of a key that starts at or before `time`, as its row; -1: none does. */
  latestFrom(slot: number, time: number): number {
    let row = slot < this.#latest.length ? this.#latest[slot]! - 1 : -1
    while (row >= 0 && this.starts[row]! > time) row = this.#earlier[row]! - 1
    return row
  }

  /** The session before another of the same key; -1: it is the earliest. */
  earlierThan(row: number): number {
    return this.#earlier[row]! - 1
  }

  /** Begins a session; it may not touch another one of its key. */
  begin(slot: number, { start, end }: { readonly start: number; readonly end: number }, arrival: number): number {
    const free = this.#free.pop()
    const row = free >= 0 ? free : this.#allocated++
    this.#place(row, slot, { start, end })
    this.arrivals[row] = arrival
    this.reset(row)
    return row
  }

  #place(row: number, slot: number, { start, end }: { readonly start: number; readonly end: number }): void {
    this.reserve(row + 1)
    this.#keys.retain(slot)
    this.#entries += 1
    this.#isSession[row] = 1
    this.hasFired[row] = 0
    this.slots[row] = slot
    this.starts[row] = start
    this.ends[row] = end
    if (slot >= this.#latest.length) this.#latest = grown(this.#latest, Math.max(slot + 1, this.#latest.length * 2))
    const next = this.latestFrom(slot, start)
    this.#earlier[row] = next + 1
    this.#follow(slot, next, row)
  }

  /** Takes a session out of the list of its key: no row finds it any more. It stays readable until `release`. */
  unlink(row: number): void {
    this.#follow(this.slots[row]!, row, this.#earlier[row]! - 1)
  }

  /** Lets what led to session `from` of a key lead to `to`; -1: the end of the list. */
  #follow(slot: number, from: number, to: number): void {
    let later = this.#latest[slot]! - 1
    if (later === from) {
      this.#latest[slot] = to + 1
      return
    }
    while (this.#earlier[later]! - 1 !== from) later = this.#earlier[later]! - 1
    this.#earlier[later] = to + 1
  }

  /** Forgets sessions that are unlinked; their rows may be taken by others, their keys may go. */
  release(rows: readonly number[], count: number): void {
    for (let r = 0; r < count; r += 1) {
      const row = rows[r]!
      this.reset(row)
      this.#isSession[row] = 0
      this.#keys.release(this.slots[row]!)
      this.#free.push(row)
    }
    this.#entries -= count
  }

  /** The result of a session is told. */
  setFired(row: number): void {
    this.hasFired[row] = 1
    this.touch(row)
  }

  /** A session changed in place. */
  touch(row: number): void {
    this.isDirty[row >> PAGE_SHIFT] = 1
  }

  override reserve(rows: number): void {
    super.reserve(rows)
    if (this.slots.length >= this.capacity) return
    this.slots = grown(this.slots, this.capacity)
    this.starts = grown(this.starts, this.capacity)
    this.ends = grown(this.ends, this.capacity)
    this.hasFired = grown(this.hasFired, this.capacity)
    this.#isSession = grown(this.#isSession, this.capacity)
    this.#earlier = grown(this.#earlier, this.capacity)
  }

  writeDirty(write: WritePage): void {
    for (let page = 0; page < this.isDirty.length; page += 1) {
      if (this.isDirty[page] === 0) continue
      this.isDirty[page] = 0
      write(`${page}`.padStart(8, '0'), this.#pageBytes(page))
    }
  }

  #pageBytes(page: number): Uint8Array | null {
    const writer = new PageWriter()
    let count = 0
    const to = Math.min((page + 1) * PAGE_ROWS, this.#allocated)
    for (let row = page * PAGE_ROWS; row < to; row += 1) {
      if (this.#isSession[row] === 0) continue
      count += 1
      writer.u32(row)
      writer.u32(this.slots[row]!)
      writer.u32(this.hasFired[row]!)
      writer.f64(this.starts[row]!)
      writer.f64(this.ends[row]!)
      this.writeRows(writer, row, row + 1)
    }
    return count === 0 ? null : writer.bytes()
  }

  restore(pages: Iterable<readonly [page: string, bytes: Uint8Array]>): void {
    for (const [, bytes] of pages) {
      const reader = new PageReader(bytes)
      while (!reader.isAtEnd) {
        const [row, slot, hasFired] = [reader.u32(), reader.u32(), reader.u32()]
        this.#place(row, slot, { start: reader.f64(), end: reader.f64() })
        this.hasFired[row] = hasFired
        this.reset(row)
        this.readRows(reader, row, row + 1)
        while (this.#allocated < row) this.#free.push(this.#allocated++)
        this.#allocated = row + 1
      }
    }
    this.isDirty.fill(0)
  }

  /** By the arrival of their first rows, and then by start. */
  *dump(keys: KeyTexts): Generator<string> {
    const rows: number[] = []
    for (let row = 0; row < this.#allocated; row += 1) if (this.#isSession[row] === 1) rows.push(row)
    rows.sort((a, b) => this.arrivals[a]! - this.arrivals[b]! || this.starts[a]! - this.starts[b]!)
    for (const row of rows) {
      const window = `"start":${instantText(this.starts[row]!)},"end":${instantText(this.ends[row]!)}`
      const fired = `"fired":${this.hasFired[row] === 1}`
      yield `${window},${fired},${accumulatorMembers(this, row)},${keyMember(keys.textOf(this.slots[row]!))}`
    }
  }

  load(entry: EntryTexts, keys: KeyTexts): void {
    const window = { start: instantOf(memberOf(entry, 'start')), end: instantOf(memberOf(entry, 'end')) }
    const row = this.begin(keys.slotOfText(keyOf(entry)), window, 0)
    this.hasFired[row] = memberOf(entry, 'fired') === 'true' ? 1 : 0
    loadAccumulators(this, row, entry)
    this.touch(row)
  }
}
