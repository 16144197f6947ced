import { BATCH_ROWS, type Batch } from '../data/batch.ts'
import { RowKeys } from '../data/row-keys.ts'
import { KeySet } from '../state/key-set.ts'
import type { StateStructure } from '../state/structure.ts'
import { isRowLate, rowLateBy } from '../time/watermark.ts'
import type { DeduplicateOptions } from './deduplicate.ts'
import { ForwardBatch, gather } from './forwarding.ts'
import type { Operator, OperatorContext } from './operator.ts'
import { RowErrors } from './row-errors.ts'

/** Lets a row through unless it repeats one that was let through. */
export class DeduplicateFirst implements Operator {
  readonly structures: readonly StateStructure[]
  readonly #options: DeduplicateOptions
  readonly #context: OperatorContext
  readonly #kept: KeySet
  readonly #keys = new RowKeys()
  readonly #errors = new RowErrors()
  /** Rows that go on but are not copied yet. */
  #rows = new Int32Array(0)
  #count = 0

  constructor(options: DeduplicateOptions) {
    const { within, allowedLateness, stateTtl, context } = options
    this.#options = options
    this.#context = context
    this.#kept = new KeySet({
      name: 'keys',
      within,
      keepFor: within === null ? (stateTtl ?? Infinity) : within + allowedLateness,
    })
    this.structures = [this.#kept]
  }

  createOutput(): ForwardBatch {
    return new ForwardBatch(this.#options.capacity ?? BATCH_ROWS)
  }

  process(batch: Batch, _port: number, from: number, out: ForwardBatch): number {
    const { length } = batch
    if (from === 0) this.#begin(batch)
    gather({ batch, columns: batch.columns }, { rows: this.#rows, from: 0, to: 0 }, out) // also without a row the output has the input's columns
    const before = out.length
    let row = from
    for (; row < length && out.length + this.#count < out.capacity; row += 1) this.#take(batch, row, out)
    this.#flush(batch, out)
    this.#context.counters.in += row - from
    this.#context.counters.used += out.length - before
    this.#context.counters.out += out.length - before
    const isDone = row === length
    if (isDone) this.#kept.expire(batch.watermarkAfter)
    out.watermarkAfter = isDone ? batch.watermarkAfter : batch.watermark[row]!
    out.sequenceAfter = isDone ? batch.sequenceAfter : batch.sequence[row]!
    return isDone ? length + 1 : row
  }

  #begin(batch: Batch): void {
    this.#errors.clear()
    this.#count = 0
    if (this.#rows.length < batch.length) this.#rows = new Int32Array(batch.capacity)
    const columns = this.#options.keys.columns(batch, 0, batch.length, this.#errors.add)
    this.#keys.load(columns, 0, batch.length, this.#errors)
    this.#kept.touch(this.#keys.hashes, batch.length)
  }

  #take(batch: Batch, row: number, out: ForwardBatch): void {
    const { within, allowedLateness } = this.#options
    const time = batch.time[row]!
    const watermark = batch.watermark[row]!
    this.#kept.expire(watermark)
    if (this.#errors.has(row)) {
      this.#flush(batch, out)
      this.#context.counters.bad += 1
      this.#context.badRow(batch, row, this.#errors.get(row))
    } else if (within !== null && isRowLate(time, allowedLateness, watermark)) {
      this.#flush(batch, out)
      this.#context.counters.late += 1
      this.#context.late(batch, row, { lateBy: rowLateBy(time, allowedLateness, watermark), watermark })
    } else if (this.#kept.admit(this.#keys.at(row), time, watermark)) this.#rows[this.#count++] = row
    else this.#context.counters.duplicate += 1
  }

  /** Before anything that may end the run, so that the rows before it have gone on. */
  #flush(batch: Batch, out: ForwardBatch): void {
    if (this.#count === 0) return
    gather({ batch, columns: batch.columns }, { rows: this.#rows, from: 0, to: this.#count }, out)
    this.#count = 0
  }

  facts(): unknown {
    return null
  }

  restoreFacts(): void {}
}
