import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PlanNode } from '../../src/plan/nodes.ts'
import { ndjson, run, Steps } from '../job/pipeline.ts'

const plain = (shift: number) =>
  ndjson(Array.from({ length: 40 }, (_, i) => ({ ts: 7 * i + shift - (i % 5) * 3, k: i % 6, i })))
const FAR_AHEAD = ndjson([{ ts: 4_102_444_800_000, k: 1, i: -1 }])
const BAD = '{"ts":\n'
/** Bad rows behind some of the rows. */
const amid = (text: string) => text.replace(/\n/g, (newline, at: number) => (at % 3 === 0 ? `\n${BAD}` : newline))

/** All that a join of these files tells, and these as one stream, read in pieces of `chunk` bytes and taken in batches of `batchRows`. */
async function told(files: Readonly<Record<'a' | 'b', string>>, chunk: number, batchRows: number) {
  const plans = [
    (s: Steps, a: PlanNode, b: PlanNode) => s.intervalJoin(a, b, { on: 'k', join: 'full', lower: -30, upper: 15 }),
    (s: Steps, a: PlanNode, b: PlanNode) => s.union(a, b),
  ]
  const outcomes = []
  for (const plan of plans) {
    const s = new Steps()
    const root = plan(s, s.source('a', 5), s.source('b', 20))
    const { rows, late, bad, counters } = await run(root, files, { chunk, batchRows })
    outcomes.push({ rows, late, bad, counters })
  }
  return outcomes
}

const INPUTS = {
  'both are plain': { a: plain(0), b: plain(2) },
  'one has a far-future stamp': { a: plain(0).replace('\n', `\n${FAR_AHEAD}`), b: plain(2) },
  'the other begins with a far-future stamp': { a: plain(0), b: FAR_AHEAD + plain(2) },
  'one begins with a bad row': { a: BAD + plain(0), b: plain(2) },
  'both begin with a bad row': { a: BAD + plain(0), b: BAD + plain(2) },
  'both have bad rows among the others': { a: amid(plain(0)), b: amid(plain(2)) },
  'both are equally far again and again': { a: plain(0), b: plain(15) },
  'one is empty': { a: '', b: plain(2) },
  'the other is empty': { a: plain(0), b: '' },
  'one has nothing but a bad row': { a: plain(0), b: BAD },
}

for (const [name, files] of Object.entries(INPUTS)) {
  test(`two bounded inputs give the same however fast they are read and in whatever batches: ${name}`, async () => {
    const expected = await told(files, 1 << 16, 4096)
    assert.ok(expected.every(({ rows }) => rows.length > 0))
    for (const chunk of [1, 50, 333]) {
      for (const batchRows of [1, 3, 4096]) assert.deepEqual(await told(files, chunk, batchRows), expected)
    }
  })
}

test('a join of a join, whose time is behind that of its other input, gives the same in whatever batches', async () => {
  // no row of b has a key: those of a come out when their time has passed
  const files = { a: plain(0), b: plain(2).replaceAll('"k"', '"z"'), c: amid(plain(1)) }
  const both = async (batchRows: number) => {
    const s = new Steps()
    const first = s.intervalJoin(s.source('a', 5), s.source('b', 20), { on: 'k', join: 'left', lower: -30, upper: 15 })
    const join = s.intervalJoin(s.source('c', 0), first, { on: 'k', join: 'inner', lower: -2, upper: 2 })
    const { rows, late, bad, counters } = await run(join, files, { batchRows })
    return { rows, late, bad, counters }
  }
  const expected = await both(1)
  assert.equal(expected.rows.length, 40)
  for (const batchRows of [3, 16, 4096]) assert.deepEqual(await both(batchRows), expected)
})

test('a row that meets more rows than a batch has room for comes out with each of them', async () => {
  const s = new Steps()
  const join = s.intervalJoin(s.source('a', 0), s.source('b', 0), { on: 'k', join: 'inner', lower: -9999, upper: 9999 })
  const many = ndjson(Array.from({ length: 9000 }, (_, i) => ({ ts: i, k: 1, i })))
  const { rows } = await run(join, { a: ndjson([{ ts: 0 }, { ts: 9000, k: 1 }]), b: many })
  assert.deepEqual(
    rows.map((text) => (JSON.parse(text) as { r: { i: number } }).r.i),
    Array.from({ length: 9000 }, (_, i) => i),
  )
})
