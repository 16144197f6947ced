import { RowError } from '../base/errors.ts'
import { BATCH_ROWS, type Batch } from '../data/batch.ts'
import { Column, Tag } from '../data/column.ts'
import { elementTexts, memberTexts } from '../data/json-members.ts'
import { describeType, JsonText, type Value, valueOfJson } from '../data/value.ts'
import type { StateStructure } from '../state/structure.ts'
import { ForwardBatch, gather } from './forwarding.ts'
import type { KeyReader } from './key-reader.ts'
import type { Operator, OperatorContext } from './operator.ts'
import { RowErrors } from './row-errors.ts'

/** What a column that the step makes holds: an element, its place from 1 on, or the name of a member. */
export type UnnestPart = 'element' | 'ordinality' | 'key'

export interface UnnestOptions {
  /** The array, or with `isMap` the object, of each row. */
  readonly nested: KeyReader
  readonly isMap: boolean
  /** Does a row without elements go on, with NULL in the made columns? */
  readonly isOuter: boolean
  /** The output's columns: first those of the input with these slots, then the made ones. */
  readonly forwarded: readonly number[]
  readonly made: readonly UnnestPart[]
  readonly context: OperatorContext
  /** Rows per output batch, for tests. */
  readonly capacity?: number
}

/** The elements of one row, as JSON texts; `keys` only of an object. */
interface Elements {
  readonly texts: readonly string[]
  readonly keys: readonly string[] | null
}

const NONE: Elements = { texts: [], keys: null }
const TYPES = { element: 'any', ordinality: 'number', key: 'string' } as const

/**
 * One row for each element of an array, or member of an object: the input's row and the element, as CROSS JOIN UNNEST, or LEFT JOIN UNNEST where
 * `isOuter`. NULL has no elements. All rows of one input row have its time, sequence, row kind and line.
 */
export class Unnest implements Operator {
  readonly structures: readonly StateStructure[] = []
  readonly #options: UnnestOptions
  readonly #capacity: number
  readonly #made: readonly Column[]
  readonly #errors = new RowErrors()
  /** Of the batch at hand: what is unnested, and the columns that go on. */
  #nested: Column | null = null
  #forwarded: readonly Column[] = []
  /** Of the row at hand, while it has elements that have not gone out: how many have. */
  #isOpen = false
  #elements: Elements = NONE
  #given = 0
  /** Row k of the output comes from row `#rows[k]` of the batch. */
  readonly #rows: Int32Array

  constructor(options: UnnestOptions) {
    this.#options = options
    this.#capacity = options.capacity ?? BATCH_ROWS
    this.#made = options.made.map((part) => new Column(TYPES[part], 'plain', this.#capacity))
    this.#rows = new Int32Array(this.#capacity)
  }

  createOutput(): ForwardBatch {
    return new ForwardBatch(this.#capacity)
  }

  process(batch: Batch, _port: number, from: number, out: ForwardBatch): number {
    if (from === 0 && !this.#isOpen) this.#begin(batch)
    const row = this.#unnest(batch, from, out)
    const isDone = row === batch.length
    out.watermarkAfter = isDone ? batch.watermarkAfter : batch.watermark[row]!
    out.sequenceAfter = isDone ? batch.sequenceAfter : batch.sequence[row]!
    return isDone ? row + 1 : row
  }

  #begin(batch: Batch): void {
    const { nested, forwarded } = this.#options
    this.#errors.clear()
    this.#nested = nested.columns(batch, 0, batch.length, this.#errors.add)[0]!
    this.#forwarded = forwarded.map((slot) => batch.columns[slot]!)
  }

  /** Returns the first row that has elements left, or the number of rows. */
  #unnest(batch: Batch, from: number, out: ForwardBatch): number {
    let row = from
    let count = 0
    for (; row < batch.length && count < this.#capacity; row += 1) {
      if (!this.#isOpen && !this.#open(row)) {
        this.#gather(batch, count, out)
        this.#reject(batch, row)
        continue
      }
      count = this.#give(row, count)
      if (this.#isOpen) break
    }
    this.#gather(batch, count, out)
    return row
  }

  /** Finds the elements of a row and counts it; false: it has an error. */
  #open(row: number): boolean {
    if (this.#errors.has(row)) return false
    try {
      this.#elements = this.#elementsOf(row)
    } catch (error) {
      if (!(error instanceof RowError)) throw error
      this.#errors.add(row, error)
      return false
    }
    const { counters } = this.#options.context
    counters.in += 1
    if (this.#rowsToGive > 0) counters.used += 1
    else counters.filtered += 1
    this.#isOpen = true
    return true
  }

  #elementsOf(row: number): Elements {
    const column = this.#nested!
    if (column.tags[row]! <= Tag.Null) return NONE
    const value = column.value(row)
    const { isMap } = this.#options
    if (!(value instanceof JsonText) || value.text.startsWith('{') !== isMap) throw refusal(value, isMap)
    if (!isMap) return { texts: elementTexts(value.text), keys: null }
    const members = memberTexts(value.text)
    return { texts: [...members.values()], keys: [...members.keys()] }
  }

  get #rowsToGive(): number {
    const { length } = this.#elements.texts
    return length === 0 && this.#options.isOuter ? 1 : length
  }

  /** Makes rows of the elements of a row as long as there is room, behind `count` others; returns how many there are then. */
  #give(row: number, count: number): number {
    const left = this.#rowsToGive - this.#given
    const rows = Math.min(left, this.#capacity - count)
    for (let k = 0; k < rows; k += 1) {
      this.#rows[count + k] = row
      this.#make(this.#given + k, count + k)
    }
    this.#isOpen = rows < left
    this.#given = this.#isOpen ? this.#given + rows : 0
    return count + rows
  }

  #make(element: number, at: number): void {
    const { texts, keys } = this.#elements
    const isNone = element >= texts.length
    for (let m = 0; m < this.#made.length; m += 1) {
      const column = this.#made[m]!
      const part = this.#options.made[m]!
      if (isNone) column.set(at, null)
      else if (part === 'ordinality') column.set(at, element + 1)
      else put(column, at, part === 'key' ? keys![element]! : valueOfJson(texts[element]!))
    }
  }

  /** Appends the rows made since the last time. Without any the output has its columns, to be read all the same. */
  #gather(batch: Batch, count: number, out: ForwardBatch): void {
    const from = out.length
    gather({ batch, columns: this.#forwarded }, { rows: this.#rows, from, to: count }, out)
    if (from === 0) out.columns.push(...this.#made)
    this.#options.context.counters.out += count - from
  }

  #reject(batch: Batch, row: number): void {
    const { context } = this.#options
    context.counters.in += 1
    context.counters.bad += 1
    context.badRow(batch, row, this.#errors.get(row))
  }

  facts(): unknown {
    return null
  }

  restoreFacts(): void {}
}

/** Fills up to the row first: an array written behind its end would turn into a slow one. */
function put(column: Column, row: number, value: Value): void {
  while (column.values.length < row) column.values.push(null)
  column.set(row, value)
}

function refusal(value: Value, isMap: boolean): RowError {
  const message = `${isMap ? 'an object' : 'an array'} is expected, not ${describeType(value)}`
  if (value instanceof JsonText)
    return new RowError(message, isMap ? 'without --key it unnests arrays' : 'with --key NAME it unnests objects')
  return typeof value === 'string' && !isMap
    ? new RowError(message, "split(text, ' ') makes an array of a text")
    : new RowError(message)
}
