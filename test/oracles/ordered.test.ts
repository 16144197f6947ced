import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { PlanNode } from '../../src/plan/nodes.ts'
import { run, Steps } from '../job/pipeline.ts'

const DELAY = 5_000
const SHUFFLES = 100

/** Sums of these depend on the order in which they are added. */
const AGGREGATES = `count(*) AS n, sum(x) AS total, avg(x) AS mean, var_samp(x) AS spread, first_value(x) AS first,
  last_value(id) AS last, listagg(id) AS ids, array_agg(x) AS xs, max_by(id, z) AS best`

/** What stands behind the sort. Results that come with each row, and keys that are forgotten, depend on how far time is between two rows. */
const CHAINS: Readonly<Record<string, (steps: Steps, rows: PlanNode) => PlanNode>> = {
  'whole rows': (s, rows) => s.filter(rows, 'x > 0.2'),
  tumble: (s, rows) => s.tumble(rows, 7_000, 'k', AGGREGATES),
  'hop, then tumble': (s, rows) =>
    s.tumble(
      s.hop(rows, { size: 9_000, slide: 3_000 }, 'k', 'sum(x) AS x'),
      9_000,
      '',
      'sum(x) AS x, array_agg(x) AS all',
    ),
  session: (s, rows) => s.session(rows, 900, { by: 'k', aggregates: AGGREGATES }),
  'session with allowed lateness': (s, rows) =>
    s.session(rows, 900, { by: 'k', aggregates: AGGREGATES, allowedLateness: 4_000 }),
  'aggregate as it changes': (s, rows) => s.aggregate(rows, 'k', AGGREGATES, 'changes'),
  'aggregate that forgets': (s, rows) =>
    s.forgetfulAggregate(rows, 'k', AGGREGATES, { emit: 'changes', stateTtl: 300 }),
  'dedup that forgets': (s, rows) => s.deduplicate(rows, { by: 'k, z', within: null, keep: 'first', stateTtl: 500 }),
  'the last of some': (s, rows) => s.dedup(rows, 'k', 1_500, 'last'),
}

/** A fixed sequence of numbers, 0 <= x < 1 (Numerical Recipes' LCG). */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Some rows have equal times, and some equal lines. */
function rowsInOrder(): { readonly ts: number; readonly text: string }[] {
  const random = randomOf(1)
  return Array.from({ length: 260 }, (_, i) => {
    const ts = 1_000_000 + Math.floor(i / 3) * Math.floor(200 + 3 * (i % 50))
    const row = { ts, k: 'abcde'[Math.floor(random() * 5)], z: i % 4, id: `r${i % 251}`, x: random() / 7 }
    return { ts, text: JSON.stringify(i % 20 === 19 ? { ts, k: 'a', z: 1, id: 'same', x: 0.3 } : row) }
  }).sort((a, b) => a.ts - b.ts)
}

/** No row comes more than the delay behind a later one. */
function shuffled(rows: ReturnType<typeof rowsInOrder>, seed: number): string {
  const random = randomOf(seed)
  const placed = rows.map((row) => ({ ...row, at: row.ts + random() * DELAY }))
  return placed
    .sort((a, b) => a.at - b.at)
    .map(({ text }) => `${text}\n`)
    .join('')
}

const checksum = (rows: readonly string[]): string => createHash('sha256').update(rows.join('\n')).digest('hex')

for (const [name, chain] of Object.entries(CHAINS)) {
  test(`a hundred shuffles of ordered input within the delay give the same bytes: ${name}`, async () => {
    const rows = rowsInOrder()
    const sums = new Set<string>()
    const unordered = new Set<string>()
    for (let seed = 0; seed < SHUFFLES; seed += 1) {
      const a = seed === 0 ? rows.map(({ text }) => `${text}\n`).join('') : shuffled(rows, seed)
      const steps = new Steps()
      const source = steps.sort(steps.source('a', DELAY), '', 'bytes')
      const way = { batchRows: [4096, 64, 7][seed % 3]!, chunk: 1000 + seed }
      const outcome = await run(chain(steps, source), { a }, way)
      assert.deepEqual(outcome.late, [])
      assert.ok(outcome.rows.length > 2)
      sums.add(checksum(outcome.rows))
      if (seed > 5) continue
      const plain = new Steps()
      unordered.add(checksum((await run(chain(plain, plain.source('a', DELAY)), { a }, way)).rows))
    }
    assert.equal(sums.size, 1)
    assert.ok(unordered.size > 1, 'the order does not matter anyway')
  })
}

test('two inputs that are merged and ordered give the same bytes, however each is shuffled', async () => {
  const rows = rowsInOrder()
  const sums = new Set<string>()
  for (let seed = 1; seed <= 20; seed += 1) {
    const files = {
      a: shuffled(
        rows.filter((_, i) => i % 3 > 0),
        seed,
      ),
      b: shuffled(
        rows.filter((_, i) => i % 3 === 0),
        seed + 100,
      ),
    }
    const steps = new Steps()
    const both = steps.sort(steps.union(steps.source('a', DELAY), steps.source('b', DELAY)), '', 'bytes')
    sums.add(checksum((await run(steps.tumble(both, 7_000, 'k', AGGREGATES), files)).rows))
  }
  assert.equal(sums.size, 1)
})
