import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Batch } from '../../src/data/batch.ts'
import { Column, type Encoding } from '../../src/data/column.ts'
import type { ColumnType } from '../../src/data/column-type.ts'
import { RowKind } from '../../src/data/row-kind.ts'
import { jsonOf, valueOfParsed } from '../../src/data/value.ts'
import { badRowJson } from '../../src/formats/json/bad-row.ts'
import { createLateRowWriter } from '../../src/formats/json/late-row.ts'
import { membersOf } from '../../src/formats/json/members.ts'
import { ReferenceScanner } from '../../src/formats/json/reference-scanner.ts'
import { createRowWriter, type OutputColumn, type RowShape } from '../../src/formats/json/row-writer.ts'
import { OUTPUT_BYTES, OutputBuffer } from '../../src/formats/output-buffer.ts'
import { JsonMaker } from './json-cases.ts'

const SHAPE: RowShape = { rest: null, columns: [], kind: false, timeOutput: 'iso' }
const WHOLE = { except: [] }

const column = (name: string | string[], slot: number): OutputColumn => ({ name, slot, type: 'any', fraction: 0 })

/** Rows of these lines with one column per path; `a.b` is a path. */
function batchOf(input: string, encoding: Encoding, ...paths: string[]): Batch {
  const scanner = new ReferenceScanner(paths.map((path) => ({ path: path.split('.'), encoding })))
  const batch = scanner.createBatch()
  const buffer = Buffer.from(input)
  assert.equal(scanner.scan(buffer, 0, buffer.length, batch, 1).bad, null)
  return batch
}

function print(batch: Batch, shape: Partial<RowShape>): string {
  const writer = createRowWriter({ ...SHAPE, ...shape })
  const out = new OutputBuffer()
  const taken: Buffer[] = []
  for (let row = 0; row < batch.length; ) {
    row = writer.writeFrom(batch, row, out)
    taken.push(out.take())
  }
  const one = new OutputBuffer()
  for (let row = 0; row < batch.length; row += 1) writer.write(batch, row, one)
  const text = Buffer.concat(taken).toString()
  assert.equal(one.take().toString(), text, 'row by row as in a batch')
  return text
}

test('values print as jsonOf says, whatever the encoding', () => {
  const maker = new JsonMaker(7)
  const names = ['user', 'id', 'geo', 'n', 'k"q', '__proto__', '']
  for (let i = 0; i < 3000; i += 1) {
    const line = maker.object()
    for (const encoding of ['interned', 'span', 'plain'] as const) {
      const scanner = new ReferenceScanner(names.map((name) => ({ path: [name], encoding })))
      const batch = scanner.createBatch()
      const buffer = Buffer.from(`${line}\n`)
      scanner.scan(buffer, 0, buffer.length, batch, 1)
      const members = names.map((name, slot) => `${jsonOf(name)}:${jsonOf(batch.columns[slot]!.value(0))}`)
      assert.equal(
        print(batch, { columns: names.map((name, slot) => column([name], slot)) }),
        `{${members.join(',')}}\n`,
        encoding,
      )
    }
  }
})

