import assert from 'node:assert/strict'
import { Column } from '../../src/data/column.ts'
import { type ColumnType, decimalShape } from '../../src/data/column-type.ts'
import { Decimal } from '../../src/data/decimal.ts'
import { PageReader, PageWriter } from '../../src/data/page.ts'
import { compareValues, keyTextOf, type Value } from '../../src/data/value.ts'
import type { Accumulator, AccumulatorRows } from '../../src/functions/aggregate-function.ts'
import { AGGREGATES } from '../../src/functions/aggregates/index.ts'

export interface Shape {
  readonly name: string
  readonly argument: ColumnType
  readonly distinct: boolean
  /** Of an aggregate with two arguments: the type of the second. Its values are pairs. */
  readonly by?: ColumnType
  readonly constant?: Value
}

/** What a row gives an aggregate: a value, or a value and what it is ordered by. */
export type Given = Value | readonly [value: Value, by: Value]

/** Rows of accumulators that do not begin at 0, so that offsets that are forgotten show. */
const AT = { number: 2, object: 1 }

/** A handful of groups of one aggregate, as an operator keeps them. */
export class Groups {
  readonly accumulator: Accumulator
  readonly rows: AccumulatorRows
  readonly #types: readonly ColumnType[]

  constructor(shape: Shape, retractable: boolean) {
    this.#types = [shape.argument, ...(shape.by ? [shape.by] : [])]
    this.accumulator = AGGREGATES.get(shape.name)!.create({ ...shape, retractable })
    const stride = AT.number + this.accumulator.numberCount + 1
    const objects = Array.from({ length: AT.object + this.accumulator.objectCount }, () => [])
    this.rows = { numbers: new Float64Array(stride * 8), stride, objects }
  }

  #columns(given: readonly Given[]): Column[] {
    return this.#types.map((type, c) => {
      const column = new Column(type, 'plain', given.length)
      for (const [i, value] of given.entries()) column.set(i, Array.isArray(value) ? value[c]! : (value as Value))
      return column
    })
  }

  /** Adds values to one group; a row for another group and one for none stand between them. */
  add(row: number, values: readonly Given[]): void {
    const mixed = values.flatMap((value) => [value, value, value])
    const targets = new Int32Array(mixed.map((_, i) => (i % 3 === 0 ? row : i % 3 === 1 ? -1 : 7)))
    const columns = this.#columns(mixed)
    const half = Math.floor(mixed.length / 2)
    this.accumulator.add(this.rows, AT, targets, columns, 0, half)
    this.accumulator.add(this.rows, AT, targets, columns, half, mixed.length)
  }

  retract(row: number, value: Given): void {
    this.accumulator.retract!(this.rows, AT, row, this.#columns([value]), 0)
  }

  merge(to: number, from: number): void {
    this.accumulator.merge(this.rows, AT, to, this.rows, from)
  }

  result(row: number): Value {
    return this.accumulator.result(this.rows, AT, row)
  }

  /** Writes a group as a checkpoint does, and reads it into another row. */
  move(from: number, to: number): void {
    const { stride, numbers, objects } = this.rows
    numbers.copyWithin(to * stride, from * stride, (from + 1) * stride)
    for (const column of objects) column[to] = undefined
    const page = new PageWriter()
    this.accumulator.write?.(this.rows, AT, from, page)
    const reader = new PageReader(page.bytes())
    this.accumulator.read?.(this.rows, AT, to, reader)
    assert.ok(reader.isAtEnd)
  }

  isInitial(row: number): boolean {
    const { stride, numbers, objects } = this.rows
    const own = numbers.subarray(row * stride, (row + 1) * stride)
    return own.every((number) => Object.is(number, 0)) && objects.every((column) => column[row] === undefined)
  }

  /** Nothing but the aggregate's own numbers and objects may change. */
  keepsToItself(): boolean {
    const { stride, numbers, objects } = this.rows
    const strangers = numbers.filter((_, i) => i % stride < AT.number || i % stride === stride - 1)
    return (
      strangers.every((number) => number === 0) && objects.slice(0, AT.object).every((column) => column.length === 0)
    )
  }
}

function distinctOf(values: readonly Value[]): Value[] {
  const seen = new Map<string, Value>()
  for (const value of values) if (!seen.has(keyTextOf(value))) seen.set(keyTextOf(value), value)
  return [...seen.values()]
}

/** What the aggregate should be, counted again from all values. */
export function recount({ name, argument, distinct }: Shape, all: readonly Value[]): Value {
  const present = all.filter((value) => value !== null)
  const values = distinct ? distinctOf(present) : present
  if (name === 'count') return values.length
  if (values.length === 0) return null
  const sorted = values.toSorted(compareValues)
  const scale = decimalShape(argument)?.scale
  if (scale !== undefined && name === 'sum') {
    const digits = values.reduce<bigint>((sum, value) => sum + (value as Decimal).digits, 0n)
    return new Decimal(digits, scale)
  }
  const exact = values.reduce<bigint>(
    (total, value) => total + (argument === 'bigint' ? BigInt(value as number) : 0n),
    0n,
  )
  const total = values.reduce<number>((sum, value) => sum + Number(value), 0)
  const picked = { min: sorted[0]!, max: sorted.at(-1)!, first_value: values[0]!, last_value: values.at(-1)! }[name]
  if (picked !== undefined) return argument === 'bigint' ? BigInt(picked as number) : picked
  if (name === 'avg') return total / values.length
  return argument === 'bigint' ? BigInt.asIntN(64, exact) : total
}

/** Equal as printed; a 0 keeps no sign. */
export const assertSame = (actual: Value, expected: Value) => {
  assert.equal(typeof actual, typeof expected)
  assert.equal(
    actual === null ? null : `${typeof actual} ${keyTextOf(actual)}`,
    expected === null ? null : `${typeof expected} ${keyTextOf(expected)}`,
  )
}
