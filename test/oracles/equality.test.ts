import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { layOut } from '../../src/plan/layout.ts'
import type { PlanNode } from '../../src/plan/nodes.ts'
import { run, Steps } from '../job/pipeline.ts'
import { areEqual, isNull, member, SPELLINGS, type Spelling, typeOf, VALUES } from './value-table.ts'

const CLOSURES_ONLY = '--disallow-code-generation-from-strings'
const isClosuresOnly = process.execArgv.includes(CLOSURES_ONLY)
const scanner = isClosuresOnly ? 'reference' : 'kernel'

interface Pair {
  readonly i: number
  readonly a: Spelling
  readonly b: Spelling
}

const PAIRS: readonly Pair[] = SPELLINGS.flatMap((a, i) =>
  SPELLINGS.map((b, k) => ({ i: i * SPELLINGS.length + k, a, b })),
)

/** Each pair as one row, at a time of its own. */
const ROWS = PAIRS.map(({ i, a, b }) => `{"ts":${i},"i":${i}${member('a', a)}${member('b', b)}}\n`).join('')

/** Each pair as two rows of one time. */
const TWO_ROWS = PAIRS.map(
  ({ i, a, b }) => `{"ts":${i},"i":${i}${member('x', a)}}\n{"ts":${i},"i":${i}${member('x', b)}}\n`,
).join('')

/** Each spelling as one row, twice. */
const SINGLES = [...SPELLINGS, ...SPELLINGS].map((x, i) => `{"ts":${i},"i":${i}${member('x', x)}}\n`).join('')

async function result(build: (steps: Steps, source: PlanNode) => PlanNode, a: string, batchRows = 1000) {
  const steps = new Steps()
  return run(build(steps, steps.source('a')), { a }, { batchRows, scanner })
}

const numbersIn = (rows: readonly string[], name = 'i') =>
  rows.map((row) => (JSON.parse(row) as Record<string, number>)[name])

const CONDITIONS: Readonly<Record<string, (pair: Pair) => boolean | null>> = {
  'a = b': ({ a, b }) => areEqual(a, b),
  'NOT a <> b': ({ a, b }) => areEqual(a, b),
  'NOT (a = b)': ({ a, b }) => not(areEqual(a, b)),
  'a <> b': ({ a, b }) => not(areEqual(a, b)),
  'a IS NOT DISTINCT FROM b': ({ a, b }) => a.value === b.value,
  'a IS DISTINCT FROM b': ({ a, b }) => a.value !== b.value,
  'a IN (b)': ({ a, b }) => areEqual(a, b),
  'NULLIF(a, b) IS NULL': ({ a, b }) => a.value === b.value || isNull(a),
  'CASE a WHEN b THEN TRUE ELSE FALSE END': ({ a, b }) => areEqual(a, b) === true,
}
const not = (a: boolean | null) => (a === null ? null : !a)

/** What makes the plan keep the fields in other ways: as ids, as texts, in the columns of a window, in kept rows. */
const ENCODINGS: Readonly<Record<string, (steps: Steps, rows: PlanNode) => PlanNode>> = {
  'as texts': (_, rows) => rows,
  'as ids': (s, rows) => s.filter(rows, "a <> 'no such text' OR a IS NULL OR TRUE OR b = 'no such text'"),
  'as spans kept for later': (s, rows) => s.dedup(rows, 'i, a, b', 1, 'last'),
  computed: (s, rows) => s.select(rows, 'i, coalesce(a, NULL) AS a, coalesce(b, NULL) AS b'),
  'by another name': (s, rows) => s.select(s.select(rows, 'a AS left, b AS right, i'), 'i, left AS a, right AS b'),
  'as keys': (s, rows) => s.tumble(rows, 1, 'i, a, b', 'count(*)'),
  'as results': (s, rows) => s.tumble(rows, 1, 'i', 'first_value(a) AS a, last_value(b) AS b'),
}

const ALL_CONDITIONS = Object.keys(CONDITIONS)
  .map((condition, c) => `${condition} AS c${c}`)
  .join(', ')

/** The pairs for which the numbers found say something else than the table. */
function differing(found: readonly (number | undefined)[], want: (pair: Pair) => unknown): string[] {
  const numbers = new Set(found)
  return PAIRS.filter((pair) => numbers.has(pair.i) !== (want(pair) === true)).map(
    ({ a, b }) => `${a.text} and ${b.text}`,
  )
}