test('scalars print canonically and nested values keep their text', () => {
  const line =
    '{"a":"\\u0041\\/\\u007f\\ud800é","b":1.0,"c":-0,"d":9007199254740993,"e":{"x": 1.0,"x":[ ]},"f":1e400,"g":null,"i":true}\n'
  for (const encoding of ['interned', 'span', 'plain'] as const) {
    const batch = batchOf(line, encoding, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i')
    const columns = [...'abcdefghi'].map((name, slot) => column(name, slot))
    const expected =
      '{"a":"A/\u007f\ufffdé","b":1,"c":0,"d":9007199254740993,"e":{"x": 1.0,"x":[ ]},"f":1e999,"g":null,"h":null,"i":true}\n'
    assert.equal(print(batch, { columns }), expected)
  }
})

test('a row that passes through whole keeps its bytes, at neighbours and gaps alike', () => {
  const input = '{"a": 1}\r\n\n  {"b":"\\u0041"}\n{"c":1e0} \n{}\n'
  assert.equal(print(batchOf(input, 'plain'), { rest: WHOLE }), '{"a": 1}\r\n  {"b":"\\u0041"}\n{"c":1e0} \n{}\n')
  const batch = batchOf(input, 'plain')
  batch.raw!.buffer = Buffer.concat([batch.raw!.buffer.subarray(0, -1), Buffer.from('!')])
  assert.equal(
    print(batch, { rest: WHOLE }),
    '{"a": 1}\r\n  {"b":"\\u0041"}\n{"c":1e0} \n{}\n',
    'without a newline behind',
  )
})

test('output comes in pieces of about 64 KB', () => {
  const input = Array.from({ length: 4000 }, (_, i) => `{"n":${i},"text":"${'x'.repeat(i % 200)}"}\n`).join('')
  for (const rest of [WHOLE, { except: ['n'] }]) {
    const batch = batchOf(input, 'plain')
    const writer = createRowWriter({ ...SHAPE, rest })
    const out = new OutputBuffer()
    const taken: Buffer[] = []
    for (let row = 0; row < batch.length; ) {
      row = writer.writeFrom(batch, row, out)
      assert.ok(out.length < OUTPUT_BYTES + 1000)
      taken.push(out.take())
    }
    assert.ok(taken.length > 5)
    const expected = rest === WHOLE ? input : input.replaceAll(/"n":\d+,/g, '')
    assert.equal(Buffer.concat(taken).toString(), expected, 'taken bytes are never written again')
  }
})

test('members are kept byte for byte around those that are left out or replaced', () => {
  const x = { columns: [column('x', 0)], rest: WHOLE }
  const cases: [string, Partial<RowShape>, string][] = [
    ['{"a": 1, "x" : 2, "b":\t3}', x, '{"a": 1,"b":\t3,"x":2}'],
    ['{ }', x, '{"x":null}'],
    ['{"x":5}', x, '{"x":5}'],
    ['{"\\u0078":5,"a":1}', x, '{"a":1,"x":5}'],
    ['{"a":1,"x":1,"a":2,"b":3}', x, '{"a":2,"b":3,"x":1}'],
    ['{"a":1, "b":2, "c":3}', { rest: { except: ['b'] } }, '{"a":1,"c":3}'],
    ['{"a":1, "b":2, "c":3}', { rest: { except: ['c', 'none'] } }, '{"a":1, "b":2}'],
    ['{"b":2}', { rest: { except: ['b'] } }, '{}'],
    ['{"_op":"c", "a":1}', { rest: WHOLE, kind: true }, '{"_op":"+I","a":1}'],
    ['{"x":1}', { rest: WHOLE, kind: true, columns: [column('x', 0)] }, '{"_op":"+I","x":1}'],
    ['{"x":1}', { kind: true }, '{"_op":"+I"}'],
    ['{"x":1}', {}, '{}'],
    [
      '{"geo":{"a":1},"k\\"q":1,"x":1}',
      { rest: { except: ['k"q'] }, columns: [column(['geo', 'b'], 0)] },
      '{"x":1,"geo":{"b":1}}',
    ],
  ]
  for (const [line, shape, expected] of cases)
    assert.equal(print(batchOf(`${line}\n`, 'plain', 'x'), shape), `${expected}\n`)
})

test('paths nest, and those that begin alike meet in one object', () => {
  const columns = [
    column(['geo', 'country'], 0),
    column('n', 1),
    column(['geo', 'at', 'x'], 1),
    column(['geo', 'at', 'y"'], 0),
  ]
  const batch = batchOf('{"a":"x","b":2}\n', 'span', 'a', 'b')
  assert.equal(print(batch, { columns }), '{"geo":{"country":"x","at":{"x":2,"y\\"":"x"}},"n":2}\n')
  for (const names of [
    ['a', 'a'],
    [['a'], ['a', 'b']],
    [['a', 'b'], ['a']],
  ]) {
    assert.throws(
      () => print(batch, { columns: names.map((name) => column(name as string[], 0)) }),
      /two columns write a/,
    )
  }
})

test('row kinds come first; a batch without kinds holds inserts', () => {
  const batch = batchOf('{"a":1}\n{"a":2}\n{"a":3}\n{"a":4}\n', 'plain', 'a')
  batch.withKinds().set([RowKind.UpdateBefore, RowKind.UpdateAfter, RowKind.Delete, RowKind.Insert])
  const ops = print(batch, { kind: true, columns: [column('a', 0)] })
  assert.equal(ops, '{"_op":"-U","a":1}\n{"_op":"+U","a":2}\n{"_op":"-D","a":3}\n{"_op":"+I","a":4}\n')
})

test('timestamps print as ISO 8601 in the zone, or as milliseconds; intervals are milliseconds', () => {
  const times = new Column('timestamp', 'plain', 3)
  const length = new Column('interval', 'plain', 3)
  const instant = Date.UTC(2024, 4, 1, 10, 0, 0, 250)
  ;[instant, instant, null].forEach((ms, i) => {
    times.set(i, ms)
    length.set(i, 5000)
  })
  const batch = new Batch([times, length], 3)
  batch.length = 3
  const time = (fraction: 0 | 3): OutputColumn => ({ name: 't', slot: 0, type: 'timestamp', fraction })
  const firstOf = (shape: Partial<RowShape>) => print(batch, shape).split('\n')[1]
  assert.equal(firstOf({ columns: [time(3)] }), '{"t":"2024-05-01T10:00:00.250Z"}')
  assert.equal(firstOf({ columns: [time(0)] }), '{"t":"2024-05-01T10:00:00Z"}')
  assert.equal(firstOf({ columns: [time(0)], zoneOffset: () => 7_200_000 }), '{"t":"2024-05-01T12:00:00+02:00"}')
  assert.equal(firstOf({ columns: [time(0)], timeOutput: 'ms' }), `{"t":${instant}}`)
  assert.equal(firstOf({ columns: [{ name: 'd', slot: 1, type: 'interval', fraction: 0 }] }), '{"d":5000}')
  assert.equal(print(batch, { columns: [time(0)] }).split('\n')[2], '{"t":null}')
})

test('times at the beginning of a row print as they are, whichever rows before had the same', () => {
  const pairs = [
    [0, 1],
    [0, 1],
    [0, 1],
    [0, 2],
    [0, 2],
    [3, 2],
    [3, 2],
    [3, 2],
    [null, 2],
    [null, 2],
    [null, null],
  ]
  pairs.push([null, null], [null, null], [0, 1], [0, 1], [Number.NaN, 1], [Number.NaN, 1], [Infinity, 1], [Infinity, 1])
  pairs.push([Infinity, 1], [3, 1], [0, null], [0, null], [0, null], [0, 0])
  const columns = ['timestamp', 'timestamp', 'number'].map((type) => new Column(type as ColumnType, 'plain', 99))
  const seconds = (s: number | null | undefined): string =>
    typeof s === 'number' && Number.isFinite(s) ? `"2024-05-01T10:00:0${s}Z"` : 'null'
  let expected = ''
  for (const [i, pair] of pairs.entries()) {
    for (const [c, s] of pair.entries()) columns[c]!.set(i, s === null ? null : Date.UTC(2024, 4, 1, 10, 0, s))
    if (pair[0] === Infinity) columns[0]!.set(i, Infinity)
    columns[2]!.set(i, i)
    expected += `{"s":${seconds(pair[0])},"é":${seconds(pair[1])},"n":${i}}\n`
  }
  const batch = new Batch(columns, 99)
  batch.length = pairs.length
  const shape = ['s', 'é', 'n'].map((name, c) => ({ ...column(name, c), type: columns[c]!.type }))
  assert.equal(print(batch, { columns: shape }), expected)
})

test('a late row says by how much, where and against what; a second routing replaces the first', () => {
  const writer = createLateRowWriter({ ...SHAPE, rest: WHOLE })
  const late = (line: string, lateness: Parameters<typeof writer.write>[2]) => {
    const out = new OutputBuffer()
    writer.write(batchOf(`${line}\n`, 'plain'), 0, lateness, out)
    return out.take().toString()
  }
  const start = Date.UTC(2024, 4, 1)
  const window = { lateBy: 7, step: 'tumble', windowStart: start, windowEnd: start + 60_000, watermark: start + 60_006 }
  const members =
    '"_late_by":7,"_step":"tumble","_window_start":"2024-05-01T00:00:00.000Z","_window_end":"2024-05-01T00:01:00.000Z","_watermark":"2024-05-01T00:01:00.006Z"'
  assert.equal(late('{"a": 1.0}', window), `{"a": 1.0,${members}}\n`)
  assert.equal(late('{}', window), `{${members}}\n`)
  assert.equal(
    late('{"_step":"x","a":1,"_window_end":2}', { lateBy: 1, step: 'dedup', watermark: Infinity }),
    '{"a":1,"_late_by":1,"_step":"dedup","_watermark":null}\n',
  )
})

test('a dead letter keeps the original text, and the bytes where they are not text', () => {
  const place = {
    code: 'E_ROW_JSON',
    reason: 'unexpected end of object',
    file: 'a "b".ndjson',
    line: 3,
    offset: 40,
  } as const
  const error =
    '"_error":{"code":"E_ROW_JSON","file":"a \\"b\\".ndjson","line":3,"offset":40,"reason":"unexpected end of object"}'
  assert.equal(badRowJson({ ...place, raw: Buffer.from('{"é\u0000') }), `{${error},"_raw":"{\\"é\\u0000"}\n`)
  const raw = Buffer.from([0x7b, 0xff, 0x7d])
  const letter = JSON.parse(badRowJson({ ...place, file: null, line: null, offset: null, raw }))
  assert.deepEqual([letter._raw, letter._error.file], ['{\ufffd}', null])
  assert.deepEqual(Buffer.from(letter._raw_base64, 'base64'), raw)
})

test('the members of a row are those of JSON.parse, equal names at the place of the first', () => {
  const maker = new JsonMaker(99)
  for (let i = 0; i < 5000; i += 1) {
    const line = maker.object()
    const bytes = Buffer.from(`xx${line}\n`)
    const members = membersOf(bytes, 2, bytes.length - 1)
    const parsed = new Map<string, string>()
    const row = JSON.parse(line) as Record<string, unknown>
    for (const name of Object.keys(row)) parsed.set(name.toWellFormed(), jsonOf(valueOfParsed(row[name])))
    const read = new Map(
      members.map(({ name, valueStart, valueEnd }) => [
        name,
        jsonOf(valueOfParsed(JSON.parse(bytes.toString('utf8', valueStart, valueEnd)))),
      ]),
    )
    assert.deepEqual([...read].sort(), [...parsed].sort(), line)
    assert.equal(members.length, read.size, 'no name twice')
  }
  const many = `{${Array.from({ length: 200 }, (_, i) => `"k${i % 150}":${i}`).join(',')}}`
  const names = membersOf(Buffer.from(many), 0, many.length).map(
    ({ name, valueStart, valueEnd }) => `${name}=${many.slice(valueStart, valueEnd)}`,
  )
  assert.deepEqual([names.length, names[0], names[149]], [150, 'k0=150', 'k149=149'])
})

test('text and bytes of every length keep their order in an output buffer', () => {
  const out = new OutputBuffer()
  let expected = ''
  let got = ''
  const source = Buffer.from('é'.repeat(50_000))
  for (let i = 0; i < 300; i += 1) {
    const length = (i * 37) % 5000
    out.text(`<${'ü'.repeat(length % 97)}>`)
    out.range(source, 0, length * 2)
    expected += `<${'ü'.repeat(length % 97)}>${'é'.repeat(length)}`
    if (i % 7 === 0) got += out.take().toString()
  }
  got += out.take().toString()
  assert.ok(got === expected)
  assert.equal(out.take().length, 0)
})
