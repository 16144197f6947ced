import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryStore } from '../../src/state/memory-store.ts'
import { ndjson, run, Steps, surroundings } from '../job/pipeline.ts'

type Verb = 'aggregate' | 'dedup' | 'top' | 'count-window'

/** One run over these times of key `a`, 300 of `b`; the store is that of the run before. */
async function runWith(store: MemoryStore, verb: Verb, stateTtl: number | null, times: number[]) {
  const steps = new Steps()
  const source = steps.source('a')
  const roots = {
    dedup: () => steps.deduplicate(source, { by: 'k', within: null, keep: 'first', stateTtl }),
    aggregate: () => steps.forgetfulAggregate(source, 'k', 'count(*) AS n', { emit: 'changes', stateTtl }),
    top: () => steps.top(source, 1, { by: 'k', orderBy: '0 - ts', emit: 'changes', stateTtl }),
    'count-window': () => steps.countWindow(source, { size: 9, slide: 1, stateTtl }, 'k', 'count(*) AS n'),
  }
  const root = roots[verb]()
  const rows = times.map((ts) => ({ ts, k: ts === 300 ? 'b' : 'a' }))
  const around = surroundings({ store, everyRounds: 1 })
  const { rows: told } = await run(root, { a: ndjson(rows) }, { atEnd: 'suspend' }, around)
  return told
}

for (const [before, after] of [
  [10, 1000],
  [1000, 10],
  [null, 10],
  [10, null],
] as const) {
  test(`a state TTL of ${before} may become ${after} between two runs`, async () => {
    const store = new MemoryStore()
    assert.equal((await runWith(store, 'dedup', before, [100, 105])).length, 1)
    const isForgotten = after === 10
    // the watermark is at 104; the second row of the run finds it at 199
    assert.equal((await runWith(store, 'dedup', after, [100, 105, 200, 201])).length, isForgotten ? 1 : 0)
  })

  test(`aggregate: a state TTL of ${before} may become ${after} between two runs`, async () => {
    const store = new MemoryStore()
    await runWith(store, 'aggregate', before, [100, 105])
    const told = await runWith(store, 'aggregate', after, [100, 105, 300, 301])
    const isForgotten = after === 10
    assert.equal(told.includes('{"_op":"+I","k":"a","n":1}'), isForgotten, told.join())
  })

  test(`top and count-window: a state TTL of ${before} may become ${after} between two runs`, async () => {
    const isForgotten = after === 10
    const times = [100, 105, 200, 300, 301]
    for (const [verb, anew] of [
      ['top', '{"_op":"+I","ts":301,"k":"a"}'],
      ['count-window', '{"k":"a","n":1}'],
    ] as const) {
      const store = new MemoryStore()
      await runWith(store, verb, before, [100, 105])
      const told = await runWith(store, verb, after, times)
      assert.equal(told.includes(anew), isForgotten, `${verb}: ${told.join()}`)
    }
  })
}
