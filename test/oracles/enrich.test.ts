import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MemoryStore } from '../../src/state/memory-store.ts'
import { type RunOptions, run, Steps, surroundings } from '../job/pipeline.ts'

/** Texts of one value each: equal ones, and unlike ones that look alike. Undefined: no such member. */
const KEYS = [
  '1',
  '1.0',
  '1e0',
  '"1"',
  '"a"',
  '"\\u0061"',
  '"é"',
  '-0',
  '0',
  '""',
  'true',
  '"true"',
  '9007199254740993',
]
const BIG_KEYS = ['9007199254740992', '{"a":1,"b":[2]}', '{"b":[2.0], "a":1}', '"q\\"\\n"', '[]']
const keyText = fc.constantFrom(...KEYS, ...BIG_KEYS, 'null', undefined)

interface Row {
  readonly k: string | undefined
  readonly j: string | undefined
}

const rows = (maxLength: number): fc.Arbitrary<readonly Row[]> =>
  fc.array(fc.record({ k: keyText, j: fc.constantFrom('1', '"x"', undefined) }), { maxLength })

const member = (name: string, text: string | undefined) => (text === undefined ? [] : [`"${name}":${text}`])
const lineOf = ({ k, j }: Row, i: number, name: string) =>
  `{${[`"ts":${1000 + i}`, ...member('k', k), `"${name}":${i}`, ...member('j', j)].join(',')}}`

/** What is equal has one text; null: NULL. Written anew, so that it shares no mistake with the program. */
function canonical(text: string | undefined): string | null {
  if (text === undefined || text === 'null') return null
  if (/^-?\d{16,}$/.test(text)) return `n${BigInt(text)}`
  const sorted = (value: unknown): unknown =>
    value === null || typeof value !== 'object'
      ? value
      : Array.isArray(value)
        ? value.map(sorted)
        : Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, one]) => [name, sorted(one)])
  const value: unknown = JSON.parse(text)
  return typeof value === 'number' ? `n${value + 0}` : `${typeof value}${JSON.stringify(sorted(value))}`
}

function keyOf({ k, j }: Row, parts: number): string | null {
  const keys = [k, j].slice(0, parts).map(canonical)
  return keys.includes(null) ? null : keys.join()
}

const KINDS = ['left', 'inner', 'semi', 'anti'] as const

/** Its first row has all fields: one that no row has would be refused as a slip. */
const tables = rows(12).map((some) => [{ k: '"first"', j: '0' }, ...some])

const settings = fc.record({
  table: tables,
  input: rows(30),
  parts: fc.constantFrom(1, 2),
  join: fc.constantFrom(...KINDS),
  keep: fc.constantFrom('first' as const, 'last' as const),
  shape: fc.constantFrom('rows', 'columns', 'counts', 'keys'),
  options: fc.record(
    {
      batchRows: fc.constantFrom(1, 3, 4096),
      chunk: fc.constantFrom(1, 7, 1000),
      scanner: fc.constantFrom('kernel' as const, 'reference' as const),
    },
    { requiredKeys: [] },
  ),
  checkpoints: fc.boolean(),
})

type Settings = typeof settings extends fc.Arbitrary<infer S> ? S : never

const ON = ['', 'k = k', 'k = k AND j = j']

function planOf(s: Steps, { parts, join, keep, shape }: Settings) {
  const enriched = s.enrich(s.source('o'), { on: ON[parts]!, join, table: 't', repeated: keep })
  const hasTable = join === 'left' || join === 'inner'
  if (shape === 'rows') return enriched
  if (shape === 'columns') return s.select(enriched, hasTable ? 'n, r.m, r.k AS other' : 'n')
  // a key of later steps, too, comes as ids of a dictionary
  if (shape === 'keys') return s.aggregate(enriched, 'k', 'count(*) AS n, sum(n) AS total')
  return s.aggregate(enriched, hasTable ? 'r.k AS k' : 'j', 'count(*) AS n, sum(n) AS total')
}

