import type { Batch, Rows } from '../data/batch.ts'
import type { BoundExpression } from '../expressions/bound.ts'
import type { Evaluator, OnError } from '../expressions/compile.ts'
import { grown } from '../state/grown.ts'

/** A condition of the pattern: one that looks at its row alone is evaluated for a batch at a time. */
export type MatchCondition =
  | { readonly kind: 'row'; readonly evaluator: Evaluator }
  | { readonly kind: 'dependent'; readonly bound: BoundExpression }
  | { readonly kind: 'true' }

/**
 * Which conditions rows meet, of those that look at their row alone: rows of the batch at hand, and those of the slab that wait. A row has one word for 32
 * conditions.
 */
export class RowTruths {
  readonly #conditions: readonly MatchCondition[]
  readonly #words: number
  #ofBatch = new Int32Array(0)
  #ofSlab = new Int32Array(64)
  #selection = new Int32Array(0)

  constructor(conditions: readonly MatchCondition[]) {
    this.#conditions = conditions
    this.#words = Math.max(1, Math.ceil(conditions.length / 32))
  }

  load(batch: Batch, onError: OnError): void {
    const needed = batch.capacity * this.#words
    if (this.#ofBatch.length < needed) this.#ofBatch = new Int32Array(needed)
    this.#judge(batch, batch.length, this.#ofBatch, onError)
  }

  /** Of all rows of a slab that was read back; those that could not be judged have not got there. */
  loadSlab(slab: Rows & { readonly end: number }): void {
    this.#ofSlab = new Int32Array(Math.max(64, slab.end * this.#words))
    this.#judge(slab, slab.end, this.#ofSlab, () => {})
  }

  #judge(rows: Rows, length: number, truths: Int32Array, onError: OnError): void {
    const words = this.#words
    if (this.#selection.length < length) this.#selection = new Int32Array(length)
    const selection = this.#selection
    truths.fill(0, 0, length * words)
    for (const [c, condition] of this.#conditions.entries()) {
      if (condition.kind === 'dependent') continue
      const [word, bit] = [c >> 5, 1 << c]
      if (condition.kind === 'true') {
        for (let at = word; at < length * words; at += words) truths[at]! |= bit
        continue
      }
      const met = condition.evaluator.select(rows, 0, length, selection, onError)
      for (let s = 0; s < met; s += 1) truths[selection[s]! * words + word]! |= bit
    }
  }

  /** Row i of the batch at hand has become a row of the slab. */
  keep(row: number, i: number): void {
    const words = this.#words
    const end = (row + 1) * words
    if (end > this.#ofSlab.length) this.#ofSlab = grown(this.#ofSlab, Math.max(end, this.#ofSlab.length * 2))
    for (let w = 0; w < words; w += 1) this.#ofSlab[row * words + w] = this.#ofBatch[i * words + w]!
  }

  /** A row of the slab has got another number. */
  move(from: number, to: number): void {
    const words = this.#words
    if ((from + 1) * words <= this.#ofSlab.length) this.#ofSlab.copyWithin(to * words, from * words, (from + 1) * words)
  }

  /** Does a row, as `WaitingRows` names it, meet one of these conditions? */
  meets(row: number, conditions: Int32Array): boolean {
    const truths = row < 0 ? this.#ofBatch : this.#ofSlab
    const at = (row < 0 ? -1 - row : row) * this.#words
    for (let w = 0; w < conditions.length; w += 1) if ((truths[at + w]! & conditions[w]!) !== 0) return true
    return false
  }

  /** For a row as `WaitingRows` names it. */
  read(row: number, into: Int32Array): void {
    const truths = row < 0 ? this.#ofBatch : this.#ofSlab
    const at = (row < 0 ? -1 - row : row) * this.#words
    for (let w = 0; w < into.length; w += 1) into[w] = truths[at + w]!
  }
}

/** By number, the conditions that look at rows taken before. */
export const dependentOf = (conditions: readonly MatchCondition[]): ReadonlyMap<number, BoundExpression> =>
  new Map(conditions.flatMap((one, c) => (one.kind === 'dependent' ? [[c, one.bound] as const] : [])))
