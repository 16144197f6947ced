import { RowError } from '../base/errors.ts'
import type { Batch } from '../data/batch.ts'
import { type Column, Tag } from '../data/column.ts'
import type { Value } from '../data/value.ts'
import { truthOf } from '../expressions/operations.ts'
import type { Accumulator } from '../functions/aggregate-function.ts'
import type { AccumulatorTable } from '../state/accumulator-table.ts'
import type { KeyTable } from '../state/key-table.ts'
import type { KeyReader } from './key-reader.ts'
import { RowErrors } from './row-errors.ts'

/** One aggregate of a step and how it reads its input. `KeyReader` reads any columns, not only keys. */
export interface AggregateInput {
  readonly accumulator: Accumulator
  /** Its arguments; null: none, as for count(*). */
  readonly args: KeyReader | null
  /** One column: FILTER (WHERE …); rows where it is not true are not added. */
  readonly filter: KeyReader | null
  /** The condition of the filter as it is written. */
  readonly filterText?: string
  /** What to do about values that the accumulator refuses. */
  readonly hint?: string
}

/** What one aggregate read of rows that are kept. */
export interface KeptArguments {
  readonly args: readonly Column[]
  /** Of its filter; null: it has none. */
  readonly condition: Column | null
}

interface Loaded extends AggregateInput {
  columns: readonly Column[]
  filterColumn: Column | null
  /** Of the filter; null: there is none. */
  condition: Column | null
  /** By row: 1 where the filter is true. */
  readonly passes: Uint8Array | null
}

/** What was read for one aggregate. Row i of the columns is row i of the batch. */
export type LoadedInput = Readonly<Pick<Loaded, 'accumulator' | 'columns' | 'filterColumn' | 'passes'>>

/**
 * What the aggregates of a step take from a batch: the key slot of each row, arguments and filters, and the rows that cannot be taken. A row
 * with an error counts in no aggregate; an argument counts as wrong only where its aggregate's filter is true.
 */
export class AggregateInputs {
  /** Key slot by row of the loaded batch. */
  slots = new Int32Array(0)
  /** Rows that no aggregate can take. */
  readonly errors = new RowErrors()
  readonly #keys: KeyReader
  readonly #table: KeyTable
  readonly #aggregates: Loaded[]
  #filtered = new Int32Array(0)

