import { RowError } from '../base/errors.ts'
import type { Rows } from '../data/batch.ts'
import { Column, Tag } from '../data/column.ts'
import type { Value } from '../data/value.ts'
import type { BoundAggregate, BoundExpression, Field } from '../expressions/bound.ts'
import { compileExpression, type Evaluator } from '../expressions/compile.ts'
import { truthOf, writtenText } from '../expressions/operations.ts'
import type { Accumulator, AccumulatorRows } from '../functions/aggregate-function.ts'

const AT = { number: 0, object: 0 }
const HERE = Int32Array.of(0)
const FIRST_CAPACITY = 16

/** One aggregate over rows taken by matches: accumulators by number, each made from another one and a row. */
export class ChainAggregate implements AccumulatorRows {
  numbers: Float64Array
  readonly stride: number
  readonly objects: unknown[][]
  readonly #accumulator: Accumulator
  readonly #args: readonly Evaluator[]
  readonly #columns: readonly Column[]
  /** The condition behind FILTER. */
  readonly #passes: ((rows: Rows, row: number) => boolean) | null
  #capacity = FIRST_CAPACITY

  constructor({ fn, args, distinct, filter }: BoundAggregate, slotOf: (field: Field) => number) {
    const ofRows = args.slice(0, fn.arity)
    const [argument, by] = ofRows
    const last = args[fn.arity]
    this.#accumulator = fn.create({
      argument: argument?.type ?? 'any',
      ...(by ? { by: by.type } : {}),
      ...(last?.kind === 'constant' ? { constant: last.value } : {}),
      distinct,
      retractable: false,
    })
    this.#args = ofRows.map((one) => compileExpression(one, { slotOf }))
    this.#columns = ofRows.map(({ type }) => new Column(type, 'plain', 1))
    this.#passes = filter && conditionOf(filter, compileExpression(filter, { slotOf }))
    this.stride = this.#accumulator.numberCount
    this.numbers = new Float64Array(FIRST_CAPACITY * this.stride)
    this.objects = Array.from({ length: this.#accumulator.objectCount }, () => [])
  }

  /** Makes accumulator `number` that of no rows. */
  reset(number: number): void {
    while (number >= this.#capacity) this.#grow()
    this.numbers.fill(0, number * this.stride, (number + 1) * this.stride)
    for (const column of this.objects) {
      while (column.length < number) column.push(undefined)
      column[number] = undefined
    }
    this.#accumulator.init?.(this, AT, number)
  }

  /** Makes accumulator `number` equal to another one. */
  copy(from: number, number: number): void {
    this.reset(number)
    this.#accumulator.merge(this, AT, number, this, from)
  }

  /** Throws `RowError`. */
  add(number: number, rows: Rows, row: number): void {
    if (this.#passes?.(rows, row) === false) return
    for (const [i, column] of this.#columns.entries()) {
      column.tags[0] = Tag.Null
      column.set(0, this.#args[i]!.value(rows, row))
    }
    const reason = this.#accumulator.refuse?.(this.#columns, 0)
    if (reason !== undefined) throw new RowError(reason)
    HERE[0] = number
    this.#accumulator.add(this, AT, HERE, this.#columns, 0, 1)
  }

  result(number: number): Value {
    return this.#accumulator.result(this, AT, number)
  }

  #grow(): void {
    this.#capacity *= 2
    const numbers = new Float64Array(this.#capacity * this.stride)
    numbers.set(this.numbers)
    this.numbers = numbers
  }
}

function conditionOf(filter: BoundExpression, { value }: Evaluator): (rows: Rows, row: number) => boolean {
  const written = writtenText(filter)
  return (rows, row) => {
    const found = value(rows, row)
    return found !== null && truthOf(found, 'FILTER', written)
  }
}
