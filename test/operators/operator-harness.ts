import assert from 'node:assert/strict'
import type { RowError } from '../../src/base/errors.ts'
import { Batch, rawLines, rawOffset, rawSource } from '../../src/data/batch.ts'
import { Column, type Encoding, Tag } from '../../src/data/column.ts'
import { TextDictionary } from '../../src/data/dictionary.ts'
import { JsonText, jsonOf, type Value } from '../../src/data/value.ts'
import { type LateRow, newCounters, type Operator, type OperatorContext } from '../../src/operators/operator.ts'
import type { MemoryStore } from '../../src/state/memory-store.ts'
import type { PageWrite } from '../../src/state/store.ts'
import { rootRecord } from '../state/root-record.ts'

/** One row of a made-up stream. `undefined` is a missing member. */
export interface StreamRow {
  readonly time: number
  readonly values: readonly (Value | undefined)[]
  readonly kind?: number
}

export interface StreamOptions {
  /** Rows per batch. */
  readonly size: number
  readonly encodings: readonly Encoding[]
  readonly delay: number
  /** End the stream with watermark +Infinity? */
  readonly flush?: boolean
}

/** Cuts rows into batches with the watermark of a bounded delay before each row; an empty batch may end the stream. */
export function batchesOf(
  rows: readonly StreamRow[],
  { size, encodings, delay, flush = true }: StreamOptions,
): Batch[] {
  const watermarks = [-Infinity]
  let seen = -Infinity
  for (const { time } of rows) {
    if (time > seen) seen = time
    watermarks.push(seen - delay - 1)
  }
  const dictionary = new TextDictionary()
  const batches: Batch[] = []
  let bytes = 0
  for (let from = 0; from < rows.length; from += size) {
    const some = rows.slice(from, from + size)
    const columns = encodings.map((encoding, c) =>
      columnOf(
        some.map(({ values }) => values[c]),
        encoding,
        dictionary,
      ),
    )
    const batch = new Batch(columns, Math.max(1, some.length))
    batch.length = some.length
    some.forEach((row, i) => {
      batch.time[i] = row.time
      batch.watermark[i] = watermarks[from + i]!
      batch.sequence[i] = from + i
      if (row.kind) batch.withKinds()[i] = row.kind
    })
    batch.watermarkAfter = watermarks[from + some.length]!
    batch.sequenceAfter = from + some.length
    batch.raw = linesOf(some, from)
    batch.raw.base = bytes
    bytes += batch.raw.buffer.length
    batches.push(batch)
  }
  if (flush) {
    const end = new Batch(
      encodings.map((encoding) => columnOf([], encoding, dictionary)),
      1,
    )
    end.watermarkAfter = Infinity
    end.sequenceAfter = rows.length
    end.raw = rawLines(1)
    batches.push(end)
  }
  return batches
}

function linesOf(rows: readonly StreamRow[], first: number) {
  const raw = rawLines(Math.max(1, rows.length))
  raw.source = 'rows.ndjson'
  const texts = rows.map((row, i) => `{"row":${first + i},"é":${row.time}}`)
  raw.buffer = Buffer.from(`${texts.join('\n')}\n`)
  let at = 0
  texts.forEach((text, i) => {
    raw.starts[i] = at
    raw.ends[i] = at + Buffer.byteLength(text)
    raw.lines[i] = first + i + 1
    at = raw.ends[i]! + 1
  })
  return raw
}

/** A column that holds the values in the given encoding. */
export function columnOf(
  values: readonly (Value | undefined)[],
  encoding: Encoding,
  dictionary: TextDictionary = new TextDictionary(),
): Column {
  const column = new Column('any', encoding, Math.max(1, values.length))
  const texts = values.map((value) => (typeof value === 'string' ? jsonOf(value).slice(1, -1) : textOfNested(value)))
  column.dictionary = encoding === 'interned' ? dictionary : null
  column.buffer = encoding === 'span' ? Buffer.from(texts.join('')) : null
  let at = 0
  values.forEach((value, i) => {
    const start = at
    at += Buffer.byteLength(texts[i]!)
    if (value === undefined) column.tags[i] = Tag.Missing
    else if (typeof value === 'string' && encoding === 'interned') {
      column.tags[i] = Tag.String
      column.ids[i] = dictionary.intern(value)
    } else if (encoding === 'span' && (typeof value === 'string' || value instanceof JsonText)) {
      column.tags[i] = typeof value === 'string' ? Tag.String : Tag.Json
      column.ids[i] = start
      column.ends[i] = at
    } else column.set(i, value)
  })
  return column
}

