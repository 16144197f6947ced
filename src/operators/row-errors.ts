import type { RowError } from '../base/errors.ts'

/**
 * Rows of the batch at hand that an expression could not take. Evaluators run over the whole batch first; the rows are reported only
 * when they are reached, so that everything before a row that ends the run has gone out, wherever the batch was cut.
 */
export class RowErrors {
  readonly #errors = new Map<number, RowError>()
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

  get(row: number): RowError {
    return this.#errors.get(row)!
  }

  clear(): void {
    if (this.#errors.size > 0) this.#errors.clear()
  }
}
