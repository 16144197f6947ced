import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { REPOSITORY } from './repository.ts'

interface Case {
  readonly id: string
}
interface Verdict {
  readonly verdict: string
  readonly reason?: string
}
type Runner = (testCase: Case) => Verdict | Promise<Verdict>
interface Reasoned {
  readonly id: string
  readonly reason: string
}
interface Results {
  readonly passed: readonly string[]
  readonly failed: readonly Reasoned[]
  readonly skipped: readonly Reasoned[]
}
interface KindOfLedger {
  readonly passed: readonly string[]
  readonly outOfScope: Readonly<Record<string, string>>
}
type Ledger = Readonly<Record<string, KindOfLedger>>
interface Verdicts {
  readonly passed: Verdict
  failed(reason: string): Verdict
  skipped(reason: string): Verdict
}
interface ConformanceScript {
  readonly KINDS: Readonly<Record<string, { runner(verdicts: Verdicts): Promise<Runner> }>>
  readCases(kind: string, file?: string): readonly Case[]
  selectCases(cases: readonly Case[], id: string): readonly Case[]
  readLedger(): Ledger
  runCases(cases: readonly Case[], options: { run: Runner; outOfScope?: Record<string, string> }): Promise<Results>
  grownLedger(ledger: Ledger, kind: string, ids: readonly string[]): Ledger
}

const script = join(REPOSITORY, 'scripts/conformance.mjs')
const { KINDS, readCases, selectCases, readLedger, runCases, grownLedger } = (await import(
  pathToFileURL(script).href
)) as ConformanceScript

const passed: Verdict = { verdict: 'passed' }
const failed = (reason: string): Verdict => ({ verdict: 'failed', reason })
const skipped = (reason: string): Verdict => ({ verdict: 'skipped', reason })

/** What the ledger says and the results do not, in words. */
function ledgerFaults({ passed: held, outOfScope }: KindOfLedger, cases: readonly Case[], results: Results) {
  const passing = new Set(results.passed)
  const ids = new Set(cases.map(({ id }) => id))
  const reasons = new Map([...results.failed, ...results.skipped].map(({ id, reason }) => [id, reason]))
  return [
    ...held.filter((id) => !passing.has(id)).map((id) => `${id} passed before: ${reasons.get(id) ?? 'no such case'}`),
    ...results.passed.filter((id) => !held.includes(id)).map((id) => `${id} passes: --record adds it to the ledger`),
    ...Object.keys(outOfScope).flatMap((id) => (ids.has(id) ? [] : [`${id} is out of scope: no such case`])),
    ...Object.entries(outOfScope).flatMap(([id, reason]) => (reason === '' ? [`${id} has no reason`] : [])),
  ]
}

for (const [kind, { runner }] of Object.entries(KINDS)) {
  test(`the ${kind} cases that pass are those of the ledger`, async () => {
    const ledger = readLedger()[kind]!
    const cases = readCases(kind)
    const run = await runner({ passed, failed, skipped })
    assert.deepEqual(ledgerFaults(ledger, cases, await runCases(cases, { run, outOfScope: ledger.outOfScope })), [])
  })
}

test('all of the cases are there', () => {
  assert.equal(readCases('sql').length, 495)
  assert.equal(readCases('cep').length, 134 + 36)
})

describe('the ledger', () => {
  const cases = ['a', 'b', 'c'].map((id) => ({ id }))
  const faults = async (ledger: KindOfLedger, run: Runner) =>
    ledgerFaults(ledger, cases, await runCases(cases, { run }))

  test('fails when a case in it does not pass, is skipped or is gone', async () => {
    const run = ({ id }: Case) => (id === 'a' ? passed : id === 'b' ? failed('1 is not 2') : skipped('not yet'))
    assert.deepEqual(await faults({ passed: ['a', 'b', 'c', 'd'], outOfScope: {} }, run), [
      'b passed before: 1 is not 2',
      'c passed before: not yet',
      'd passed before: no such case',
    ])
  })

  test('fails when a case passes that it lacks', async () => {
    assert.deepEqual(await faults({ passed: ['a', 'c'], outOfScope: {} }, () => passed), [
      'b passes: --record adds it to the ledger',
    ])
  })

  test('grows and never loses', () => {
    const ledger = { sql: { passed: ['b'], outOfScope: { x: 'not wanted' } }, cep: { passed: [], outOfScope: {} } }
    assert.deepEqual(grownLedger(ledger, 'sql', ['a']), { ...ledger, sql: { ...ledger.sql, passed: ['a', 'b'] } })
    assert.deepEqual(grownLedger(ledger, 'sql', []), ledger)
  })
})

