import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Case, type Outcome, readCases } from './case-file.ts'
import { runInProcess } from './run-in-process.ts'
import { expected } from './ways.ts'

const cases = process.env['UPDATE'] !== undefined ? [] : readCases().filter((one) => one.binaryOnly === undefined)
let twins = 0

/** The case with a pipeline file in the place of its chain; undefined where it is none, or is refused. */
async function twinOf(one: Case): Promise<{ readonly file: Case; readonly flags: string } | undefined> {
  if (one.terminal.length > 0 || /^(?:explain|state plan)\b/.test(one.run)) return undefined
  const { outcome } = await runInProcess(one, { flags: ['--show-yaml'] })
  if (outcome.exit !== 0 || !/^tidemark: 1$/m.test(outcome.stdout)) return undefined
  const flags = /^# tidemark run FILE (.*)$/m.exec(outcome.stdout)?.[1] ?? ''
  return { file: { ...one, files: { ...one.files, 'twin.yaml': outcome.stdout } }, flags }
}

/** What is told may speak of keys in the place of flags: the codes are the same. */
const codesOf = ({ stderr }: Outcome) => [...stderr.matchAll(/\[([EW]_\w+)\]/g)].map(([, code]) => code)

async function explained(one: Case, run: string): Promise<string> {
  const { outcome } = await runInProcess({ ...one, run })
  // a file that a step reads has a name in a pipeline
  return (outcome.exit === 0 ? outcome.stdout : outcome.stderr).replace(/ with \S+(?= (?:as|on) )/g, ' with INPUT')
}

for (const one of cases) {
  test(`${one.name} as a pipeline file: the same plan, the same rows`, async () => {
    const twin = await twinOf(one)
    if (!twin) return
    twins += 1
    const { file, flags } = twin
    const { outcome } = await runInProcess({ ...file, run: `run twin.yaml ${flags}` })
    const { stdout, exit, out } = expected(one)
    const yaml = file.files['twin.yaml']!
    assert.deepEqual({ stdout: outcome.stdout, exit: outcome.exit, out: outcome.out }, { stdout, exit, out }, yaml)
    assert.deepEqual(codesOf(outcome), codesOf(expected(one)), `${yaml}\n${outcome.stderr}`)
    if (exit !== 0) return
    const chain = await explained(one, `explain ${one.run}`)
    assert.equal(await explained(file, `explain run twin.yaml ${flags}`), chain, yaml)
  })
}

test('most cases are chains that can be written as pipeline files', () => {
  if (cases.length === 0 || process.env['CASES'] !== undefined) return
  assert.ok(twins > cases.length / 3, `${twins} of ${cases.length}`)
})
