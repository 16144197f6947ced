import type { Intake } from './intake.ts'
import type { RowLimit } from './until.ts'

/** A limit over several sources (see `Until`). */
export class SharedLimit {
  readonly #limit: RowLimit
  readonly #intakes: readonly Intake[]

  constructor(limit: RowLimit, intakes: readonly Intake[]) {
    this.#limit = limit
    this.#intakes = intakes
  }

  /** Rows that may still be taken once `sequence` were, if rows are what is limited. */
  rowsLeft(sequence: number): number {
    if (this.#limit.kind !== 'rows') return Infinity
    const from = this.#intakes.reduce((sum, intake) => sum + intake.from, 0)
    return Math.max(0, this.#limit.rows + from - sequence)
  }

  /** `watermarkOf`: how far each source has come with the rows that were taken of it. */
  isReached(sequence: number, watermarkOf: (source: number) => number): boolean {
    const limit = this.#limit
    if (limit.kind === 'rows') return this.rowsLeft(sequence) === 0
    return this.#intakes.every((_, source) => watermarkOf(source) >= limit.watermark)
  }
}