  constructor(keys: KeyReader, aggregates: readonly AggregateInput[], table: KeyTable) {
    this.#keys = keys
    this.#table = table
    this.#aggregates = aggregates.map((aggregate) => ({
      ...aggregate,
      columns: [],
      filterColumn: null,
      condition: null,
      passes: aggregate.filter ? new Uint8Array(0) : null,
    }))
  }

  /** Reads rows from <= i < batch.length. What was read stays good for the round. */
  load(batch: Batch, from: number): void {
    const to = batch.length
    if (this.slots.length < to) this.#grow(batch.capacity)
    this.errors.clear()
    this.#loadSlots(this.#keys.columns(batch, from, to, this.errors.add), from, to)
    for (const aggregate of this.#aggregates) this.#loadAggregate(aggregate, batch, from, to)
  }

  #grow(rows: number): void {
    this.slots = new Int32Array(rows)
    this.#filtered = new Int32Array(rows)
    for (let a = 0; a < this.#aggregates.length; a += 1) {
      const aggregate = this.#aggregates[a]!
      if (aggregate.passes) this.#aggregates[a] = { ...aggregate, passes: new Uint8Array(rows) }
    }
  }

  #loadSlots(columns: readonly Column[], from: number, to: number): void {
    if (this.errors.size === 0) this.#table.slotsOf(columns, from, to, this.slots)
    else for (let i = from; i < to; i += 1) if (!this.errors.has(i)) this.slots[i] = this.#table.slotOf(columns, i)
  }

  #loadAggregate(aggregate: Loaded, batch: Batch, from: number, to: number): void {
    const { accumulator, args, filter, passes, hint } = aggregate
    if (filter && passes) {
      const column = filter.columns(batch, from, to, this.errors.add)[0]!
      aggregate.filterColumn = column
      aggregate.condition = column
      for (let i = from; i < to; i += 1) {
        const tag = column.tags[i]!
        passes[i] = tag === Tag.True ? 1 : 0
        if (tag > Tag.True && !this.errors.has(i)) this.#refuseCondition(column.value(i), i, aggregate)
      }
    }
    const onError = passes
      ? (row: number, error: RowError) => passes[row] === 1 && this.errors.add(row, error)
      : this.errors.add
    aggregate.columns = args ? args.columns(batch, from, to, onError) : []
    if (accumulator.refuse === undefined) return
    for (let i = from; i < to; i += 1) {
      if (passes?.[i] === 0 || this.errors.has(i)) continue
      const reason = accumulator.refuse(aggregate.columns, i)
      if (reason !== undefined) this.errors.add(i, new RowError(reason, hint))
    }
  }

  /** For a condition that is neither true nor false nor NULL. */
  #refuseCondition(value: Value, row: number, { filterText = 'the condition' }: AggregateInput): void {
    try {
      truthOf(value, 'FILTER', filterText)
    } catch (error) {
      if (!(error instanceof RowError)) throw error
      this.errors.add(row, error)
    }
  }

  /** What the last `load` read for aggregate `a`. */
  loaded(a: number): LoadedInput {
    return this.#aggregates[a]!
  }

  /** Adds row i to `targets[i]` of `table`, from <= i < to; targets below 0 are skipped. */
  add(table: AccumulatorTable, targets: Int32Array, from: number, to: number): void {
    const { offsets } = table.layout
    for (let a = 0; a < this.#aggregates.length; a += 1) {
      const { accumulator, columns, passes } = this.#aggregates[a]!
      const taken = passes ? this.#passing(passes, targets, from, to) : targets
      accumulator.add(table, offsets[a]!, taken, columns, from, to)
    }
  }

  #passing(passes: Uint8Array, targets: Int32Array, from: number, to: number): Int32Array {
    for (let i = from; i < to; i += 1) this.#filtered[i] = passes[i] === 1 ? targets[i]! : -1
    return this.#filtered
  }

  /** Takes row i back from `row` of `table`, whose accumulators must be retractable. */
  retract(table: AccumulatorTable, row: number, i: number): void {
    const { offsets } = table.layout
    for (let a = 0; a < this.#aggregates.length; a += 1) {
      const { accumulator, columns, passes } = this.#aggregates[a]!
      if (passes?.[i] !== 0) accumulator.retract!(table, offsets[a]!, row, columns, i)
    }
  }

  /** All that the aggregates read of the loaded rows, in their order: arguments, then the filter. */
  read(): readonly Column[] {
    return this.#aggregates.flatMap(({ columns, condition }) => (condition ? [...columns, condition] : columns))
  }

  /** Columns such as `read` gives, by aggregate; something must have been loaded. */
  ofEach(columns: readonly Column[]): readonly KeptArguments[] {
    let next = 0
    return this.#aggregates.map((aggregate) => {
      const args = columns.slice(next, next + aggregate.columns.length)
      next += args.length
      return { args, condition: aggregate.condition ? columns[next++]! : null }
    })
  }

  /** Takes a row back of which only `read` was kept: row i of `kept`, from `row` of `table`, whose accumulators must be retractable. */
  retractKept(table: AccumulatorTable, row: number, kept: readonly KeptArguments[], i: number): void {
    const { offsets } = table.layout
    for (let a = 0; a < kept.length; a += 1) {
      const { args, condition } = kept[a]!
      if (!condition || condition.tags[i] === Tag.True)
        this.#aggregates[a]!.accumulator.retract!(table, offsets[a]!, row, args, i)
    }
  }
}