/** The rows that come through, each with its line of the table. */
function naive({ table, input, parts, join, keep }: Settings) {
  const known = new Map<string, number>()
  for (const [i, row] of table.entries()) {
    const key = keyOf(row, parts)
    if (key !== null && (keep === 'last' || !known.has(key))) known.set(key, i)
  }
  return input.flatMap((row, i) => {
    const found = known.get(keyOf(row, parts) ?? 'NULL')
    if (join === 'inner' || join === 'semi' ? found === undefined : join === 'anti' && found !== undefined) return []
    return [{ row, i, found }]
  })
}

/** The member as it prints: numbers and strings are made anew, nested values stay. */
const printed = (text: string | undefined): string =>
  text === undefined
    ? 'null'
    : /^[[{]|\d{16}/.test(text)
      ? text
      : JSON.stringify(JSON.parse(text) === 0 ? 0 : JSON.parse(text))

function expected(settings: Settings): readonly string[] {
  const { table, join, shape } = settings
  const through = naive(settings)
  const hasTable = join === 'left' || join === 'inner'
  if (shape === 'rows')
    return through.map(({ row, i, found }) => {
      const line = lineOf(row, i, 'n')
      const text = found === undefined ? 'null' : lineOf(table[found]!, found, 'm')
      return hasTable ? `${line.slice(0, -1)},"r":${text}}` : line
    })
  if (shape === 'columns')
    return through.map(({ i, found }) =>
      hasTable ? `{"n":${i},"m":${found ?? null},"other":${printed(table[found ?? -1]?.k)}}` : `{"n":${i}}`,
    )
  const groups = new Map<string, { readonly key: string | undefined; n: number; total: number }>()
  for (const { row, i, found } of through) {
    const key = shape === 'keys' ? row.k : hasTable ? table[found ?? -1]?.k : row.j
    const group = groups.get(canonical(key) ?? 'NULL') ?? { key, n: 0, total: 0 }
    groups.set(canonical(key) ?? 'NULL', group)
    group.n += 1
    group.total += i
  }
  return [...groups.values()].map(({ key, n, total }) => JSON.stringify({ key: canonical(key), n, total }))
}

const file = (rows: readonly Row[], name: string) => rows.map((row, i) => `${lineOf(row, i, name)}\n`).join('')

/** Groups have keys in the text of whoever came first, or a canonical one: only what they mean is compared. */
function meant(line: string, shape: string): string {
  if (shape !== 'counts' && shape !== 'keys') return line
  const [, key, n, total] = /^\{"[kj]":(.*),"n":(\d+),"total":(\d+)\}$/.exec(line)!
  return JSON.stringify({ key: canonical(key), n: Number(n), total: Number(total) })
}

test('enrich is a Map of the rows of the table, however the input is cut, with checkpoints and without', async () => {
  await fc.assert(
    fc.asyncProperty(settings, async (one) => {
      const files = { o: file(one.input, 'n'), t: file(one.table, 'm') }
      const plan = planOf(new Steps(), one)
      const options = one.options as RunOptions
      const around = surroundings(one.checkpoints ? { store: new MemoryStore(), everyRounds: 1 } : null)
      const { rows, counters } = await run(plan, files, options, around)
      assert.deepEqual(
        rows.map((line) => meant(line, one.shape)),
        expected(one),
      )
      const { used, filtered, out, ...rest } = counters.steps['enrich']!
      assert.equal(used + filtered, rest.in)
      assert.equal(out, used)
    }),
    { numRuns: 300 },
  )
})

test('two rows of a table with one key are refused, whatever stands between them', async () => {
  await fc.assert(
    fc.asyncProperty(tables, fc.constantFrom(1, 2), async (table, parts) => {
      const s = new Steps()
      const plan = s.enrich(s.source('o'), { on: ON[parts]!, join: 'left', table: 't' })
      const keys = table.flatMap((row) => keyOf(row, parts) ?? [])
      const ran = run(plan, { o: '', t: file(table, 'm') })
      if (new Set(keys).size === keys.length) await ran
      else await assert.rejects(ran, { code: 'E_TABLE' })
    }),
    { numRuns: 60 },
  )
})
