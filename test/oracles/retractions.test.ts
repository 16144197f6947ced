import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ndjson, run, Steps } from '../job/pipeline.ts'

/** Every group twice: each of its counts is taken back when the other is told. */
const twice = (groups: number) => {
  const once = ndjson(Array.from({ length: groups }, (_, i) => ({ ts: i, k: 'a', i })))
  return once + once
}

/** Counts by `i`, as a changelog, joined on `k`, which is the same for all. */
const joined = async (groups: number, b: string) => {
  const s = new Steps()
  const counts = s.aggregate(s.source('a'), 'k, i', 'count(*) AS n', 'changes')
  const join = s.regularJoin(counts, s.source('b'), { on: 'k', join: 'inner', stateTtl: null })
  return run(join, { a: twice(groups), b })
}

/** ms of CPU time; a run before is for the engine to get warm. */
async function cpuOf(groups: number): Promise<number> {
  const from = process.cpuUsage()
  await joined(groups, '')
  const { user, system } = process.cpuUsage(from)
  return (user + system) / 1000
}

test('an unbounded join takes back one row of many of a key in the same time as one of few', async () => {
  await joined(2_000, '')
  const few = Math.min(await cpuOf(2_000), await cpuOf(2_000))
  const many = await cpuOf(16_000)
  assert.ok(many < few * 24, `8 times the rows of a key took ${(many / few).toFixed(1)} times as long`)
})

test('what was told last is what is left of a join on one key', async () => {
  const { rows, counters } = await joined(3, ndjson([{ ts: 100, k: 'a', b: 1 }]))
  const told = rows.map((row) => JSON.parse(row) as { i: number; n: number; _op: string })
  const left = new Map<string, number>()
  for (const { _op, i, n } of told)
    left.set(`${i} ${n}`, (left.get(`${i} ${n}`) ?? 0) + (_op === '+I' || _op === '+U' ? 1 : -1))
  assert.deepEqual([...left].filter(([, count]) => count !== 0).sort(), [
    ['0 2', 1],
    ['1 2', 1],
    ['2 2', 1],
  ])
  assert.equal(counters.steps.join!.held, 0)
})
