import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Batch } from '../../src/data/batch.ts'
import { type Encoding, Tag } from '../../src/data/column.ts'
import { JsonText, type Value } from '../../src/data/value.ts'
import { ByteDictionary } from '../../src/formats/json/byte-dictionary.ts'
import { createScanner } from '../../src/formats/json/create-scanner.ts'
import type { BadLine, ScanField, Scanner } from '../../src/formats/scanner.ts'

const ENCODINGS: readonly Encoding[] = ['interned', 'span', 'plain']

interface Scanned {
  readonly batch: Batch
  readonly bad: readonly BadLine[]
  readonly nextLine: number
}

/** Scans everything, going on behind bad lines. */
function scanAll(scanner: Scanner, input: string | Buffer): Scanned {
  const buffer = Buffer.from(input)
  const batch = scanner.createBatch()
  const bad: BadLine[] = []
  let at = 0
  let line = 1
  while (at < buffer.length) {
    const result = scanner.scan(buffer, at, buffer.length, batch, line)
    if (result.bad) bad.push(result.bad)
    assert.ok(result.next > at, 'a scan goes on')
    at = result.next
    line = result.nextLine
  }
  return { batch, bad, nextLine: line }
}

const fieldsIn = (encoding: Encoding, ...paths: string[]) => paths.map((path) => ({ path: path.split('.'), encoding }))

