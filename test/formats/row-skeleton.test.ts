import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Batch } from '../../src/data/batch.ts'
import { ReferenceScanner } from '../../src/formats/json/reference-scanner.ts'
import { createRowWriter, type RowShape } from '../../src/formats/json/row-writer.ts'
import { OutputBuffer } from '../../src/formats/output-buffer.ts'
import { JsonMaker } from './json-cases.ts'

const SHAPE: RowShape = {
  rest: { except: ['gone'] },
  columns: [{ name: 'n', slot: 0, type: 'any', fraction: 0 }],
  kind: false,
  timeOutput: 'iso',
}

function batchOf(lines: readonly string[]): Batch {
  const scanner = new ReferenceScanner([{ path: ['x'], encoding: 'plain' }])
  const batch = scanner.createBatch()
  const buffer = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  assert.equal(scanner.scan(buffer, 0, buffer.length, batch, 1).bad, null)
  return batch
}

function printed(batch: Batch, rows: readonly number[], shape = SHAPE): string {
  const writer = createRowWriter(shape)
  const out = new OutputBuffer()
  for (const row of rows) writer.write(batch, row, out)
  return out.take().toString()
}

/** Each row with a writer of its own, which has learned nothing. */
const oneByOne = (batch: Batch, shape = SHAPE) =>
  Array.from({ length: batch.length }, (_, row) => printed(batch, [row], shape)).join('')

const rowsOf = (batch: Batch) => Array.from({ length: batch.length }, (_, row) => row)

test('rows of one make print as if the writer had seen none before', () => {
  const values = [
    '1',
    '-2.5e+3',
    'null',
    'true',
    '"a"',
    '"a\\"b\\\\"',
    '""',
    '[1,"]",{"x":"}"}]',
    '{}',
    '{"x":[","]}',
    '"é}"',
  ]
  const makes = [
    (a: string, b: string) => `{"x":${a},"long name of a member":${b},"y":${a}}`,
    (a: string, b: string) => `  { "x" : ${a} , "y":${b}\t} `,
    (a: string, b: string) => `{"x":${a},"n":${b},"y":1}`,
    (a: string, b: string) => `{"x":${a},"gone":${b}}`,
    (a: string, b: string) => `{"x":${a},"x":${b}}`,
    (a: string, b: string) => `{"\\u0078":${a},"go\\u006ee":${b},"z":0}`,
    (a: string) => `{"x":${a}}`,
    () => '{}',
  ]
  const lines: string[] = []
  for (const make of makes) for (const a of values) for (const b of values) lines.push(make(a, b))
  for (let i = 0; i < 400; i += 1)
    lines.push(makes[(i * 7 + (i >> 3)) % makes.length]!(values[i % 11]!, values[(i * 5) % 11]!))
  const batch = batchOf(lines)
  assert.equal(printed(batch, rowsOf(batch)), oneByOne(batch))
  const withKind = { ...SHAPE, kind: true, columns: [] }
  assert.equal(printed(batch, rowsOf(batch), withKind), oneByOne(batch, withKind))
})

test('so do rows of many makes', () => {
  const maker = new JsonMaker(5)
  const lines = Array.from({ length: 3000 }, () => maker.object()).flatMap((line, i) =>
    i % 3 === 0 ? [line, line] : [line],
  )
  const batch = batchOf(lines.slice(0, 4000))
  assert.equal(printed(batch, rowsOf(batch)), oneByOne(batch))
})

test('a row that is like the one before up to its end is told apart', () => {
  const batch = batchOf(['{"x":1,"y":2}', '{"x":1,"y":2,"z":3}', '{"x":1,"y":2}', '{"x":1}', '{"x":1,"y":2 }'])
  assert.equal(
    printed(batch, rowsOf(batch)),
    ['{"x":1,"y":2,"n":1}', '{"x":1,"y":2,"z":3,"n":1}', '{"x":1,"y":2,"n":1}', '{"x":1,"n":1}', '{"x":1,"y":2,"n":1}']
      .map((line) => `${line}\n`)
      .join(''),
  )
})
