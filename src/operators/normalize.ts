import { BATCH_ROWS, type Batch, type Slot } from '../data/batch.ts'
import { type Column, Tag } from '../data/column.ts'
import { RowKind } from '../data/row-kind.ts'
import { JsonText } from '../data/value.ts'
import { KeyTable, SPARED_SLOTS } from '../state/key-table.ts'
import { NewestRows } from '../state/newest-rows.ts'
import type { StateStructure } from '../state/structure.ts'
import type { KeyReader } from './key-reader.ts'
import type { Operator, OperatorContext } from './operator.ts'
import { RowErrors } from './row-errors.ts'
import { factOfWatermark, type WatermarkFact, watermarkOfFact } from './watermark-fact.ts'

export interface NormalizeOptions {
  readonly keys: KeyReader
  readonly keyParts: number
  /** The input's slot of each column that goes on. */
  readonly forwarded: readonly number[]
  /** Of the columns that go on. */
  readonly slots: readonly Slot[]
  /** Do the rows have lines that they may leave as? */
  readonly keepsRaw: boolean
  readonly context: OperatorContext
  /** Rows per output batch, at least 2, for tests. */
  readonly capacity?: number
}

/**
 * An upsert changelog as one that takes back what it corrects, as Flink's `ChangelogNormalize`: of each key the last row is kept. A row of a new key is
 * +I; one that changes the row of its key -U of that and +U; one that does not is a duplicate; -D takes the kept row back, whatever else it
 * holds, and is passed over where there is none. Rows that are taken back have the time that they came with.
 */
export class Normalize implements Operator {
  readonly structures: readonly StateStructure[]
  readonly #options: NormalizeOptions
  readonly #keys: KeyTable
  readonly #rows: NewestRows
  readonly #errors = new RowErrors()
  #columns: readonly Column[] = []
  #slots = new Int32Array(0)
  #watermark = -Infinity

  constructor(options: NormalizeOptions) {
    const { keyParts, slots, keepsRaw } = options
    this.#options = options
    this.#keys = new KeyTable(new Array(keyParts).fill('any'))
    this.#rows = new NewestRows('rows', this.#keys, { slots, keepsRaw })
    this.structures = [this.#keys, this.#rows]
  }

  createOutput(): Batch {
    const out = this.#rows.slab.createOutput(this.#options.capacity ?? BATCH_ROWS)
    out.withKinds()
    return out
  }

  process(batch: Batch, _port: number, from: number, out: Batch): number {
    if (from === 0) this.#begin(batch)
    const before = out.length
    let row = from
    // an update needs room for two
    while (row < batch.length && out.length + 1 < out.capacity) {
      this.#take(batch, row, out)
      row += 1
    }
    if (row >= batch.length && batch.watermarkAfter > this.#watermark) this.#watermark = batch.watermarkAfter
    this.#options.context.counters.out += out.length - before
    out.watermarkAfter = this.#watermark
    out.sequenceAfter = row < batch.length ? batch.sequence[row]! : batch.sequenceAfter
    return row < batch.length ? row : batch.length + 1
  }

  #begin(batch: Batch): void {
    const { keys, forwarded } = this.#options
    this.#keys.recycle(SPARED_SLOTS)
    this.#rows.tidy()
    this.#errors.clear()
    if (this.#slots.length < batch.length) this.#slots = new Int32Array(batch.capacity)
    const columns = keys.columns(batch, 0, batch.length, this.#errors.add)
    for (let i = 0; i < batch.length; i += 1) if (!this.#errors.has(i)) this.#slots[i] = this.#keys.slotOf(columns, i)
    this.#columns = forwarded.map((slot) => batch.columns[slot]!)
  }

  #take(batch: Batch, i: number, out: Batch): void {
    const { context } = this.#options
    const { counters } = context
    if (batch.watermark[i]! > this.#watermark) this.#watermark = batch.watermark[i]!
    counters.in += 1
    if (this.#errors.has(i)) {
      counters.bad += 1
      context.badRow(batch, i, this.#errors.get(i))
      return
    }
    const slot = this.#slots[i]!
    const old = this.#rows.rowOf(slot)
    const sequence = batch.sequence[i]!
    if (batch.kinds !== null && batch.kinds[i] === RowKind.Delete) {
      counters[old < 0 ? 'filtered' : 'used'] += 1
      if (old < 0) return
      this.#give(old, RowKind.Delete, out, sequence)
      this.#rows.remove(slot)
      return
    }
    if (old >= 0 && this.#isSame(old, batch, i)) {
      counters.duplicate += 1
      return
    }
    counters.used += 1
    if (old >= 0) {
      this.#give(old, RowKind.UpdateBefore, out, sequence)
      this.#rows.remove(slot)
    }
    const row = this.#rows.add(slot, batch, i, this.#columns)
    this.#give(row, old >= 0 ? RowKind.UpdateAfter : RowKind.Insert, out, sequence)
  }

  #give(row: number, kind: RowKind, out: Batch, sequence: number): void {
    const at = out.length
    this.#rows.slab.copyTo(row, out, this.#watermark, sequence)
    out.withKinds()[at] = kind
  }

  /** By what goes on: the line, or the columns. */
  #isSame(row: number, batch: Batch, i: number): boolean {
    const { slab } = this.#rows
    if (!Object.is(slab.time[row], batch.time[i])) return false
    if (slab.keepsLines) {
      const { buffer, starts, ends } = batch.raw!
      return slab.lineOf(row) === buffer.toString('utf8', starts[i]!, ends[i]!)
    }
    return this.#columns.every((column, c) => isSameCell(slab.columns[c]!, row, column, i))
  }

  facts(): NormalizeFacts {
    return { watermark: factOfWatermark(this.#watermark) }
  }

  restoreFacts(facts: unknown): void {
    this.#watermark = watermarkOfFact((facts as NormalizeFacts).watermark)
  }
}

interface NormalizeFacts {
  readonly watermark: WatermarkFact
}

function isSameCell(a: Column, row: number, b: Column, i: number): boolean {
  if (a.tags[row] !== b.tags[i]) return false
  if (a.tags[row] === Tag.Missing) return true
  const [one, other] = [a.value(row), b.value(i)]
  return one instanceof JsonText && other instanceof JsonText ? one.text === other.text : Object.is(one, other)
}
