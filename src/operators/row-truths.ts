import { ASK } from '../cep/matcher.ts'
import type { Batch, Rows } from '../data/batch.ts'
import type { BoundExpression } from '../expressions/bound.ts'
import type { Evaluator, OnError } from '../expressions/compile.ts'
import { grown } from '../state/grown.ts'

/** A condition of the pattern: one that looks at its row alone is evaluated for a batch at a time. */
export type MatchCondition =
  | { readonly kind: 'row'; readonly evaluator: Evaluator }
  | { readonly kind: 'dependent'; readonly bound: BoundExpression }
  | { readonly kind: 'true' }

/** Which conditions rows meet: those of the batch at hand, and those of the slab that wait. */
export class RowTruths {
  readonly #conditions: readonly MatchCondition[]
  readonly #count: number
  #ofBatch = new Uint8Array(0)
  #ofSlab = new Uint8Array(64)
  #selection = new Int32Array(0)

  constructor(conditions: readonly MatchCondition[]) {
    this.#conditions = conditions
    this.#count = conditions.length
  }

  load(batch: Batch, onError: OnError): void {
    const needed = batch.capacity * this.#count
    if (this.#ofBatch.length < needed) this.#ofBatch = new Uint8Array(needed)
    this.#judge(batch, batch.length, this.#ofBatch, onError)
  }

  /** Of all rows of a slab that was read back; those that could not be judged have not got there. */
  loadSlab(slab: Rows & { readonly end: number }): void {
    this.#ofSlab = new Uint8Array(Math.max(64, slab.end * this.#count))
    this.#judge(slab, slab.end, this.#ofSlab, () => {})
  }

  #judge(rows: Rows, length: number, truths: Uint8Array, onError: OnError): void {
    const count = this.#count
    if (this.#selection.length < length) this.#selection = new Int32Array(length)
    for (const [c, condition] of this.#conditions.entries()) {
      const initial = condition.kind === 'row' ? 0 : condition.kind === 'true' ? 1 : ASK
      for (let i = 0, at = c; i < length; i += 1, at += count) truths[at] = initial
      if (condition.kind !== 'row') continue
      const met = condition.evaluator.select(rows, 0, length, this.#selection, onError)
      for (let s = 0; s < met; s += 1) truths[this.#selection[s]! * count + c] = 1
    }
  }

  /** Row i of the batch at hand has become a row of the slab. */
  keep(row: number, i: number): void {
    const count = this.#count
    if ((row + 1) * count > this.#ofSlab.length)
      this.#ofSlab = grown(this.#ofSlab, Math.max((row + 1) * count, this.#ofSlab.length * 2))
    for (let c = 0; c < count; c += 1) this.#ofSlab[row * count + c] = this.#ofBatch[i * count + c]!
  }

  /** A row of the slab has got another number. */
  move(from: number, to: number): void {
    const count = this.#count
    if ((from + 1) * count <= this.#ofSlab.length) this.#ofSlab.copyWithin(to * count, from * count, (from + 1) * count)
  }

  /** For a row as `WaitingRows` names it. */
  read(row: number, into: Uint8Array): void {
    const truths = row < 0 ? this.#ofBatch : this.#ofSlab
    const at = (row < 0 ? -1 - row : row) * this.#count
    for (let c = 0; c < into.length; c += 1) into[c] = truths[at + c]!
  }
}

/** By number, the conditions that look at rows taken before. */
export const dependentOf = (conditions: readonly MatchCondition[]): ReadonlyMap<number, BoundExpression> =>
  new Map(conditions.flatMap((one, c) => (one.kind === 'dependent' ? [[c, one.bound] as const] : [])))
