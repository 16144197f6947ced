import { RowError } from '../../src/base/errors.ts'
import { Batch, type Slot } from '../../src/data/batch.ts'
import { Column } from '../../src/data/column.ts'
import { TextDictionary } from '../../src/data/dictionary.ts'
import { ROW_KIND_NAMES } from '../../src/data/row-kind.ts'
import { jsonOf, type Value } from '../../src/data/value.ts'
import { AGGREGATES } from '../../src/functions/aggregates/index.ts'
import type { AggregateInput } from '../../src/operators/aggregate-inputs.ts'
import type { KeyReader } from '../../src/operators/key-reader.ts'
import { type LateRow, newCounters, type Operator, type OperatorContext } from '../../src/operators/operator.ts'

/** Columns of the test's batches: a key and a value, the value twice, once as FILTER's boolean. */
export interface InputRow {
  readonly time: number
  readonly key: Value
  readonly value: Value
  readonly kind?: number
  /** The watermark before the row. */
  readonly watermark: number
}

export const isBig = (value: Value): boolean => typeof value === 'number' && value > 2
export const reader = (slot: number): KeyReader => ({ columns: (batch) => [batch.columns[slot]!] })

/** Refuses rows whose key is this text, as an expression would. */
export const POISON = 'poison'
export const keyReader: KeyReader = {
  columns(batch, from, to, onError) {
    const column = batch.columns[0]!
    for (let i = from; i < to; i += 1) if (column.value(i) === POISON) onError(i, new RowError('poisoned key'))
    return [column]
  },
}

/** count(*), sum(value), count(*) FILTER (WHERE value > 2), last_value(value). */
export function testAggregates(retractable: boolean): readonly AggregateInput[] {
  const make = (name: string, args: KeyReader | null, filter: KeyReader | null = null): AggregateInput => ({
    accumulator: AGGREGATES.get(name)!.create({ argument: 'any', distinct: false, retractable }),
    args,
    filter,
  })
  return [make('count', null), make('sum', reader(1)), make('count', null, reader(2)), make('max', reader(1))]
}

export const AGGREGATE_SLOTS: readonly Slot[] = [
  { name: 'n', type: 'number' },
  { name: 'total', type: 'any' },
  { name: 'big', type: 'number' },
  { name: 'greatest', type: 'any' },
]

export interface Output {
  readonly rows: string[]
  readonly late: string[]
  readonly bad: number[]
  readonly context: OperatorContext
  /** The stored pages after the last snapshot. */
  pages: Map<string, Map<string, Uint8Array>>
}

export function newOutput(): Output {
  const late: string[] = []
  const bad: number[] = []
  const counters = newCounters()
  const context: OperatorContext = {
    step: 'step',
    counters,
    late: (batch, row, reason) => late.push(lateText(batch.sequence[row]!, reason)),
    badRow: (batch, row) => bad.push(batch.sequence[row]!),
  }
  return { rows: [], late, bad, context, pages: new Map() }
}

export const lateText = (sequence: number, late: LateRow): string =>
  [sequence, late.lateBy, late.windowStart, late.windowEnd, late.watermark].join(' ')

export const rowText = (parts: {
  readonly kind: number
  readonly values: readonly Value[]
  readonly time: number
  readonly watermark: number
  readonly sequence: number
}): string =>
  `${ROW_KIND_NAMES[parts.kind]!} ${parts.values.map(jsonOf).join(' ')} @${parts.time} w${parts.watermark} #${parts.sequence}`

export interface Drive {
  readonly create: (output: Output) => Operator
  readonly rows: readonly InputRow[]
  /** The watermark after the last row. */
  readonly end: number
  readonly batchSize: number
  /** Is the operator thrown away and restored after batch `n`? */
  readonly restoreAfter?: (n: number) => boolean
}

/** Feeds rows in batches, numbered from 0 as sequence, and gathers all that comes out. */
export function drive({ create, rows, end, batchSize, restoreAfter = () => false }: Drive): Output {
  const output = newOutput()
  const dictionary = new TextDictionary()
  let operator = create(output)
  for (let from = 0, n = 0; from <= rows.length; from += batchSize, n += 1) {
    const to = Math.min(rows.length, from + batchSize)
    const after = to < rows.length ? rows[to]!.watermark : end
    processBatch(operator, batchOf(rows.slice(from, to), { from, after, dictionary }), output)
    if (!restoreAfter(n)) continue
    save(operator, output.pages)
    const facts = JSON.parse(JSON.stringify(operator.facts()))
    operator = create(output)
    restore(operator, output.pages)
    operator.restoreFacts(facts)
    dictionary.clear()
  }
  save(operator, output.pages)
  return output
}

export function batchOf(
  rows: readonly InputRow[],
  { from, after, dictionary }: { readonly from: number; readonly after: number; readonly dictionary: TextDictionary },
): Batch {
  const capacity = Math.max(1, rows.length)
  const columns = [
    new Column('any', 'interned', capacity),
    new Column('any', 'plain', capacity),
    new Column('boolean', 'plain', capacity),
  ]
  columns[0]!.dictionary = dictionary
  const batch = new Batch(columns, capacity)
  rows.forEach((row, i) => {
    if (typeof row.key === 'string') {
      columns[0]!.tags[i] = 5
      columns[0]!.ids[i] = dictionary.intern(row.key)
    } else columns[0]!.set(i, row.key)
    columns[1]!.set(i, row.value)
    columns[2]!.set(i, isBig(row.value))
    batch.time[i] = row.time
    batch.watermark[i] = row.watermark
    batch.sequence[i] = from + i
    if (row.kind) batch.withKinds()[i] = row.kind
  })
  batch.length = rows.length
  batch.watermarkAfter = after
  batch.sequenceAfter = from + rows.length
  return batch
}

function processBatch(operator: Operator, batch: Batch, output: Output): void {
  const out = operator.createOutput()
  for (let from = 0; from <= batch.length; ) {
    const next = operator.process(batch, 0, from, out)
    if (next <= batch.length && out.length < out.capacity) throw new Error('stopped before the output was full')
    for (let i = 0; i < out.length; i += 1) output.rows.push(textOf(out, i))
    out.clear()
    from = next
  }
}

const textOf = (out: Batch, i: number): string =>
  rowText({
    kind: out.kinds?.[i] ?? 0,
    values: out.columns.map((column) => column.value(i)),
    time: out.time[i]!,
    watermark: out.watermark[i]!,
    sequence: out.sequence[i]!,
  })

export function save(operator: Operator, stored: Map<string, Map<string, Uint8Array>>): void {
  for (const structure of operator.structures) {
    const pages = stored.get(structure.name) ?? new Map<string, Uint8Array>()
    stored.set(structure.name, pages)
    structure.writeDirty((page, bytes) => (bytes === null ? pages.delete(page) : pages.set(page, bytes)))
    structure.writeDirty((page) => {
      throw new Error(`${structure.name} ${page} is still dirty`)
    })
  }
}

export function restore(operator: Operator, stored: ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>): void {
  for (const structure of operator.structures) {
    const pages = [...(stored.get(structure.name) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1))
    structure.restore(pages)
  }
}

/** Rows with watermarks as a source with this delay would give them. */
export function withWatermarks(rows: readonly Omit<InputRow, 'watermark'>[], delay: number): InputRow[] {
  let watermark = -Infinity
  return rows.map((row) => {
    const stamped = { ...row, watermark }
    watermark = Math.max(watermark, row.time - delay - 1)
    return stamped
  })
}
