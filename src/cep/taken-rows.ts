import type { Rows } from '../data/batch.ts'
import type { Value } from '../data/value.ts'
import type { Field } from '../expressions/bound.ts'
import { compileExpression, type Evaluator } from '../expressions/compile.ts'
import { ChainAggregate } from './chain-aggregate.ts'
import type { MatchBuffer } from './match-buffer.ts'
import type { Nfa } from './nfa.ts'
import type { Reference } from './references.ts'

/** The value of one reference for the chain of entries that ends with `entry`; -1: nothing was taken. */
export type TakenValue = (entry: number) => Value

export interface TakenRowsOptions {
  readonly nfa: Nfa
  readonly buffer: MatchBuffer
  /** The rows that entries are about. */
  readonly rows: Rows
  /** Where fields of rows stand in `rows`. */
  readonly slotOf: (field: Field) => number
}

/**
 * How to read what an expression says of rows taken before. Counts, sums and first rows are found for each entry once, from those of the entry
 * before it, so that a long loop costs a row no more than a short one.
 */
export function takenValue(reference: Reference, options: TakenRowsOptions): TakenValue {
  const { nfa, buffer, rows } = options
  // a step that nothing is ever taken for, as behind a NOT, is none of them
  const step = nfa.steps.indexOf(reference.step ?? '')
  const isOf = (entry: number) => reference.step === null || nfa.stepOf[buffer.positionOf(entry)] === step
  switch (reference.kind) {
    case 'start':
      return (entry) => rows.time[buffer.rowOf(buffer.first(entry))]!
    case 'end':
      return (entry) => rows.time[buffer.rowOf(entry)]!
    case 'last': {
      const value = compileExpression(reference.argument, options)
      return (entry) => valueAt(nthBack(entry, reference.offset, isOf, buffer), value, options)
    }
    case 'first': {
      const value = compileExpression(reference.argument, options)
      return firstOf(reference.offset, isOf, value, options)
    }
    case 'aggregate':
      return aggregateOf(new ChainAggregate(reference.aggregate, options.slotOf), isOf, options)
  }
}

const valueAt = (entry: number, value: Evaluator, { buffer, rows }: TakenRowsOptions): Value =>
  entry < 0 ? null : value.value(rows, buffer.rowOf(entry))

function nthBack(from: number, offset: number, isOf: (entry: number) => boolean, buffer: MatchBuffer): number {
  let left = offset
  let entry = from
  for (; entry >= 0; entry = buffer.parentOf(entry)) {
    if (!isOf(entry)) continue
    if (left === 0) return entry
    left -= 1
  }
  return -1
}

/** What is known of an entry, found from what is known of the one before it. Numbers of entries are used again, serials are not. */
class Known {
  readonly #buffer: MatchBuffer
  #serials = new Float64Array(16)

  constructor(buffer: MatchBuffer) {
    this.#buffer = buffer
  }

  /** Entries of the chain that nothing is known of yet, the last one first; they count as known from now on. */
  learn(entry: number): number[] {
    const unknown: number[] = []
    if (this.#serials.length < this.#buffer.end) {
      const serials = new Float64Array(this.#buffer.end * 2)
      serials.set(this.#serials)
      this.#serials = serials
    }
    for (let at = entry; at >= 0 && this.#serials[at] !== this.#buffer.serialOf(at); at = this.#buffer.parentOf(at)) {
      unknown.push(at)
      this.#serials[at] = this.#buffer.serialOf(at)
    }
    return unknown
  }

  forget(entries: readonly number[]): void {
    for (const entry of entries) this.#serials[entry] = 0
  }
}

function firstOf(
  offset: number,
  isOf: (entry: number) => boolean,
  value: Evaluator,
  options: TakenRowsOptions,
): TakenValue {
  const { buffer } = options
  const known = new Known(buffer)
  const counts: number[] = []
  const found: number[] = []
  return (entry) => {
    if (entry < 0) return null
    const unknown = known.learn(entry)
    for (let i = unknown.length - 1; i >= 0; i -= 1) {
      const at = unknown[i]!
      const before = buffer.parentOf(at)
      const count = (before < 0 ? 0 : counts[before]!) + (isOf(at) ? 1 : 0)
      const isIt = isOf(at) && count === offset + 1
      counts[at] = count
      found[at] = isIt ? at : before < 0 ? -1 : found[before]!
    }
    return valueAt(found[entry]!, value, options)
  }
}

function aggregateOf(
  aggregate: ChainAggregate,
  isOf: (entry: number) => boolean,
  { buffer, rows }: TakenRowsOptions,
): TakenValue {
  const known = new Known(buffer)
  // accumulator 0 is that of nothing, entry e has accumulator e + 1
  aggregate.reset(0)
  return (entry) => {
    const unknown = known.learn(entry)
    for (let i = unknown.length - 1; i >= 0; i -= 1) {
      const at = unknown[i]!
      aggregate.copy(buffer.parentOf(at) + 1, at + 1)
      try {
        if (isOf(at)) aggregate.add(at + 1, rows, buffer.rowOf(at))
      } catch (error) {
        known.forget(unknown.slice(0, i + 1))
        throw error
      }
    }
    return aggregate.result(entry + 1)
  }
}