for (const [how, encode] of Object.entries(ENCODINGS)) {
  test(`${how}, every two values are equal or not in every condition as the table says`, async () => {
    const { rows, bad } = await result((s, source) => s.select(encode(s, source), `i, ${ALL_CONDITIONS}`), ROWS)
    assert.equal(rows.length, PAIRS.length)
    assert.deepEqual(bad, [])
    const found = rows.map((row) => JSON.parse(row) as Record<string, unknown>)
    for (const [c, [condition, want]] of Object.entries(CONDITIONS).entries()) {
      for (const value of [true, false]) {
        const numbers = found.filter((row) => row[`c${c}`] === value).map(({ i }) => i as number)
        assert.deepEqual(
          differing(numbers, (pair) => want(pair) === value),
          [],
          `${condition} is ${value}`,
        )
      }
    }
  })

  test(`${how}, a filter lets equal values through, and only those`, async () => {
    const { rows, bad } = await result((s, source) => s.filter(encode(s, source), 'a = b'), ROWS)
    assert.deepEqual([differing(numbersIn(rows), ({ a, b }) => areEqual(a, b)), bad], [[], []])
  })

  test(`${how}, every two values are less or not as the table says, and unlike ones are bad rows`, async () => {
    const { rows, bad } = await result((s, source) => s.filter(encode(s, source), 'a < b'), ROWS)
    const isBad = ({ a, b }: Pair) => !isNull(a) && !isNull(b) && (typeOf(a) !== typeOf(b) || typeOf(a) === 'nested')
    const less = (pair: Pair) => !isBad(pair) && !isNull(pair.a) && !isNull(pair.b) && pair.a.value < pair.b.value
    assert.deepEqual(differing(numbersIn(rows), less), [])
    assert.deepEqual(differing(numbersIn(bad.map((line) => (JSON.parse(line) as { _raw: string })._raw)), isBad), [])
  })
}

test('the plan keeps fields in every encoding there is, by what they are used for', () => {
  const encodingOf = (build: (steps: Steps, source: PlanNode) => PlanNode): string[] => {
    const steps = new Steps()
    const { encodings } = layOut(build(steps, steps.source('a')), false)
    return [...encodings].flatMap(([{ name }, encoding]) => (name === 'x' ? [encoding] : []))
  }
  assert.deepEqual(
    encodingOf((s, a) => s.filter(a, 'x = 1')),
    ['plain'],
  )
  assert.deepEqual(
    encodingOf((s, a) => s.filter(a, "x = 'a'")),
    ['interned'],
  )
  assert.deepEqual(
    encodingOf((s, a) => s.tumble(a, 1, 'x', 'count(*)')),
    ['interned'],
  )
  assert.deepEqual(
    encodingOf((s, a) => s.aggregate(a, '', 'count(DISTINCT x)')),
    ['interned'],
  )
  assert.deepEqual(
    encodingOf((s, a) => s.select(a, 'x')),
    ['span'],
  )
  assert.deepEqual(
    encodingOf((s, a) => s.dedup(a, 'x', null)),
    ['span'],
  )
})

test('constants are equal to what the table says, by = and by IN', async () => {
  const constants: readonly (readonly [sql: string, text: string])[] = [
    ['1', '1'],
    ['1.0', '1'],
    ['0', '0'],
    ["'1'", '"1"'],
    ["'true'", '"true"'],
    ["'é/'", '"é/"'],
    ['TRUE', 'true'],
    ['9007199254740992', '9007199254740992'],
    ['9007199254740993', '9007199254740993'],
    ['1e400', '1e400'],
  ]
  for (const [sql, text] of constants) {
    const { value } = SPELLINGS.find((spelling) => spelling.text === text)!
    const want = [...SPELLINGS, ...SPELLINGS].flatMap((x, i) => (x.value === value ? [i] : []))
    for (const condition of [`x = ${sql}`, `${sql} = x`, `x IN (${sql}, 'no such text', -7)`, `NOT x <> ${sql}`]) {
      const { rows } = await result((s, source) => s.filter(source, condition), SINGLES)
      assert.deepEqual(numbersIn(rows), want, condition)
    }
  }
})

/** Ways to a key, by what the rows went through. */
const KEYED: Readonly<Record<string, (steps: Steps, rows: PlanNode) => PlanNode>> = {
  'as it is': (_, rows) => rows,
  'behind a filter on its text': (s, rows) => s.filter(rows, "x <> 'no such text' OR TRUE"),
  'behind a filter on its value': (s, rows) => s.filter(rows, 'x = x OR TRUE'),
  'kept by dedup': (s, rows) => s.dedup(rows, 'i', 1, 'last'),
  computed: (s, rows) => s.select(rows, 'i, coalesce(x, NULL) AS x'),
  'in two branches with unlike encodings': (s, rows) =>
    s.union(
      s.select(s.filter(rows, 'i % 2 = 0'), 'i, x'),
      s.select(s.filter(rows, 'i % 2 = 1'), 'i, coalesce(x) AS x'),
    ),
  'made by a window': (s, rows) => s.tumble(rows, 1, 'i', 'last_value(x) AS x'),
}

