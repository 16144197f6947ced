import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { JsonText } from '../../src/data/value.ts'
import { createScanner } from '../../src/formats/json/create-scanner.ts'
import type { ScanField } from '../../src/formats/scanner.ts'
import { REPOSITORY } from '../repository.ts'
import { fuzzScanners } from './scanner-fuzz.ts'

const fieldsIn = (encoding: ScanField['encoding'], ...paths: string[]): readonly ScanField[] =>
  paths.map((path) => ({ path: path.split('.'), encoding }))

test('both scanners and JSON.parse agree on 50,000 lines, good and bad, learned structure kept across them', () => {
  const { lines, rows, bad } = fuzzScanners(50_000, 20260101)
  assert.ok(rows > lines / 2 && bad > lines / 6, `${rows} rows and ${bad} bad lines of ${lines}`)
})

test('fields that the kernel cannot read are for the reference scanner', () => {
  const many = Array.from({ length: 65 }, (_, i) => `f${i}`)
  const deep = Array.from({ length: 33 }, () => 'a').join('.')
  for (const paths of [['a', 'a'], ['a.b', 'a'], many, [deep]]) {
    assert.equal(createScanner(fieldsIn('span', ...paths), 'kernel').name, 'reference')
  }
  for (const paths of [['a', 'ab'], ['a.b', 'a.c', 'b'], many.slice(1), [deep.slice(2)], []]) {
    assert.equal(createScanner(fieldsIn('span', ...paths), 'kernel').name, 'kernel')
  }
  assert.equal(createScanner([], 'reference').name, 'reference')
})

test('without WebAssembly the reference scanner takes the place of the kernel', () => {
  const main = join(REPOSITORY, 'dist/main.cjs')
  const run = (...words: string[]) =>
    execFileSync(process.execPath, ['--jitless', main, ...words], {
      input: '{"a":1}\n{"a":2}\n',
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'], // where node says that it has no WebAssembly
    })
  assert.match(run('explain', 'filter', 'a = 2'), /reference scanner/)
  assert.equal(run('filter', 'a = 2'), '{"a":2}\n')
})

test('64 fields and the deepest path are read', () => {
  const names = Array.from({ length: 64 }, (_, i) => `f${i}`)
  const scanner = createScanner(fieldsIn('interned', ...names.map((name) => `o.${name}`)), 'kernel')
  const batch = scanner.createBatch()
  const row = `"o":{${names.map((name, i) => `"${name}":${i}`).join(',')}}`
  const buffer = Buffer.from(`{${row}}\n{${row},"o":{"f63":"x"}}\n`)
  scanner.scan(buffer, 0, buffer.length, batch, 1)
  assert.deepEqual(
    batch.columns.map((column) => [column.value(0), column.value(1)]),
    names.map((_, i) => [i, i === 63 ? 'x' : null]),
  )
})

/** Do the lines have one shape, which is known? They come twice: what was new the first time has been learnt then. */
function areAlike(...lines: readonly string[]): boolean {
  const scanner = createScanner(fieldsIn('span', 'a', 'c.d'), 'kernel')
  const batch = scanner.createBatch()
  const buffer = Buffer.from([...lines, ...lines, ''].join('\n'))
  scanner.scan(buffer, 0, buffer.length, batch, 1)
  assert.equal(batch.length, 2 * lines.length)
  const shapes = batch.raw!.shapes!.numbers.subarray(lines.length, batch.length)
  return shapes[0] !== 0 && new Set(shapes).size === 1
}

test('lines with the same members have one shape, whatever their values', () => {
  const lines = ['{"a":1,"b":"x","e":null}', '{"a":"\\u0041","b":-2.5e3,"e":true}', '{"a":[],"b":"","e":""}']
  assert.equal(areAlike(...lines), true)
})

test('other members, another order, and other white space make another shape', () => {
  for (const line of [
    '{"b":1,"a":2}',
    '{"a":1}',
    '{"a":1,"b":2,"c":3}',
    '{"a":1,"b":2,"b":3}',
    '{"a": 1,"b":2}',
    '{"a":1,"b":2 }',
    ' {"a":1,"b":2}',
    '{"a":1,"b":2}\r',
    '{"a":1 ,"b":2}',
    '{"a":",\\"b\\":2}"}',
    '{"A":1,"b":2}',
    '{}',
  ])
    assert.equal(areAlike('{"a":1,"b":2}', line), false, line)
})

