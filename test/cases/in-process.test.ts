import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCases } from './case-file.ts'
import { type Counted, runInProcess, runKilled } from './run-in-process.ts'
import { assertCountersAddUp, cutWays, expected } from './ways.ts'

const cases =
  process.env['UPDATE'] !== undefined ? [] : readCases().filter(({ binaryOnly }) => binaryOnly === undefined)
const counted: string[] = []
let crashes = 0

for (const one of cases) {
  const check = ({ outcome, counters }: Counted, way: string) => {
    assert.deepEqual(outcome, expected(one), way)
    if (counters) assertCountersAddUp(counters)
  }

  test(`${one.name} as is, by either scanner`, async () => {
    const run = await runInProcess(one)
    check(run, 'as is')
    if (run.counters === undefined) return
    counted.push(one.name)
    check(await runInProcess(one, { flags: ['--scanner', 'reference'] }), 'by the reference scanner')
  })

  test(`${one.name} with its input cut anywhere`, async () => {
    for (const way of cutWays(one)) check(await runInProcess(one, way), `reads: ${JSON.stringify(way.reads)}`)
  })

  test(`${one.name} in batches of 1 and 3 rows`, async () => {
    for (const batchRows of [1, 3]) check(await runInProcess(one, { batchRows }), `batches of ${batchRows}`)
  })

  test(`${one.name} killed at every checkpoint and resumed`, async () => {
    const run = await runKilled(one)
    check(run, `killed ${run.crashes} times`)
    crashes += run.crashes
  })
}

test('many cases run a job that counts its rows, and are killed several times', () => {
  if (cases.length === 0 || process.env['CASES'] !== undefined) return
  assert.ok(counted.length > cases.length / 3, `${counted.length} of ${cases.length} counted`)
  assert.ok(crashes > 3 * counted.length, `${crashes} crashes in ${counted.length} cases`)
})
