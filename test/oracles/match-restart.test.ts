import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parsePattern } from '../../src/cep/parse-pattern.ts'
import type { SkipStrategy } from '../../src/cep/pattern.ts'
import type { PlanNode } from '../../src/plan/nodes.ts'
import type { Condition, Drawn } from '../cep/random-patterns.ts'
import { type Outcome, run } from '../job/pipeline.ts'
import { runThroughCrashes } from './agreement.ts'
import { fileOf, planOf, type Row } from './naive-match.ts'

const any = { values: [0, 1, 2, 3], over: null } as const

function written(text: string, skip: SkipStrategy, conditions: Readonly<Record<string, Condition>>): Drawn {
  const { parts, within } = parsePattern({ source: '--pattern', text })
  return { pattern: { parts, within, skip }, conditions: new Map(Object.entries(conditions)), rows: [] }
}

const [A, B, C] = [0, 1, 2].map((value): Condition => ({ values: [value], over: null })) as [
  Condition,
  Condition,
  Condition,
]

/** What each of them keeps from one row to the next is told apart by what it finds. */
const PATTERNS: readonly Drawn[] = [
  // the first pair waits for a greater number than others do, which are complete before it and held back
  written(
    'A -> B within 20ms',
    { kind: 'past-last' },
    { A: { values: [1, 2, 3], over: null }, B: { values: [0, 1, 2, 3], over: 'A' } },
  ),
  // B is forbidden right behind A and nowhere else
  written('A !B -> C within 20ms', { kind: 'no-skip' }, { A, B, C }),
  // of partial matches that began one after the other one is told and ends the others
  written('A+?[relaxed] -> B', { kind: 'past-last' }, { A, B }),
  written('A+?[relaxed] -> B', { kind: 'to-last', name: 'A' }, { A, B }),
  // two lengths of time
  written('A -> B[within 3ms] -> C within 9ms', { kind: 'to-next' }, { A, B, C }),
  written('A -> B[within 3ms]', { kind: 'no-skip' }, { A, B: { values: [1, 2, 3], over: null } }),
  // those that began later may come to the second length of time earlier
  written(
    'A -> B -> C[within 3ms]',
    { kind: 'no-skip' },
    { A, B: { values: [1, 2], over: null }, C: { values: [3, 0], over: null } },
  ),
  written('A -> !B within 4ms', { kind: 'no-skip' }, { A, B }),
  written('A B', { kind: 'no-skip' }, { A, B: any }),
]

/** More keys than a page of state holds; half of the rows are those of two. */
const KEYS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 8, 9, 9, 9, 9]

const rows = fc
  .array(
    fc.record({
      by: fc.constantFrom(0, 0, 1, 1, 2, -1),
      k: fc.constantFrom(...KEYS),
      v: fc.integer({ min: 0, max: 3 }),
    }),
    { minLength: 20, maxLength: 60, size: 'max' },
  )
  .map((all) => {
    let time = 5
    return all.map(({ by, k, v }, id): Row => {
      time = Math.max(0, time + by)
      return { ts: time, k: `k${k}`, v, id }
    })
  })

const input = fc.record({ one: fc.constantFrom(...PATTERNS), all: rows, delay: fc.constantFrom(0, 2) })
const kills = fc.array(fc.integer({ min: 3, max: 15 }), { minLength: 6, maxLength: 14, size: 'max' })

test('what match tells, with the numbers of its matches, is the same when it is killed and goes on', () =>
  fc.assert(
    fc.asyncProperty(input, kills, fc.constantFrom(1, 3, 6), async ({ one, all, delay }, crashes, batchRows) => {
      const plan = () => planOf(one, delay, { rows: true })
      const wanted = await run(plan(), fileOf(all), { batchRows })
      await agrees(plan, all, { crashes, batchRows, wanted })
    }),
    { numRuns: 15 },
  ))

interface Killed {
  readonly crashes: readonly number[]
  readonly batchRows: number
  readonly wanted: Outcome
}

/** Each run dies at a write to the store, and the next one goes on, under the other scanner; the last one must have told what is wanted. */
async function agrees(
  plan: () => PlanNode,
  all: readonly Row[],
  { crashes, batchRows, wanted }: Killed,
): Promise<void> {
  const outcome = await runThroughCrashes(plan, fileOf(all), { crashes, batchRows })
  assert.deepEqual(outcome.rows, wanted.rows)
  assert.deepEqual(outcome.late, wanted.late)
}

test('of two matches the one that began later may run out of time earlier, wherever the run is killed', async () => {
  const one = written('A -> B -> C[within 3ms]', { kind: 'no-skip' }, { A, B, C })
  const rows = [
    [1, 'x', 0],
    [2, 'y', 0],
    [3, 'y', 1],
    [5, 'x', 1],
    [6, 'z', 3],
    [7, 'y', 2],
    [7, 'x', 2],
    [20, 'z', 3],
  ] as const
  const all = rows.map(([ts, k, v], id): Row => ({ ts, k, v, id }))
  const plan = () => planOf(one, 0, { rows: true })
  const wanted = await run(plan(), fileOf(all), { batchRows: 1 })
  assert.deepEqual(
    wanted.rows.map((line) => (JSON.parse(line) as Row).id),
    [0, 3, 6],
  )
  for (let crash = 1; crash < 40; crash += 3) await agrees(plan, all, { crashes: [crash], batchRows: 1, wanted })
})

test('each of more keys than a page of state holds goes on where it was, wherever the run is killed', async () => {
  const one = written('A !B -> C', { kind: 'no-skip' }, { A, B, C })
  // behind the row that is left out B may come
  const all = [0, 3, 1, 2].flatMap((v, step) =>
    Array.from({ length: 9 }, (_, k): Row => ({ ts: 10 * step + k, k: `k${k}`, v, id: 9 * step + k })),
  )
  const plan = () => planOf(one, 0, { rows: true })
  const wanted = await run(plan(), fileOf(all), { batchRows: 9 })
  assert.equal(wanted.rows.length, 18)
  for (let crash = 1; crash < 40; crash += 3) await agrees(plan, all, { crashes: [crash], batchRows: 9, wanted })
})