describe('running cases', () => {
  const cases = ['a', 'b', 'c', 'd'].map((id) => ({ id }))

  test('what a runner throws fails that case alone, and so does an answer that is no verdict', async () => {
    const results = await runCases(cases, {
      run: async ({ id }) => {
        if (id === 'b') throw 'lost'
        return id === 'c' ? ({ verdict: 'fine' } satisfies Verdict) : passed
      },
    })
    assert.deepEqual(results.passed, ['a', 'd'])
    assert.deepEqual(results.failed, [
      { id: 'b', reason: 'lost' },
      { id: 'c', reason: 'the runner gave no verdict' },
    ])
  })

  test('a case out of scope is skipped with its reason and not run', async () => {
    const ran: string[] = []
    const run = ({ id }: Case) => {
      ran.push(id)
      return passed
    }
    const results = await runCases(cases, { run, outOfScope: { c: 'Java only' } })
    assert.deepEqual(ran, ['a', 'b', 'd'])
    assert.deepEqual(results.skipped, [{ id: 'c', reason: 'Java only' }])
  })

  test('an id selects its case, a part of ids all of those', () => {
    const some = ['x.a', 'x.a#2', 'y.b'].map((id) => ({ id }))
    assert.deepEqual(selectCases(some, 'x.a'), [{ id: 'x.a' }])
    assert.deepEqual(selectCases(some, 'x.'), [{ id: 'x.a' }, { id: 'x.a#2' }])
  })
})

describe('the command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-conformance-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const conformance = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...words], { encoding: 'utf8' })
    return { status, stdout, stderr: stderr.split('\nusage:')[0]!.trimEnd() }
  }
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }

  test('prints the counts last, and writes them to a report', () => {
    const cases = file('cases.json', '[{"id":"one","sql":"SELECT 1"},{"id":"two","sql":"SELECT 2"}]')
    const report = join(folder, 'report.json')
    const { status, stdout, stderr } = conformance('sql', '--cases', cases, '--filter', 'two', '--report', report)
    assert.equal(stderr, '')
    assert.match(stdout, /^\d+ passed, \d+ failed, \d+ skipped$/m)
    const { passed, failed, skipped } = JSON.parse(readFileSync(report, 'utf8')) as Results
    assert.ok(stdout.endsWith(`\n${passed.length} passed, ${failed.length} failed, ${skipped.length} skipped\n`))
    assert.equal(passed.length + failed.length + skipped.length, 1)
    assert.equal(status, failed.length > 0 ? 1 : 0)
  })

  const cepCases = file('cep.json', '[{"id":"one","pattern":[]}]')
  const refusals: readonly (readonly [words: readonly string[], message: string])[] = [
    [[], 'say which cases: sql or cep'],
    [['csv'], "the cases are sql or cep, not 'csv'"],
    [['toString'], "the cases are sql or cep, not 'toString'"],
    [['sql', 'cep'], "one kind at a time; 'cep' is too much"],
    [['sql', '--case', 'x'], "Unknown option '--case'"],
    [['sql', '--filter', 'a', '--filter', 'b'], '--filter is given twice'],
    [['sql', '--cases', 'nowhere.json'], "no file 'nowhere.json'"],
    [['sql', '--cases', cepCases], `one in '${cepCases}' is no sql case: it has no 'sql'`],
    [['sql', '--cases', cepCases, '--record'], '--record is for our own cases, not for --cases'],
    [['cep', '--cases', cepCases, '--filter', 'two'], "none of the 1 cases has 'two' in its id"],
  ]
  for (const [words, message] of refusals) {
    test(`refuses: ${message.replace(folder, '')}`, () => {
      assert.deepEqual(conformance(...words), { status: 2, stdout: '', stderr: `conformance: ${message}` })
    })
  }

  test('refuses files that are no lists of cases', () => {
    const bad = {
      'not JSON': '[',
      'not a list of cases': '{}',
      'no id': '[{"sql":""}]',
      'the id a': '[{"id":"a","sql":""},{"id":"a","sql":""}]',
    }
    for (const [why, text] of Object.entries(bad)) {
      const { status, stderr } = conformance('sql', '--cases', file('bad.json', text))
      assert.equal(status, 2)
      assert.ok(stderr.includes(why), stderr)
    }
  })
})