test('a line that the kernel leaves to the reference scanner has no shape', () => {
  const scanner = createScanner(fieldsIn('plain', 'a'), 'kernel')
  const batch = scanner.createBatch()
  const shapesOf = (...lines: readonly string[]) => {
    const buffer = Buffer.from([...lines, ''].join('\n'))
    batch.clear()
    scanner.scan(buffer, 0, buffer.length, batch, 1)
    assert.equal(batch.length, lines.length)
    return [...batch.raw!.shapes!.numbers.subarray(0, lines.length)]
  }
  const [first, second, third] = shapesOf('{"a":1}', '{"a":1}', '{"a":1}')
  assert.ok(first !== 0 && first === second && first === third)
  assert.deepEqual(shapesOf('{"a":1}', '{"a":1}', '{"\\u0061":1}'), [first, first, 0])
})

test('memory that grows moves nothing: batches, input and texts stay as they were', () => {
  const scanner = createScanner(fieldsIn('interned', 'k'), 'kernel')
  const batch = scanner.createBatch()
  const first = scanner.inputBuffer(100, 0)
  const length = first.write('{"k":"first"}\n')
  scanner.scan(first, 0, length, batch, 1)
  const other = scanner.createBatch()
  const long = Buffer.from(`{"k":"${'x'.repeat(200_000)}"}\n`)
  for (let i = 0; i < 200; i += 1) {
    long.write(`${1000 + i}`, 6)
    other.clear()
    scanner.scan(long, 0, long.length, other, 1)
  }
  assert.equal(other.columns[0]!.value(0), `1199${'x'.repeat(199_996)}`)
  assert.equal(batch.columns[0]!.value(0), 'first')
  assert.equal(first.toString('utf8', 0, 13), '{"k":"first"}')
  const second = scanner.inputBuffer(3_000_000, 13)
  assert.equal(second.toString('utf8', 0, 13), '{"k":"first"}')
  second.write(long.toString(), 0)
  batch.clear()
  scanner.scan(second, 0, long.length, batch, 1)
  assert.equal(batch.columns[0]!.ids[0], other.columns[0]!.ids[0])
})

test('lines longer than the kernel takes of another buffer are read all the same', () => {
  const scanner = createScanner([...fieldsIn('plain', 'a'), ...fieldsIn('span', 'b')], 'kernel')
  const line = (n: number) => `{"a":"${'x'.repeat(n)}","b":[${n}]}\n`
  const buffer = Buffer.from(line(3) + line(2_000_000) + line(700_000) + line(700_000) + line(5))
  const batch = scanner.createBatch()
  assert.equal(scanner.scan(buffer, 0, buffer.length, batch, 1).next, buffer.length)
  assert.deepEqual(
    Array.from({ length: 5 }, (_, i) => [(batch.columns[0]!.value(i) as string).length, batch.columns[1]!.value(i)]),
    [3, 2_000_000, 700_000, 700_000, 5].map((n) => [n, new JsonText(`[${n}]`)]),
  )
})

test('names without end are read without learning them', () => {
  const scanner = createScanner(fieldsIn('interned', 'k'), 'kernel')
  const batch = scanner.createBatch()
  for (let round = 0; round < 20; round += 1) {
    const lines = Array.from({ length: 1000 }, (_, i) => `{"n${round * 1000 + i}":{"m${i}":1},"k":${i}}\n`)
    const buffer = Buffer.from(lines.join(''))
    batch.clear()
    assert.equal(scanner.scan(buffer, 0, buffer.length, batch, 1).bad, null)
    for (let i = 0; i < 1000; i += 1) assert.equal(batch.columns[0]!.value(i), i)
  }
})

test('texts of one length are told apart while the dictionary grows, and have the same id when they come again', () => {
  const scanner = createScanner(fieldsIn('interned', 'k'), 'kernel')
  const batch = scanner.createBatch()
  for (const prefix of ['short', 'é longer than sixteen bytes']) {
    const ids = new Set<number>()
    for (const round of [1, 2]) {
      for (let from = 10_000; from < 30_000; from += 4000) {
        const lines = Array.from({ length: 4000 }, (_, i) => `{"k":"${prefix}${from + i}"}\n`)
        const buffer = Buffer.from(lines.join(''))
        batch.clear()
        scanner.scan(buffer, 0, buffer.length, batch, 1)
        const column = batch.columns[0]!
        for (let i = 0; i < 4000; i += 1) {
          assert.equal(column.text(i), `${prefix}${from + i}`)
          assert.equal(ids.has(column.ids[i]!), round === 2)
          ids.add(column.ids[i]!)
        }
      }
    }
    assert.equal(ids.size, 20_000)
  }
})
