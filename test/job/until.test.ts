import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Until } from '../../src/job/until.ts'
import { MemoryStore } from '../../src/state/memory-store.ts'
import { ndjson, run, Steps, surroundings } from './pipeline.ts'

/** Rows of times that go up and down; some are no JSON. */
const rows = fc.array(
  fc.record({
    ts: fc.integer({ min: 0, max: 200 }),
    k: fc.integer({ min: 0, max: 2 }),
    isBad: fc.integer({ min: 0, max: 5 }),
  }),
  { maxLength: 25 },
)
type Row = { ts: number; k: number; isBad: number }
const text = (list: readonly Row[]): string =>
  list.map(({ ts, k, isBad }) => (isBad === 0 ? 'bad\n' : `${JSON.stringify({ ts, k })}\n`)).join('')

function plan(sources: readonly string[]) {
  const steps = new Steps()
  const scans = sources.map((name) => steps.source(name, 20))
  return steps.tumble(scans.length > 1 ? steps.union(...scans) : scans[0]!, 30, 'k', 'count(*) AS n, sum(ts) AS s')
}

/** The lines up to the one that reaches the limit. */
function linesUpTo(list: readonly Row[], until: Until): readonly Row[] {
  if (until.kind === 'rows') {
    let good = 0
    const last = list.findIndex(({ isBad }) => (isBad === 0 ? 0 : ++good) === until.rows)
    return last < 0 ? list : list.slice(0, last + 1)
  }
  let highest = -Infinity
  const last = list.findIndex(({ ts, isBad }) => {
    if (isBad !== 0) highest = Math.max(highest, ts)
    return highest - 20 - 1 >= (until as { watermark: number }).watermark
  })
  return last < 0 ? list : list.slice(0, last + 1)
}

const untils = fc.oneof(
  fc.integer({ min: 1, max: 30 }).map((n): Until => ({ kind: 'rows', rows: n })),
  fc.integer({ min: -10, max: 150 }).map((watermark): Until => ({ kind: 'watermark', watermark })),
)

describe('--until', () => {
  test('ends behind the very row, as if the input had ended there, whatever the batches and cuts', async () => {
    await fc.assert(
      fc.asyncProperty(rows, untils, async (list, until) => {
        const expected = await run(plan(['a']), { a: text(linesUpTo(list, until)) })
        for (const options of [{}, { batchRows: 1 }, { batchRows: 3, chunk: 7 }]) {
          const cut = await run(plan(['a']), { a: text(list) }, { ...options, until })
          assert.deepEqual([cut.rows, cut.late, cut.bad], [expected.rows, expected.late, expected.bad])
          assert.deepEqual(cut.counters, expected.counters)
        }
      }),
      { numRuns: 8 },
    )
  })

  test('gives over several inputs the same rows whatever the batches', async () => {
    await fc.assert(
      fc.asyncProperty(rows, rows, untils, async (a, b, until) => {
        const files = { a: text(a), b: text(b) }
        const whole = await run(plan(['a', 'b']), files, { until })
        for (const options of [{ batchRows: 1 }, { batchRows: 3, chunk: 7 }]) {
          const cut = await run(plan(['a', 'b']), files, { ...options, until })
          assert.deepEqual([cut.rows, cut.late], [whole.rows, whole.late])
        }
        if (until.kind !== 'rows') return
        const passed = (list: readonly Row[]) => list.filter(({ isBad }) => isBad !== 0).length
        const read = Object.values(whole.counters.sources).reduce((sum, { passed: n }) => sum + n, 0)
        assert.equal(read, Math.min(until.rows, passed(a) + passed(b)))
      }),
      { numRuns: 6 },
    )
  })

  test('with suspend: run after run of a few rows gives what one run gives', async () => {
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 5 }),
        async (list, n, batchRows) => {
          const whole = await run(plan(['a']), { a: text(list) })
          const around = surroundings({ store: new MemoryStore(), everyRounds: 2 })
          const good = list.filter(({ isBad }) => isBad !== 0).length
          for (let done = 0; done < good + n; done += n) {
            const options = { batchRows, until: { kind: 'rows', rows: n }, atEnd: 'suspend' } as const
            await run(plan(['a']), { a: text(list) }, options, around)
          }
          const last = await run(plan(['a']), { a: text(list) }, {}, around)
          assert.deepEqual([last.rows, last.late, last.bad], [whole.rows, whole.late, whole.bad])
          assert.deepEqual(last.counters, whole.counters)
        },
      ),
      { numRuns: 6 },
    )
  })
})

describe('--at-eof suspend', () => {
  test('over ten appended pieces, cut also inside lines, gives what one run over the whole gives', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.array(fc.nat(), { minLength: 9, maxLength: 9 }), async (list, cuts) => {
        const all = text(list)
        const whole = await run(plan(['a']), { a: all })
        const around = surroundings({ store: new MemoryStore(), everyRounds: 1 })
        for (const cut of cuts.map((at) => at % (all.length + 1)).sort((a, b) => a - b))
          await run(plan(['a']), { a: all.slice(0, cut) }, { atEnd: 'suspend' }, around)
        const last = await run(plan(['a']), { a: all }, {}, around)
        assert.deepEqual([last.rows, last.late, last.bad], [whole.rows, whole.late, whole.bad])
        assert.deepEqual(last.counters, whole.counters)
      }),
      { numRuns: 6 },
    )
  })

  test('fires nothing, also where one of several inputs has ended long before the others', async () => {
    const a = ndjson([{ ts: 5, k: 0 }])
    const b = ndjson([
      { ts: 500, k: 1 },
      { ts: 900, k: 1 },
    ])
    const { rows: out } = await run(plan(['a', 'b']), { a, b }, { atEnd: 'suspend' })
    assert.deepEqual(out, [])
  })
})
