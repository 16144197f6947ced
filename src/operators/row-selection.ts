import type { Batch } from '../data/batch.ts'
import { type ForwardBatch, type ForwardedRows, forwardAll, gather } from './forwarding.ts'
import type { OperatorContext } from './operator.ts'
import { RowErrors } from './row-errors.ts'

/**
 * Which rows of the batch at hand go on. Hands them over in pieces as the output has room, and reports rows with errors in between,
 * each in its turn. Rows that are neither count as filtered.
 */
export class RowSelection {
  readonly errors = new RowErrors()
  /** The rows that go on, ascending, `count` of them. */
  rows = new Int32Array(0)
  count = 0
  #next = 0
  readonly #context: OperatorContext

  constructor(context: OperatorContext) {
    this.#context = context
  }

  /** Forgets the last batch; there is room for all rows of this one. */
  begin(batch: Batch): void {
    if (this.rows.length < batch.length) this.rows = new Int32Array(Math.max(batch.length, batch.capacity))
    this.errors.clear()
    this.count = 0
    this.#next = 0
  }

  /** Selects every row without an error. */
  selectAll(batch: Batch): void {
    let count = 0
    for (let i = 0; i < batch.length; i += 1) if (!this.errors.has(i)) this.rows[count++] = i
    this.count = count
  }

  /** `Operator.process` from row `from` on, once the selection is made. */
  handOver(source: ForwardedRows, from: number, out: ForwardBatch): number {
    const { batch } = source
    const next = this.#handOver(source, from, out)
    const isDone = next > batch.length
    out.watermarkAfter = isDone ? batch.watermarkAfter : batch.watermark[next]!
    out.sequenceAfter = isDone ? batch.sequenceAfter : batch.sequence[next]!
    return next
  }

  #handOver(source: ForwardedRows, from: number, out: ForwardBatch): number {
    const { batch } = source
    const { length } = batch
    if (from === 0 && this.count === length && this.errors.size === 0 && length <= out.capacity) {
      forwardAll(source, out)
      this.#count(length, length)
      return length + 1
    }
    let row = from
    while (row < length) {
      const stop = Math.min(this.errors.next(row), length)
      const first = this.#next
      const most = Math.min(this.count, first + out.capacity - out.length)
      while (this.#next < most && this.rows[this.#next]! < stop) this.#next += 1
      gather(source, { rows: this.rows, from: first, to: this.#next }, out)
      const isFull = this.#next < this.count && this.rows[this.#next]! < stop
      const end = isFull ? this.rows[this.#next]! : stop
      this.#count(end - row, this.#next - first)
      row = end
      if (isFull) return row
      if (row < length) this.#reject(batch, row++)
    }
    return length + 1
  }

  #count(taken: number, passed: number): void {
    const { counters } = this.#context
    counters.in += taken
    counters.used += passed
    counters.filtered += taken - passed
    counters.out += passed
  }

  #reject(batch: Batch, row: number): void {
    this.#context.counters.in += 1
    this.#context.counters.bad += 1
    this.#context.badRow(batch, row, this.errors.get(row))
  }
}
