import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ndjson, run, Steps } from '../job/pipeline.ts'

/** Rows of few times: more of one time than there are in a batch, and bad ones among them. */
const ROWS = Array.from({ length: 14_000 }, (_, i) => ({
  ts: 1000 + (i < 3 ? i : i < 9000 ? 10 : i < 13_000 ? 20 : 30 + i),
  k: i % 3,
  v: i % 97 === 5 ? 'x' : (i % 7) / 2,
  i,
}))

/** By key: number and sum of the good rows with a time up to this, and from this. */
function frameOf(k: number, from: number, to: number): { n: number; total: number } {
  const own = ROWS.filter((row) => row.k === k && row.ts >= from && row.ts <= to && typeof row.v === 'number')
  return { n: own.length, total: own.reduce((sum, { v }) => sum + (v as number), 0) }
}

for (const span of [null, 15]) {
  test(`rows that see ${span === null ? 'all' : 'some'} peers, of more than one batch, come out with all of them counted`, async () => {
    const steps = new Steps()
    const frame = span === null ? ({ kind: 'all' } as const) : ({ kind: 'range', span } as const)
    const root = steps.over(steps.source('a'), 'k', 'count(*) AS n, sum(v) AS total, row_number() AS rn', { frame })
    const { rows, bad, counters } = await run(root, { a: ndjson(ROWS) })
    const known = new Map<string, { n: number; total: number }>()
    const seen = [0, 0, 0]
    const wanted = ROWS.filter(({ v }) => typeof v === 'number').map((row) => {
      const name = `${row.k} ${row.ts}`
      const found = known.get(name) ?? frameOf(row.k, span === null ? 0 : row.ts - span, row.ts)
      known.set(name, found)
      seen[row.k]! += 1
      return JSON.stringify({ ...row, ...found, rn: seen[row.k] })
    })
    assert.deepEqual(rows.slice(0, 9200), wanted.slice(0, 9200))
    assert.deepEqual(rows, wanted)
    assert.deepEqual(
      bad.map((line) => (JSON.parse(line) as { _error: { line: number } })._error.line - 1),
      ROWS.filter(({ v }) => typeof v === 'string').map(({ i }) => i),
    )
    const { in: taken, used, out, held, bad: refused } = counters.steps['over']!
    assert.deepEqual(
      { taken, used, out, held, refused },
      { taken: 14_000, used: rows.length, out: rows.length, held: 0, refused: bad.length },
    )
  })
}
