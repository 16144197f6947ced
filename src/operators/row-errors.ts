import type { RowError } from '../base/errors.ts'

/**
 * Rows of the batch at hand that an expression could not take. Evaluators run over the whole batch first; the rows are reported only
 * when they are reached, so that everything before a row that ends the run has gone out, wherever the batch was cut.
 */
export class RowErrors {
  readonly #errors = new Map<number, RowError>()
  #rows: readonly number[] | null = null
  #next = 0

  /** For evaluators: of two errors of a row, the first counts. */
  readonly add = (row: number, error: RowError): void => {
    if (!this.#errors.has(row)) this.#errors.set(row, error)
  }

  get size(): number {
    return this.#errors.size
  }

  has(row: number): boolean {
    return this.#errors.size > 0 && this.#errors.has(row)
  }

  /** The rows with errors, in no order. */
  rows(): Iterable<number> {
    return this.#errors.keys()
  }

  get(row: number): RowError {
    return this.#errors.get(row)!
  }

  /** The first row with an error that is not before `from`; Infinity: none. Asked with ascending `from`, after all were added. */
  next(from: number): number {
    if (this.#errors.size === 0) return Infinity
    this.#rows ??= [...this.#errors.keys()].sort((a, b) => a - b)
    while (this.#next < this.#rows.length && this.#rows[this.#next]! < from) this.#next += 1
    return this.#rows[this.#next] ?? Infinity
  }

  clear(): void {
    if (this.#errors.size === 0) return
    this.#errors.clear()
    this.#rows = null
    this.#next = 0
  }
}
