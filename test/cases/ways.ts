import assert from 'node:assert/strict'
import type { JobCounters } from '../../src/job/create-job.ts'
import type { Case, Outcome } from './case-file.ts'
import type { Way } from './case-world.ts'

/** So many places in the input are cut one at a time, beside the ends of lines; `CUTS=1000 npm test` cuts everywhere. */
const CUTS = Number(process.env['CUTS'] ?? 12)

/** The one expected outcome of a case. */
export const expected = ({ stdout, stderr, exit, out }: Case): Outcome => ({ stdout, stderr, exit, out })

/**
 * The input in two reads, cut within lines and at the ends of lines (all files of one input count as one stretch), and in very small reads. Where
 * a case is cut depends on its name: between them the cases are cut everywhere.
 */
export function cutWays(one: Case): readonly Way[] {
  const bytes = Buffer.from([one.stdin, ...Object.values(one.files)].join(''))
  const lineEnds = [...bytes.keys()].slice(1).filter((at) => bytes[at - 1] === NEWLINE)
  const cuts = new Set([...someOf(lineEnds, one.name), ...someOf([...bytes.keys()].slice(1), one.name)])
  const ways: Way[] = [{ reads: { chunk: 1 } }, { reads: { chunk: 7, isAsync: true } }]
  return [...ways, ...[...cuts].map((cut) => ({ reads: { cuts: [cut] } }))]
}

const NEWLINE = 0x0a

/** At most CUTS of the places, as far from one another. */
function someOf(places: readonly number[], name: string): readonly number[] {
  const step = Math.ceil(places.length / CUTS)
  const first = [...Buffer.from(name)].reduce((sum, byte) => (31 * sum + byte) % 9_973, 0) % step
  return places.filter((_, i) => i % step === first)
}

/** DESIGN, promise 2: nothing vanishes silently. */
export function assertCountersAddUp({ sources, steps }: JobCounters): void {
  for (const [name, { read, passed, bad, refused }] of Object.entries(sources)) {
    assert.equal(read, passed + bad + refused, `source ${name}: read = passed + bad + refused`)
  }
  for (const [name, step] of Object.entries(steps)) {
    const { used, filtered, duplicate, late, bad, held } = step
    const sum = used + filtered + duplicate + late + bad + held
    assert.equal(step.in, sum, `step ${name}: in = used + filtered + duplicate + late + bad + held`)
  }
}
