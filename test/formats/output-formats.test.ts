import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emptyBatch } from '../../src/data/batch.ts'
import { JsonText, type Value } from '../../src/data/value.ts'
import { createOutputWriter, type OutputStyle } from '../../src/formats/output/create-output-writer.ts'
import { fitted, shown, textWidth } from '../../src/formats/output/text-width.ts'
import { OutputBuffer } from '../../src/formats/output-buffer.ts'

const STYLE: OutputStyle = {
  format: 'ndjson',
  changelog: 'op',
  isContinued: false,
  terminalWidth: null,
  emphasize: (text) => text,
}

const slots = (names: readonly string[]) => names.map((name) => ({ name, type: 'any' as const }))
const shape = (names: readonly string[], kind = false) => ({
  rest: null,
  columns: names.map((name, slot) => ({ name, slot, type: 'any' as const, fraction: 0 as const })),
  kind,
  timeOutput: 'iso' as const,
})

function batchOf(names: readonly string[], rows: readonly (readonly Value[])[], kinds?: readonly number[]) {
  const batch = emptyBatch(slots(names), Math.max(1, rows.length))
  rows.forEach((row, i) => {
    for (const [c, value] of row.entries()) batch.columns[c]!.set(i, value)
    batch.time[i] = i * 1000
    batch.sequence[i] = i >> 1
  })
  if (kinds) batch.withKinds().set(kinds)
  batch.length = rows.length
  return batch
}

function written(names: readonly string[], rows: readonly (readonly Value[])[], style: Partial<OutputStyle>): string {
  const out = new OutputBuffer()
  const writer = createOutputWriter(shape(names), { ...STYLE, ...style }, null)
  writer.writeFrom(batchOf(names, rows), 0, out)
  writer.flush?.(out)
  writer.end?.(out)
  return out.take().toString()
}

test('a table on a terminal cuts its widest columns, so that a row is one line', () => {
  const rows = [
    ['a', 'x'.repeat(30), 12],
    ['bb', new JsonText(`{"y":"${'z'.repeat(30)}"}`), 3],
  ]
  const text = written(['k', 'long', 'n'], rows, { format: 'table', terminalWidth: 20 })
  assert.equal(text, 'k   long           n\na   xxxxxxxxxxx…  12\nbb  {"y":"zzzzz…   3\n')
})

test('a table with more columns than the terminal has room for still prints them all', () => {
  const names = Array.from({ length: 12 }, (_, i) => `column${i}`)
  const [header] = written(names, [names.map(() => 1)], { format: 'table', terminalWidth: 20 }).split('\n')
  assert.equal(header!.split(/\s+/).length, 12)
})

test('a table goes on with the widths that it began with, after a restart too', () => {
  const names = ['a', 'b']
  const writer = createOutputWriter(shape(names), { ...STYLE, format: 'table' }, null)
  const out = new OutputBuffer()
  writer.write(batchOf(names, [['wide', 1]]), 0, out)
  assert.equal(out.length, 0, 'held for the widths')
  writer.flush!(out)
  assert.equal(out.take().toString(), 'a     b\nwide  1\n')
  const next = createOutputWriter(shape(names), { ...STYLE, format: 'table' }, null)
  next.restore!(JSON.parse(JSON.stringify(writer.save!())))
  next.write(batchOf(names, [['x', 2]]), 0, out)
  assert.equal(out.take().toString(), 'x     2\n')
})

test('the names of CSV are written once, over restarts', () => {
  const names = ['a']
  const writer = createOutputWriter(shape(names), { ...STYLE, format: 'csv' }, null)
  const out = new OutputBuffer()
  writer.write(batchOf(names, [[1]]), 0, out)
  const next = createOutputWriter(shape(names), { ...STYLE, format: 'csv' }, null)
  next.restore!(JSON.parse(JSON.stringify(writer.save!())))
  next.write(batchOf(names, [[null]]), 0, out)
  next.end!(out)
  assert.equal(out.take().toString(), 'a\n1\n""\n')
})

test('widths count what a terminal shows', () => {
  assert.equal(textWidth('abc'), 3)
  assert.equal(textWidth('東京'), 4)
  assert.equal(textWidth('e\u0301'), 1)
  assert.equal(textWidth('👍'), 2)
  assert.equal(fitted('東京都', 5), '東京…')
  assert.equal(fitted('abc', 3), 'abc')
  assert.equal(shown('a\u001b[1m\n\u0085'), 'a\\u001b[1m\\n�')
})

test('an update pairs rows of one key and one cause only', () => {
  const names = ['k', 'n']
  const keys = [{ name: 'k', slot: 0, type: 'any' as const, fraction: 0 as const }]
  const rows = [
    ['a', 1],
    ['b', 2],
    ['a', 2],
    ['a', 3],
  ]
  const out = new OutputBuffer()
  const upsert = createOutputWriter(shape(names, true), { ...STYLE, changelog: 'upsert' }, keys)
  upsert.writeFrom(batchOf(names, rows, [1, 2, 1, 2]), 0, out)
  assert.equal(out.take().toString(), '{"_op":"-D","k":"a"}\n{"_op":"+U","k":"b","n":2}\n{"_op":"+U","k":"a","n":3}\n')
  const debezium = createOutputWriter(shape(names, true), { ...STYLE, changelog: 'debezium' }, keys)
  debezium.write(batchOf(names, [['a', 1]], [1]), 0, out)
  assert.equal(out.length, 0)
  debezium.flush!(out)
  assert.equal(out.take().toString(), '{"before":{"k":"a","n":1},"after":null,"op":"d","ts_ms":0}\n')
})
