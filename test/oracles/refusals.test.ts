import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TidemarkError } from '../../src/base/errors.ts'
import type { PlanNode } from '../../src/plan/nodes.ts'
import { run, Steps } from '../job/pipeline.ts'

/** Edges whose rows can be taken back, with the step that does it and the flag that makes it do so. */
const UPDATING: readonly (readonly [string, (s: Steps, a: PlanNode) => PlanNode, step: string, flag: string])[] = [
  ['tumble with allowed lateness', (s, a) => s.tumble(a, 10, 'k', 'count(*)', 5), 'tumble', 'lateness'],
  [
    'hop with allowed lateness',
    (s, a) => s.window(a, { size: 10, slide: 5 }, { by: 'k', aggregates: 'count(*)', allowedLateness: 5 }),
    'hop',
    'lateness',
  ],
  ['aggregate of changes', (s, a) => s.aggregate(a, 'k', 'count(*)', 'changes'), 'aggregate', 'changes'],
  [
    'an expression over such aggregates',
    (s, a) => s.aggregate(a, 'k', 'sum(v) + 1 AS v', 'changes'),
    'aggregate',
    'changes',
  ],
  ['a filter behind it', (s, a) => s.filter(s.tumble(a, 10, 'k', 'count(*)', 5), 'count > 1'), 'tumble', 'lateness'],
  ['a select behind it', (s, a) => s.select(s.tumble(a, 10, 'k', 'count(*)', 5), 'k'), 'tumble', 'lateness'],
  [
    'a union with one such input',
    (s, a) => s.union(s.select(a, 'k'), s.select(s.tumble(a, 10, 'k', 'count(*)', 5), 'k')),
    'tumble',
    'lateness',
  ],
  [
    'an updating step over another one: the nearer one is named',
    (s, a) => s.aggregate(s.tumble(a, 10, 'k', 'count(*)', 5), 'k', 'sum(count) AS n', 'changes'),
    'aggregate',
    'changes',
  ],
  [
    'a window that corrects itself over one that does, too',
    (s, a) => s.tumble(s.tumble(a, 10, 'k', 'count(*)', 5), 20, 'k', 'sum(count) AS n', 5),
    'tumble-2',
    'lateness',
  ],
]

const HINTS: Readonly<Record<string, (step: string) => string>> = {
  lateness: (step) => `leave --allowed-lateness out of ${step}, so that each window gives one final row`,
  changes: (step) => `leave --emit changes out of ${step}, so that it gives final rows`,
}

const messageOf = (build: () => unknown): string => {
  try {
    build()
  } catch (error) {
    if (error instanceof TidemarkError) return error.render()
    throw error
  }
  assert.fail('nothing was refused')
}

for (const [name, updating, step, flag] of UPDATING) {
  test(`behind ${name}, a step that takes only new rows is refused`, () => {
    for (const keep of ['first', 'last'] as const) {
      const s = new Steps()
      const rows = updating(s, s.source('a'))
      assert.equal(
        messageOf(() => s.dedup(rows, 'k', null, keep)),
        `tidemark: dedup takes only new rows, but ${step} corrects rows that it gave before [E_CHANGELOG]\n` +
          `  hint: ${HINTS[flag]!(step)}, or put dedup before it`,
      )
    }
  })
}

test('behind windows and aggregates that give final rows only, whatever those counted, new rows are taken', async () => {
  const s = new Steps()
  const windows = s.tumble(s.tumble(s.source('a'), 10, 'k', 'count(*)', 5), 20, 'k', 'sum(count) AS n')
  const { rows } = await run(s.dedup(windows, 'n', 30), {
    a: '{"ts":1,"k":"x"}\n{"ts":21,"k":"x"}\n{"ts":99,"k":"x"}\n',
  })
  assert.deepEqual(rows, [
    '{"window_start":0,"window_end":20,"k":"x","n":1}',
    '{"window_start":80,"window_end":100,"k":"x","n":1}',
  ])
  const other = new Steps()
  const totals = other.aggregate(other.tumble(other.source('a'), 10, 'k', 'count(*)', 5), 'k', 'sum(count) AS n')
  const distinct = await run(other.dedup(totals, 'n', null), { a: '{"ts":1,"k":"x"}\n{"ts":2,"k":"y"}\n' })
  assert.deepEqual(distinct.rows, ['{"k":"x","n":1}'])
})

const TIMED: Readonly<Record<string, (s: Steps, rows: PlanNode) => PlanNode>> = {
  tumble: (s, rows) => s.tumble(rows, 10, 'k', 'count(*)'),
  hop: (s, rows) => s.hop(rows, { size: 10, slide: 5 }, 'k', 'count(*)'),
  dedup: (s, rows) => s.dedup(rows, 'k', 10),
}

for (const [verb, build] of Object.entries(TIMED)) {
  test(`${verb} behind an aggregate without a window is refused, since its rows have no time`, () => {
    for (const between of [
      (_: Steps, rows: PlanNode) => rows,
      (s: Steps, rows: PlanNode) => s.select(s.filter(rows, 'n > 1'), 'k'),
      (s: Steps, rows: PlanNode) => s.union(s.select(rows, 'k'), s.select(s.source('b'), 'k')),
    ]) {
      const s = new Steps()
      const rows = between(s, s.aggregate(s.source('a'), 'k', 'count(*) AS n'))
      assert.equal(
        messageOf(() => build(s, rows)),
        `tidemark: ${verb} needs event time [E_TIME_MISSING]\n` +
          `  hint: the rows of aggregate have none: it counts over the whole input; use a window there, or put ${verb} before it`,
      )
    }
  })

  test(`${verb} over a source whose time nobody named is refused`, () => {
    const s = new Steps()
    const source = { name: 'a', files: ['a'], time: null, watermarkDelay: 0, idleTimeout: null, maxFuture: null }
    assert.equal(
      messageOf(() => build(s, s.builder.scan(source))),
      `tidemark: ${verb} needs event time [E_TIME_MISSING]\n  hint: name the field that holds it: --time ts`,
    )
  })
}
