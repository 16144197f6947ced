import { grown } from '../data/grown.ts'
import { PageReader, PageWriter } from '../data/page.ts'
import { type AccumulatorLayout, AccumulatorTable, PAGE_ROWS, PAGE_SHIFT, shapeOf } from './accumulator-table.ts'
import { accumulatorMembers, keyMember, keyOf, loadAccumulators } from './entry-text.ts'
import type { KeyTable } from './key-table.ts'
import type { EntryTexts, KeyTexts, StateStructure, StructureShape, WritePage } from './structure.ts'

/**
 * State of aggregates without windows: the row of a group is its key's slot. Retains its keys in the `KeyTable`, whose pages must be
 * restored before this table's.
 */
export class GroupTable extends AccumulatorTable implements StateStructure {
  readonly name = 'groups'
  readonly #keys: KeyTable
  /** By slot: 1 where there is a group. */
  #isGroup: Uint8Array
  #entries = 0

  constructor(layout: AccumulatorLayout, keys: KeyTable) {
    super(layout)
    this.#keys = keys
    this.#isGroup = new Uint8Array(this.capacity)
  }

  get shape(): StructureShape {
    return { kind: 'group-table', aggregates: shapeOf(this.layout) }
  }

  get entries(): number {
    return this.#entries
  }

  has(slot: number): boolean {
    return this.#isGroup[slot] === 1
  }

  /** Begins the group of a key that has none. */
  begin(slot: number, arrival: number): void {
    this.reserve(slot + 1)
    if (this.#isGroup.length < this.capacity) this.#isGroup = grown(this.#isGroup, this.capacity)
    this.#keys.retain(slot)
    this.#isGroup[slot] = 1
    this.#entries += 1
    this.arrivals[slot] = arrival
    this.reset(slot)
  }

  /** Ends a group; its key may go. */
  end(slot: number): void {
    this.reset(slot)
    this.#isGroup[slot] = 0
    this.#entries -= 1
    this.#keys.release(slot)
  }

  /** The group of a key changed in place. */
  touch(slot: number): void {
    this.isDirty[slot >> PAGE_SHIFT] = 1
  }

  /** All groups in the order in which they began. */
  slotsByArrival(): Int32Array {
    const slots = new Int32Array(this.#entries)
    let count = 0
    for (let slot = 0; count < slots.length; slot += 1) if (this.#isGroup[slot] === 1) slots[count++] = slot
    return slots.sort((a, b) => this.arrivals[a]! - this.arrivals[b]!)
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
    const to = Math.min((page + 1) * PAGE_ROWS, this.#isGroup.length)
    for (let slot = page * PAGE_ROWS; slot < to; slot += 1) {
      if (this.#isGroup[slot] === 0) continue
      count += 1
      writer.u32(slot)
      this.writeRows(writer, slot, slot + 1)
    }
    return count === 0 ? null : writer.bytes()
  }

  restore(pages: Iterable<readonly [page: string, bytes: Uint8Array]>): void {
    for (const [, bytes] of pages) {
      const reader = new PageReader(bytes)
      while (!reader.isAtEnd) {
        const slot = reader.u32()
        this.begin(slot, 0)
        this.readRows(reader, slot, slot + 1)
      }
    }
    this.isDirty.fill(0)
  }

  *dump(keys: KeyTexts): Generator<string> {
    for (const slot of this.slotsByArrival()) yield `${accumulatorMembers(this, slot)},${keyMember(keys.textOf(slot))}`
  }

  load(entry: EntryTexts, keys: KeyTexts): void {
    const slot = keys.slotOfText(keyOf(entry))
    this.begin(slot, 0)
    loadAccumulators(this, slot, entry)
  }
}
