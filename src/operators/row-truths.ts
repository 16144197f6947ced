import { wordsFor } from '../cep/row-judge.ts'
import type { Batch, Rows } from '../data/batch.ts'
import { grown } from '../data/grown.ts'
import type { BoundExpression } from '../expressions/bound.ts'
import type { Evaluator, OnError } from '../expressions/compile.ts'

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
  /** Of a row. */
  readonly words: number
  readonly #conditions: readonly MatchCondition[]
  #ofBatch = new Int32Array(0)
  #ofSlab = new Int32Array(64)
  #selection = new Int32Array(0)

  constructor(conditions: readonly MatchCondition[]) {
    this.#conditions = conditions
    this.words = wordsFor(conditions.length)
  }

  load(batch: Batch, onError: OnError): void {
    const needed = batch.capacity * this.words
    if (this.#ofBatch.length < needed) this.#ofBatch = new Int32Array(needed)
    this.#judge(batch, batch.length, this.#ofBatch, onError)
  }

  /** Of all rows of a slab that was read back; those that could not be judged have not got there. */
  loadSlab(slab: Rows & { readonly end: number }): void {
    this.#ofSlab = new Int32Array(Math.max(64, slab.end * this.words))
    this.#judge(slab, slab.end, this.#ofSlab, () => {})
  }

  #judge(rows: Rows, length: number, truths: Int32Array, onError: OnError): void {
    const words = this.words
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
    const words = this.words
    const end = (row + 1) * words
    if (end > this.#ofSlab.length) this.#ofSlab = grown(this.#ofSlab, Math.max(end, this.#ofSlab.length * 2))
    for (let w = 0; w < words; w += 1) this.#ofSlab[row * words + w] = this.#ofBatch[i * words + w]!
  }

  /** A row of the slab has got another number. */
  move(from: number, to: number): void {
    const words = this.words
    if ((from + 1) * words <= this.#ofSlab.length) this.#ofSlab.copyWithin(to * words, from * words, (from + 1) * words)
  }

  /** Does row i of the batch at hand meet one of these conditions? */
  meets(i: number, conditions: Int32Array): boolean {
    const at = i * this.words
    for (let w = 0; w < conditions.length; w += 1) if ((this.#ofBatch[at + w]! & conditions[w]!) !== 0) return true
    return false
  }

  /** Those of the first `count` of `rows`, which `WaitingRows` names, one after the other. */
  readAll(rows: Int32Array, count: number, into: Int32Array): void {
    const { words } = this
    const [ofBatch, ofSlab] = [this.#ofBatch, this.#ofSlab]
    for (let n = 0, to = 0; n < count; n += 1) {
      const row = rows[n]!
      let at = (row < 0 ? -1 - row : row) * words
      for (const end = at + words; at < end; at += 1) into[to++] = row < 0 ? ofBatch[at]! : ofSlab[at]!
    }
  }
}

/** By number, the conditions that look at rows taken before. */
export const dependentOf = (conditions: readonly MatchCondition[]): ReadonlyMap<number, BoundExpression> =>
  new Map(conditions.flatMap((one, c) => (one.kind === 'dependent' ? [[c, one.bound] as const] : [])))
