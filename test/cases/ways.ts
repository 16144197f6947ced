import assert from 'node:assert/strict'
import type { JobCounters } from '../../src/job/create-job.ts'
import type { Case, Outcome } from './case-file.ts'
import type { Way } from './case-world.ts'

/** Up to this many bytes of input are cut at every odd place, longer inputs at some. */
const EVERY_CUT_UP_TO = 300
const SOME_CUTS = 20

/** The one expected outcome of a case. */
export const expected = ({ stdout, stderr, exit, out }: Case): Outcome => ({ stdout, stderr, exit, out })

/** The input in two reads, cut at every odd place (all files of one input count as one stretch), and in very small reads. */
export function cutWays(one: Case): readonly Way[] {
  const bytes = [one.stdin, ...Object.values(one.files)].reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  const step = bytes <= EVERY_CUT_UP_TO ? 2 : 2 * Math.ceil(bytes / 2 / SOME_CUTS)
  const ways: Way[] = [{ reads: { chunk: 1 } }, { reads: { chunk: 7, isAsync: true } }]
  for (let cut = 1; cut < bytes; cut += step) ways.push({ reads: { cuts: [cut] } })
  return ways
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
