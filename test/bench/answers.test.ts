import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { REPOSITORY } from '../repository.ts'

interface Answers {
  rowSet(path: string): string
}
interface Rows {
  chunks(set: string, rows: number): Iterable<string>
  readonly SET_NAMES: readonly string[]
}

const load = async (name: string): Promise<unknown> => import(pathToFileURL(join(REPOSITORY, 'bench', name)).href)
const { rowSet } = (await load('answers.mjs')) as Answers
const { chunks, SET_NAMES } = (await load('rows.mjs')) as Rows
const { QUERIES } = (await load('queries.mjs')) as { readonly QUERIES: readonly { readonly set: string }[] }
/** The sets of events that queries read; the others are what these are joined with. */
const EVENT_SETS = new Set(QUERIES.map((query) => query.set))

const folder = mkdtempSync(join(tmpdir(), 'tidemark-bench-'))
after(() => rmSync(folder, { recursive: true }))

function setOf(...lines: string[]): string {
  const file = join(folder, 'rows.ndjson')
  writeFileSync(file, `${lines.join('\n')}\n`)
  return rowSet(file)
}

test('answers are equal in any order of rows and any form of numbers, white space and times', () => {
  const a = '{"window_start":"2024-05-01T10:00:00Z","k":"a","n":1}'
  const b = '{"window_start":"2024-05-01T10:00:00Z","k":"b","n":2.5}'
  const expected = setOf(a, b)
  assert.equal(setOf(b, a), expected)
  assert.equal(setOf('{"window_start": 1714557600000, "k": "b", "n": 25e-1}', a.replace('1}', '1.0}')), expected)
})

test('answers differ by a row more, a row less, a value, or values that changed places', () => {
  const rows = ['{"k":"a","n":1}', '{"k":"b","n":2}']
  const expected = setOf(...rows)
  const others = [
    [...rows, rows[0]!],
    [rows[0]!],
    ['{"k":"a","n":1}', '{"k":"b","n":3}'],
    ['{"k":"b","n":1}', '{"k":"a","n":2}'],
    ['{"k":"a","n":"1"}', rows[1]!],
  ]
  for (const lines of others) assert.notEqual(setOf(...lines), expected)
})

test('a data set of fewer rows is the beginning of one with more, and every row has what the queries ask for', () => {
  const textOf = (set: string, rows: number) => [...chunks(set, rows)].join('')
  for (const set of SET_NAMES) {
    const text = textOf(set, 700)
    assert.ok(text.startsWith(textOf(set, 300)))
    const rows = text.trimEnd().split('\n')
    assert.equal(rows.length, 700)
    if (!EVENT_SETS.has(set)) continue
    for (const row of rows) {
      const { ts, user_id, event_type, amount } = JSON.parse(row)
      assert.deepEqual([typeof ts, typeof user_id, typeof event_type], ['number', 'string', 'string'])
      assert.ok(Number.isInteger(amount * 4), 'sums are exact in quarters')
    }
  }
  const keys = textOf('keys', 700).match(/"session_id":"s\d+"/g)
  assert.equal(new Set(keys).size, 700)
})