const textOfNested = (value: Value | undefined): string => (value instanceof JsonText ? value.text : '')

/** A context that remembers what it was told. */
export interface TestContext extends OperatorContext {
  readonly lateRows: { readonly sequence: number; readonly late: LateRow }[]
  readonly badRows: { readonly sequence: number; readonly message: string }[]
}

export function testContext(): TestContext {
  const lateRows: TestContext['lateRows'] = []
  const badRows: TestContext['badRows'] = []
  return {
    step: 'test',
    counters: newCounters(),
    lateRows,
    badRows,
    late: (batch, row, late) => lateRows.push({ sequence: batch.sequence[row]!, late }),
    badRow: (batch, row, error: RowError) => badRows.push({ sequence: batch.sequence[row]!, message: error.message }),
  }
}

/** `in = used + filtered + duplicate + late + bad + held`. */
export function assertCountersAddUp({ counters }: OperatorContext): void {
  const { used, filtered, duplicate, late, bad, held } = counters
  assert.equal(counters.in, used + filtered + duplicate + late + bad + held, JSON.stringify(counters))
}

export interface OutRow {
  readonly values: readonly string[]
  readonly time: number
  readonly watermark: number
  readonly sequence: number
  readonly kind: number
  /** Its line, file, line number and byte. */
  readonly origin: string | null
}

/** Takes batches through one port of an operator as the runner does; checks what every operator must keep to. */
export function drive(operator: Operator, batches: readonly Batch[], out: Batch = operator.createOutput()): OutRow[] {
  const rows: OutRow[] = []
  let watermark = -Infinity
  for (const batch of batches) {
    let from = 0
    for (let calls = 0; from <= batch.length; calls += 1) {
      assert.ok(calls < 10_000, 'the operator does not come to an end')
      out.clear()
      from = operator.process(batch, 0, from, out)
      assert.ok(out.length <= out.capacity)
      assert.ok(out.columns.length > 0 && out.columns.every((column) => column.tags), 'an output without columns')
      for (let i = 0; i < out.length; i += 1) {
        assert.ok(out.watermark[i]! >= watermark, 'the watermark went back')
        watermark = out.watermark[i]!
        rows.push(outRow(out, i))
      }
      assert.ok(out.watermarkAfter >= watermark, 'the watermark went back')
      watermark = out.watermarkAfter
    }
    assert.equal(out.sequenceAfter, batch.sequenceAfter)
  }
  return rows
}

export function outRow(out: Batch, i: number): OutRow {
  const { raw } = out
  return {
    values: out.columns.map((column) => (column.tags[i] === Tag.Missing ? 'missing' : jsonOf(column.value(i)))),
    time: out.time[i]!,
    watermark: out.watermark[i]!,
    sequence: out.sequence[i]!,
    kind: out.kinds?.[i] ?? 0,
    origin:
      raw &&
      `${raw.buffer.toString('utf8', raw.starts[i]!, raw.ends[i]!)} ${rawSource(raw, i)}:${raw.lines[i]} ${rawOffset(raw, i)}`,
  }
}

/** What `outRow` gives for row i of the stream if it went through whole. */
export const wholeRow = (batches: readonly Batch[], sequence: number): OutRow => {
  const batch = batches.find((some) => some.length > 0 && sequence < some.sequenceAfter)!
  return outRow(batch, sequence - batch.sequence[0]!)
}

/** Writes an epoch of an operator and restores it into another, by way of a store. */
export async function handOverState(from: Operator, to: Operator, store: MemoryStore, epoch: number): Promise<void> {
  const pages: PageWrite[] = []
  for (const structure of from.structures) {
    structure.writeDirty((page, bytes) => pages.push({ operator: 'test', structure: structure.name, page, bytes }))
  }
  await store.writePages(epoch, pages)
  await store.writeRoot(rootRecord(epoch, { job: from.facts() }))
  const root = (await store.root())!
  for (const structure of to.structures) structure.restore(await store.pages('test', structure.name))
  to.restoreFacts(root.job)
}