for (const [how, prepare] of Object.entries(KEYED)) {
  test(`a key ${how} groups equal values, printed alike, and only those`, async () => {
    const counts = VALUES.map(({ prints, texts }) => `{"x":${prints},"n":${texts.length * 2}}`)
    for (const batchRows of [1, 1000]) {
      const grouped = await result((s, a) => s.aggregate(prepare(s, a), 'x', 'count(*) AS n'), SINGLES, batchRows)
      assert.deepEqual(grouped.rows, counts)
      const windows = await result((s, a) => s.tumble(prepare(s, a), 1000, 'x', 'count(*) AS n'), SINGLES, batchRows)
      assert.deepEqual(
        windows.rows,
        counts.map((row) => row.replace('{', '{"window_start":0,"window_end":1000,')),
      )
    }
  })

  test(`a key ${how}, beside another one, groups equal values`, async () => {
    const { rows } = await result((s, a) => s.aggregate(prepare(s, a), '1 AS one, x', 'count(*) AS n'), SINGLES)
    assert.deepEqual(
      rows,
      VALUES.map(({ prints, texts }) => `{"one":1,"x":${prints},"n":${texts.length * 2}}`),
    )
  })

  test(`dedup by a key ${how} lets the first of equal values through, and only that`, async () => {
    const firsts = VALUES.map(({ texts }) => SPELLINGS.findIndex(({ text }) => text === texts[0]))
    for (const within of [null, 1000]) {
      const { rows } = await result((s, a) => s.dedup(prepare(s, a), 'x', within), SINGLES, 7)
      assert.deepEqual(how === 'made by a window' ? numbersIn(rows, 'i') : numbersIn(rows), firsts)
    }
  })

  test(`count(DISTINCT) of values ${how} counts equal values once`, async () => {
    const { rows } = await result(
      (s, a) => s.aggregate(prepare(s, a), '', 'count(DISTINCT x) AS n, count(x) AS all_of_them'),
      SINGLES,
    )
    const present = SPELLINGS.filter((spelling) => !isNull(spelling)).length * 2
    assert.deepEqual(rows, [`{"n":${VALUES.length - 1},"all_of_them":${present}}`])
  })
}

const OF_PAIR = 'min(x) AS least, max(x) AS most, count(DISTINCT x) AS n'

/** Of a pair without nested values. */
function ofPair({ a, b }: Pair): string {
  const values = [a, b].filter((spelling) => !isNull(spelling)).sort((x, y) => x.value - y.value)
  const [least, most] = [values[0], values.at(-1)].map((spelling) =>
    spelling ? VALUES[spelling.value]!.prints : 'null',
  )
  return `"least":${least},"most":${most},"n":${new Set(values.map(({ value }) => value)).size}}`
}

/** Aggregates that only add, that are put together from slices, and that can take values back. */
const AGGREGATED: Readonly<Record<string, (steps: Steps, rows: PlanNode) => PlanNode>> = {
  'one after the other': (s, rows) => s.tumble(rows, 1, '', OF_PAIR),
  'by keys that need no window': (s, rows) => s.aggregate(rows, 'i AS window_start, i + 1 AS window_end', OF_PAIR),
  'from results that can be corrected': (s, rows) => s.tumble(s.tumble(rows, 1, 'i, x', 'count(*)', 5), 1, '', OF_PAIR),
}

for (const [how, aggregate] of Object.entries(AGGREGATED)) {
  test(`of every two values ${how}, MIN and MAX are those of the table, printed alike`, async () => {
    const scalars = PAIRS.filter(({ a, b }) => typeOf(a) !== 'nested' && typeOf(b) !== 'nested')
    const starts = new Set(scalars.map(({ i }) => `{"window_start":${i},`))
    const { rows } = await result(
      (s, source) => aggregate(s, s.filter(source, "LEFT(COALESCE(JSON_STRING(x), ''), 1) NOT IN ('[', '{')")),
      TWO_ROWS,
    )
    const whole = rows
      .map((row) => row.replace(/^\{(?:"_op":"\+I",)?/, '{'))
      .filter((row) => starts.has(row.slice(0, row.indexOf(',') + 1)))
    const want = scalars.map((pair) => `{"window_start":${pair.i},"window_end":${pair.i + 1},${ofPair(pair)}`)
    assert.deepEqual(whole, want)
  })
}

test('a scalar is printed alike in every spelling, and nested values keep their text', async () => {
  const texts = SPELLINGS.map((x) => (typeOf(x) === 'nested' ? x.text! : VALUES[x.value]!.prints))
  const want = [...texts, ...texts].map((text) => `{"x":${text}}`)
  for (const [how, prepare] of Object.entries(KEYED)) {
    const { rows } = await result((s, a) => s.select(prepare(s, a), 'x'), SINGLES)
    assert.deepEqual(rows, want, how)
  }
  const wholes = await result((_, a) => a, SINGLES)
  assert.equal(wholes.rows.map((row) => `${row}\n`).join(''), SINGLES)
})

if (!isClosuresOnly) {
  test('all of this holds by the reference scanner, and by closures where code may not be generated', async () => {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const self = fileURLToPath(import.meta.url)
    await promisify(execFile)(process.execPath, [CLOSURES_ONLY, self], { env })
  })
}
