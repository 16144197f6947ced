import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { PlanNode } from '../../src/plan/nodes.ts'
import { MemoryStore } from '../../src/state/memory-store.ts'
import { zoneOf } from '../../src/time/zone.ts'
import { type Outcome, type RunOptions, run, Steps, surroundings } from '../job/pipeline.ts'
import { keyText } from './naive-rows.ts'
import { type Stream, World } from './naive-world.ts'
import { randomFile, randomWay } from './random-rows.ts'

/** One pipeline, written twice: for the engine, and as a plain program. */
export interface Twice<P> {
  readonly parameters: fc.Arbitrary<P>
  /** The sources in the order in which they are declared; default one, `a`, with watermark delay 0. */
  delays?(parameters: P): Readonly<Record<string, number>>
  engine(steps: Steps, parameters: P): PlanNode
  naive(world: World, parameters: P): Stream
  readonly files?: fc.Arbitrary<Readonly<Record<string, string>>>
  /** Files that go by the parameters, instead. */
  filesOf?(parameters: P): Readonly<Record<string, string>>
  /** Default UTC. */
  zone?(parameters: P): string
  /** Does it keep state beyond the end of the input? */
  readonly isEndless?: boolean
}

export interface Told {
  readonly rows: readonly string[]
  readonly late: readonly string[]
  readonly bad: readonly string[]
  readonly sources: unknown
  readonly steps: unknown
}

const ONE_FILE = randomFile().map((a) => ({ a }))

function toldByNaive<P>(twice: Twice<P>, files: Readonly<Record<string, string>>, parameters: P): Told {
  const world = new World(files, twice.delays?.(parameters) ?? { a: 0 })
  const stream = twice.naive(world, parameters)
  const { late, bad, sources, counts } = world
  return { rows: world.rows(stream), late, bad, sources, steps: counts }
}

/** Nobody else says how a reason is worded. */
export function withoutReason(line: string): string {
  const { _error, ...rest } = JSON.parse(line) as { _error: Record<string, unknown> }
  const { reason, ...place } = _error
  assert.equal(typeof reason, 'string')
  return keyText({ _error: place, ...rest })
}

function toldByEngine({ rows, late, bad, counters }: Outcome): Told {
  const steps = Object.entries(counters.steps).map(([id, { held, ...counts }]) => {
    assert.equal(held, 0, `${id} holds rows after the end`)
    assert.equal(counts.in, counts.used + counts.filtered + counts.duplicate + counts.late + counts.bad, id)
    return [id, counts]
  })
  return { rows, late, bad: bad.map(withoutReason), sources: counters.sources, steps: Object.fromEntries(steps) }
}

/** Runs until it has got through, dying at the `crashes[i]`th step of the store in run i. The runs take turns with the scanners. */
export async function runThroughCrashes(
  build: () => PlanNode,
  files: Readonly<Record<string, string>>,
  { crashes, ...way }: RunOptions & { readonly crashes: readonly number[] },
): Promise<Outcome> {
  let countdown = -1
  const store = new MemoryStore(() => {
    if (countdown-- === 0) throw new Error('crash')
  })
  const around = surroundings({ store, everyRounds: 1 })
  const scanners = way.scanner === 'reference' ? (['reference', 'kernel'] as const) : (['kernel', 'reference'] as const)
  const next = (i: number) => run(build(), files, { ...way, scanner: scanners[i % 2]! }, around)
  for (const [i, crash] of crashes.entries()) {
    countdown = crash
    try {
      return await next(i)
    } catch (error) {
      if ((error as Error).message !== 'crash') throw error
    }
  }
  countdown = -1
  return next(crashes.length)
}

const crashes = fc.array(fc.nat(60), { minLength: 1, maxLength: 3 })

/** Two tests: the engine tells what the plain program tells, and also when it dies on the way. */
export function testAgreement<P>(name: string, twice: Twice<P>, runs = 40): void {
  const own = twice.filesOf && twice.parameters.map((parameters) => ({ parameters, files: twice.filesOf!(parameters) }))
  const both = own ?? fc.record({ parameters: twice.parameters, files: twice.files ?? ONE_FILE })
  const build = (parameters: P) => twice.engine(new Steps(zoneOf(twice.zone?.(parameters) ?? 'UTC')), parameters)

  test(`${name}: rows, late rows, bad rows and counters are those of a plain program`, () =>
    fc.assert(
      fc.asyncProperty(both, randomWay, async ({ files, parameters }, way) => {
        const outcome = await run(build(parameters), files, way)
        assert.deepEqual(toldByEngine(outcome), toldByNaive(twice, files, parameters))
        if (!twice.isEndless) assertNoState(outcome)
      }),
      { numRuns: runs },
    ))

  test(`${name}: the same when it is killed and goes on`, () =>
    fc.assert(
      fc.asyncProperty(both, randomWay, crashes, async ({ files, parameters }, way, deaths) => {
        const outcome = await runThroughCrashes(() => build(parameters), files, { ...way, crashes: deaths })
        assert.deepEqual(toldByEngine(outcome), toldByNaive(twice, files, parameters))
      }),
      { numRuns: Math.ceil(runs / 2) },
    ))
}

function assertNoState({ job }: Outcome): void {
  for (const { id, operator } of job.graph.operators)
    for (const { name, entries } of operator.structures) assert.equal(entries, 0, `${name} of ${id} at the end`)
}