for (const choice of ['reference', 'kernel'] as const) {
  const newScanner = (fields: readonly ScanField[]) => createScanner(fields, choice)

  /** The one row of one line, in all encodings, which must agree. */
  function valuesOf(line: string, ...paths: string[]): Value[] {
    const [first, ...others] = ENCODINGS.map((encoding) => {
      const { batch, bad } = scanAll(newScanner(fieldsIn(encoding, ...paths)), `${line}\n`)
      assert.deepEqual(bad, [])
      assert.equal(batch.length, 1)
      return batch.columns.map((column) => column.value(0))
    })
    for (const other of others) assert.deepEqual(other, first)
    return first!
  }

  function faultOf(line: string | Buffer): BadLine {
    const bytes = Buffer.concat([Buffer.from(line), Buffer.from('\n{"a":1}\n')])
    const { batch, bad } = scanAll(newScanner(fieldsIn('plain', 'a')), bytes)
    assert.equal(bad.length, 1, `${line}`)
    assert.equal(batch.length, 1, 'the line behind a bad one is a row')
    assert.equal(batch.columns[0]!.value(0), 1)
    return bad[0]!
  }

  test(`integers beyond 2^53 stay exact, other numbers are the nearest double, and zero has no sign, by the ${choice} scanner`, () => {
    const line =
      '{"a":9007199254740993,"b":9007199254740992,"c":-12345678901234567890,"d":1e400,"e":-0,"f":0.1,"g":1.0,"h":-0.0e-7}'
    assert.deepEqual(valuesOf(line, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), [
      9007199254740993n,
      9007199254740992,
      -12345678901234567890n,
      Infinity,
      0,
      0.1,
      1,
      0,
    ])
  })

  test(`of members with one name the last counts, for objects on the way too, by the ${choice} scanner`, () => {
    assert.deepEqual(valuesOf('{"user":{"id":1},"user":{}}', 'user.id'), [null])
    assert.deepEqual(valuesOf('{"user":{"id":1},"user":5}', 'user.id'), [null])
    assert.deepEqual(valuesOf('{"user":5,"user":{"id":1},"us\\u0065r":{"id":2}}', 'user.id'), [2])
    assert.deepEqual(valuesOf('{"a":1,"a":null,"b":{"c":1,"c":"x"}}', 'a', 'b.c'), [null, 'x'])
  })

  test(`a missing member is told from null, and arrays have no members, by the ${choice} scanner`, () => {
    const { batch } = scanAll(newScanner(fieldsIn('span', 'a', 'b', 'c.0')), '{"a":null,"c":[1]}\n')
    assert.deepEqual(
      batch.columns.map((column) => column.tags[0]),
      [Tag.Null, Tag.Missing, Tag.Missing],
    )
  })

  test(`a field may be asked beside a field below it, and twice in two encodings, by the ${choice} scanner`, () => {
    const scanner = newScanner([
      ...fieldsIn('span', 'geo', 'geo.country'),
      ...fieldsIn('interned', 'geo.country', 'geo'),
    ])
    const { batch } = scanAll(scanner, '{"geo": {"country" : "F\\u0052", "x":[1, 2]}}\n{"geo":"none"}\n')
    const rows = [0, 1].map((i) => batch.columns.map((column) => column.value(i)))
    const geo = new JsonText('{"country" : "F\\u0052", "x":[1, 2]}')
    assert.deepEqual(rows, [
      [geo, 'FR', 'FR', geo],
      ['none', null, null, 'none'],
    ])
  })

  test(`escaped names, __proto__ and the empty name are names like any other, by the ${choice} scanner`, () => {
    assert.deepEqual(
      valuesOf('{"us\\u0065r":1,"__proto__":{"x":2},"":3,"toString":4}', 'user', '__proto__.x', '', 'toString'),
      [1, 2, 3, 4],
    )
    assert.deepEqual(valuesOf('{}', '__proto__', 'constructor'), [null, null])
  })

  test(`surrogates that stand alone become U+FFFD, by the ${choice} scanner`, () => {
    assert.deepEqual(valuesOf('{"a":"\\ud83d\\ude00 \\ud800 \\udc00x"}', 'a'), ['😀 \ufffd \ufffdx'])
  })

  test(`CRLF and blank lines pass, and rows know their line and bytes, by the ${choice} scanner`, () => {
    const input = '\n{"a":1}\r\n \t\r\n  {"a":2}  \n{"a":3}\n'
    const { batch, nextLine } = scanAll(newScanner(fieldsIn('plain', 'a')), input)
    const raw = batch.raw!
    const lines = Array.from({ length: batch.length }, (_, i) =>
      raw.buffer.toString('utf8', raw.starts[i], raw.ends[i]),
    )
    assert.deepEqual(lines, ['{"a":1}\r', '  {"a":2}  ', '{"a":3}'])
    assert.deepEqual([...raw.lines.subarray(0, 3)], [2, 4, 5])
    assert.equal(nextLine, 6)
  })

  test(`a bad line tells where and why in plain words, by the ${choice} scanner`, () => {
    const cases: [string, number, string][] = [
      ['{"a":1', 6, 'unexpected end of object'],
      ['{"a" 1}', 5, "expected ':' after the member name, not '1'"],
      ['{"a":1 "b":2}', 7, "expected ',' or '}' after a member, not '\"'"],
      ['{"a":[1 2]}', 8, "expected ',' or ']' after an element, not '2'"],
      ['{"a":[1,', 8, 'unexpected end of array'],
      ['{"a":"x', 7, 'unexpected end of string'],
      ['{"a":"x\\', 8, 'unexpected end of string'],
      ['{"a":"x\u0000"}', 7, 'a NUL byte in a string must be escaped'],
      ['{"a":"\t"}', 6, 'control character U+0009 in a string must be escaped'],
      ['{"a":"\\x"}', 6, "no escape: a backslash before 'x'"],
      ['{"a":"\\u12g4"}', 10, "expected four hexadecimal digits after '\\u', not 'g'"],
      ['{"a":01}', 6, 'a number begins with a 0 too many'],
      ['{"a":1.}', 7, "expected a digit, not '}'"],
      ['{"a":-}', 6, "expected a digit, not '}'"],
      ['{"a":1e+', 8, 'unexpected end of number'],
      ['{"a":tru}', 8, "expected 'true', not '}'"],
      ["{'a':1}", 1, "expected a member name in quotes, not '''"],
      ['{"a":1,}', 7, "expected a member name in quotes, not '}'"],
      ['{"a":NaN}', 5, "expected a value, not 'N'"],
      ['{"a":1} {"a":2}', 8, "expected nothing after the object, not '{'"],
      ['\ufeff{"a":1}', 0, 'expected a value, not a character beyond ASCII'],
      ['garbage', 0, "expected a value, not 'g'"],
    ]
    for (const [line, at, reason] of cases) {
      const bad = faultOf(line)
      assert.deepEqual([bad.code, bad.at, bad.reason], ['E_ROW_JSON', at, reason], line)
      assert.deepEqual([bad.start, bad.end], [0, Buffer.byteLength(line)], line)
    }
  })

  test(`JSON that is not an object is told by its type, by the ${choice} scanner`, () => {
    const cases = { '[{"a":1}]': 'an array', '"x"': 'a string', ' 12 ': 'a number', null: 'null', false: 'a boolean' }
    for (const [line, type] of Object.entries(cases)) {
      const { code, reason } = faultOf(line)
      assert.deepEqual([code, reason], ['E_ROW_OBJECT', `a row must be an object, this is ${type}`])
    }
    assert.equal(faultOf('[1').code, 'E_ROW_JSON')
  })

  test(`a line that is not UTF-8 is refused with the place, its neighbours are rows, by the ${choice} scanner`, () => {
    const cases: [number[], number][] = [
      [[0xff], 0],
      [[0x41, 0xc3], 1],
      [[0xc0, 0xaf], 0],
      [[0xed, 0xa0, 0x80], 0],
      [[0xe0, 0x80, 0x80], 0],
      [[0x41, 0xf0, 0x80, 0x80, 0x80], 1],
      [[0xf5, 0x80, 0x80, 0x80], 0],
      [[0xf4, 0x90, 0x80, 0x80], 0],
      [[0xc3, 0xa9, 0xe2, 0x82], 2],
    ]
    for (const [bytes, at] of cases) {
      const bad = faultOf(Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}')]))
      assert.deepEqual([bad.code, bad.at], ['E_ROW_UTF8', 6 + at])
      assert.match(bad.reason, /^not UTF-8: byte 0x[0-9A-F]{2}$/)
    }
  })

  test(`1000 levels are read, one more is a bad line, a million does not break the stack, by the ${choice} scanner`, () => {
    const nested = (levels: number) => `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`
    const lists = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
    for (const make of [nested, lists]) {
      assert.ok(valuesOf(make(1000), 'a')[0] instanceof JsonText)
      for (const levels of [1001, 1_000_000])
        assert.equal(faultOf(make(levels)).reason, 'nested deeper than 1000 levels')
    }
    const path = Array.from({ length: 1500 }, () => 'a')
    const { bad } = scanAll(newScanner([{ path, encoding: 'plain' }]), `${nested(1400)}\n`)
    assert.equal(bad[0]!.reason, 'nested deeper than 1000 levels')
  })

  test(`a full batch stops the scan, and the next goes on in the same bytes, by the ${choice} scanner`, () => {
    const scanner = newScanner(fieldsIn('interned', 'k'))
    const buffer = Buffer.from(Array.from({ length: 10_000 }, (_, i) => `{"k":"é${i % 7}","n":${i}}\n`).join(''))
    const seen: Value[] = []
    let at = 0
    let line = 1
    while (at < buffer.length) {
      const batch = scanner.createBatch()
      const result = scanner.scan(buffer, at, buffer.length, batch, line)
      for (let i = 0; i < batch.length; i += 1) seen.push(batch.columns[0]!.value(i))
      at = result.next
      line = result.nextLine
      scanner.endRound()
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 10_000 }, (_, i) => `é${i % 7}`),
    )
    assert.equal(line, 10_001)
  })

  test(`equal texts have one id over all columns, escaped or not; the dictionary is dropped when it grew too large, by the ${choice} scanner`, () => {
    const scanner = newScanner(fieldsIn('interned', 'a', 'b'))
    const { batch } = scanAll(scanner, '{"a":"xé","b":"\\u0078é"}\n{"b":"xé"}\n')
    const [a, b] = batch.columns
    assert.deepEqual([a!.ids[0], b!.ids[0], b!.ids[1]], [0, 0, 0])
    const { dictionary } = a!
    scanner.endRound()
    assert.equal(dictionary!.generation, 0)
    const long = 'x'.repeat(1 << 20)
    for (let i = 0; i < 65; i += 1) scanAll(scanner, `{"a":"${i}${long}"}\n`)
    scanner.endRound()
    assert.equal(dictionary!.generation, 1)
    assert.equal(scanAll(scanner, '{"a":"new"}\n').batch.columns[0]!.value(0), 'new')
  })

  test(`new bytes in the same place are checked anew, by the ${choice} scanner`, () => {
    const scanner = newScanner([])
    const buffer = Buffer.from('{"a":"éx"}\n')
    const batch = scanner.createBatch()
    assert.equal(scanner.scan(buffer, 0, buffer.length, batch, 1).bad, null)
    buffer[6] = 0xff
    batch.clear()
    assert.equal(scanner.scan(buffer, 0, buffer.length, batch, 1).bad?.code, 'E_ROW_UTF8')
  })

  test(`the input buffer grows and keeps what it is told to, by the ${choice} scanner`, () => {
    const scanner = newScanner([])
    const small = scanner.inputBuffer(10, 0)
    small.write('0123456789')
    assert.equal(scanner.inputBuffer(5, 0), small)
    assert.equal(scanner.inputBuffer(100, 10).toString('utf8', 0, 10), '0123456789')
  })
}

test('a byte dictionary tells texts of one hash apart, and grows', () => {
  const dictionary = new ByteDictionary()
  const bytes = Buffer.from('abcdab')
  assert.deepEqual(
    [0, 2, 4].map((at) => dictionary.intern(bytes, at, at + 2, 1)),
    [0, 1, 0],
  )
  const ids = Array.from({ length: 20_000 }, (_, i) => dictionary.internText(`text é ${i}`))
  ids.forEach((id, i) => {
    assert.equal(id, i + 2)
    assert.equal(dictionary.text(id), `text é ${i}`)
    assert.equal(dictionary.internText(`text é ${i}`), id)
  })
  assert.equal(dictionary.size, 20_002)
})
