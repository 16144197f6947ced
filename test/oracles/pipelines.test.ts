import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Case, Outcome } from '../cases/case-file.ts'
import type { Way } from '../cases/case-world.ts'
import { runInProcess } from '../cases/run-in-process.ts'
import { assertCountersAddUp } from '../cases/ways.ts'

/** ms; rows of a source stand around it. */
const START = 1_714_557_600_000
const FAR_AHEAD = 4_102_444_800_000
const NAMES = ['a', 'b', 'c'] as const

type Line = { readonly ts: number; readonly k: number } | 'bad'

interface Input {
  readonly lines: readonly Line[]
  /** s */
  readonly delay: number
}

const line: fc.Arbitrary<Line> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ ts: fc.nat(300_000).map((ms) => START + ms), k: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ ts: fc.constant(FAR_AHEAD), k: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.constant('bad' as const) },
)
const input: fc.Arbitrary<Input> = fc.record({ lines: fc.array(line, { maxLength: 12 }), delay: fc.nat(90) })
const inputs = fc.tuple(input, input, input)

const textOf = ({ lines }: Input, source: string) =>
  lines.map((one, i) => (one === 'bad' ? 'oops\n' : `${JSON.stringify({ ...one, source, i })}\n`)).join('')

function caseOf(
  given: readonly Input[],
  steps: readonly string[],
  sinks: readonly string[],
  out: readonly string[],
): Case {
  const sources = given.map(
    ({ delay }, i) => `  ${NAMES[i]}: { file: ${NAMES[i]}.ndjson, time: ts, watermark-delay: ${delay}s }`,
  )
  const yaml = [
    'tidemark: 1',
    'on-error: skip',
    'sources:',
    ...sources,
    'steps:',
    ...steps,
    'sinks:',
    ...sinks,
    '',
  ].join('\n')
  const files = Object.fromEntries(given.map((one, i) => [`${NAMES[i]}.ndjson`, textOf(one, NAMES[i]!)]))
  return {
    name: 'pipeline',
    path: '',
    run: 'run p.yaml -q',
    stdin: '',
    files: { ...files, 'p.yaml': yaml },
    stdout: '',
    stderr: '',
    exit: 0,
    out: Object.fromEntries(out.map((name) => [name, ''])),
    terminal: [],
    binaryOnly: undefined,
  }
}

const WAYS: readonly Way[] = [
  { batchRows: 1 },
  { batchRows: 3, reads: { chunk: 11 } },
  { reads: { chunk: 7, isAsync: true } },
]

async function outcomeOf(one: Case, way: Way): Promise<Outcome> {
  const { outcome, counters } = await runInProcess(one, way)
  if (counters) assertCountersAddUp(counters)
  return outcome
}

/** The next row comes from the input whose own watermark is least, ties by declaration. */
function mergedByHand(given: readonly Input[]): readonly string[] {
  const queues = given.map(({ lines, delay }, s) => ({
    rows: lines.flatMap((one, i) => (one === 'bad' ? [] : [{ ...one, source: NAMES[s], i }])),
    delay: delay * 1000,
    watermark: -Infinity,
  }))
  const merged: string[] = []
  for (;;) {
    const open = queues.filter(({ rows }) => rows.length > 0)
    if (open.length === 0) return merged
    const next = open.reduce((least, queue) => (queue.watermark < least.watermark ? queue : least))
    const row = next.rows.shift()!
    next.watermark = Math.max(next.watermark, row.ts - next.delay - 1)
    merged.push(JSON.stringify(row))
  }
}

test('rows of bounded inputs are taken by the least watermark, whatever the speed of reading and the batch size', async () => {
  await fc.assert(
    fc.asyncProperty(inputs, async (given) => {
      const one = caseOf(given, ['  - { from: [a, b, c], filter: "TRUE" }'], ['  out: { file: "-" }'], [])
      const expected = mergedByHand(given)
        .map((row) => `${row}\n`)
        .join('')
      for (const way of [{}, ...WAYS]) assert.equal((await outcomeOf(one, way)).stdout, expected, JSON.stringify(way))
    }),
    { numRuns: 8, endOnFailure: true },
  )
})

const STEPS: readonly string[] = [
  '{ name: windows, from: [a, b], tumble: { size: 1m, by: k, agg: "count(*) AS n, listagg(source) AS sources" } }',
  '{ name: hops, from: [a, b, c], hop: { size: 2m, slide: 1m, allowed-lateness: 30s } }',
  '{ name: once, from: [c, a], dedup: { by: k, within: 1m, keep: last } }',
  '{ name: again, from: windows.late, filter: k > 0 }',
  '{ name: counted, from: [a.bad, b.bad], aggregate: { by: _raw } }',
  '{ name: sorted, from: b, sort: { order-by: i } }',
  '{ name: pairs, from: a, join: { with: b, as: b, "on": k, within: 30s, kind: full } }',
]
const SINKS = [
  '  all: { from: [windows, hops, once, again, sorted, windows.late, hops.late], file: "-" }',
  '  pairs: { from: [pairs, counted], file: pairs.ndjson }',
  '  bad: { from: [c.bad, a.bad], file: bad.ndjson }',
]

test('a graph of many steps and sinks gives the same, whatever the speed of reading and the batch size', async () => {
  await fc.assert(
    fc.asyncProperty(inputs, async (given) => {
      const one = caseOf(
        given,
        STEPS.map((step) => `  - ${step}`),
        SINKS,
        ['pairs.ndjson', 'bad.ndjson'],
      )
      const expected = await outcomeOf(one, {})
      assert.equal(expected.exit, 0, expected.stderr)
      for (const way of WAYS) assert.deepEqual(await outcomeOf(one, way), expected, JSON.stringify(way))
    }),
    { numRuns: 6, endOnFailure: true },
  )
})
