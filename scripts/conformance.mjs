// Runs Flink's own tests as data: npm run conformance -- sql|cep [--cases FILE] [--filter ID] [--report OUT.json] [--record]
// The last line is `N passed, N failed, N skipped`; the exit status 1 if any failed, 2 if the command line or a file is not right.
// fixtures/conformance/README.md describes the cases, and what a runner promises.
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, 'fixtures/conformance/')
const LEDGER = join(folder, 'ledger.json')

const passed = { verdict: 'passed' }
const failed = (reason) => ({ verdict: 'failed', reason })
const skipped = (reason) => ({ verdict: 'skipped', reason })

/** A module of the tests, without a compiled build of them. */
async function bundled(path) {
  const options = { bundle: true, format: 'esm', platform: 'node', target: 'node20', write: false, logLevel: 'warning' }
  const { outputFiles } = await build({ ...options, absWorkingDir: root, entryPoints: [path] })
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`)
}

/**
 * The kinds of cases. `files` are run without --cases; every case of the kind has the member `marks`. `runner` gives the function that
 * runs one case and compares, `(testCase) => passed | failed(reason) | skipped(reason)`, or a promise of it; it is asked for once, before
 * the first case. What it throws fails its case.
 */
export const KINDS = {
  sql: {
    files: ['sql/cases.json'],
    marks: 'sql',
    runner: async () => () => skipped('needs the SQL front end'),
  },
  cep: {
    files: ['cep/cases.json', 'cep/error-cases.json'],
    marks: 'pattern',
    runner: async () => {
      const { faultOf } = await bundled('test/cep/flink-case.ts')
      return (testCase) => {
        const fault = faultOf(testCase)
        return fault === undefined ? passed : failed(fault)
      }
    },
  },
}

/** What the one who typed the command can put right. */
export class UsageError extends Error {}

function readJson(path) {
  let text
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(error.code === 'ENOENT' ? `no file '${path}'` : `cannot read '${path}': ${error.message}`)
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UsageError(`'${path}' is not JSON: ${error.message}`)
  }
}

/** The cases of a file, or of the kind's own files, in their order. Throws `UsageError` for a file of another shape or kind. */
export function readCases(kind, file) {
  const { files, marks } = KINDS[kind]
  const ids = new Set()
  const readFile = (path) => {
    const cases = readJson(path)
    if (!Array.isArray(cases)) throw new UsageError(`'${path}' is not a list of cases`)
    for (const [i, testCase] of cases.entries()) {
      const id = testCase?.id
      if (typeof id !== 'string' || id === '') throw new UsageError(`case ${i + 1} of '${path}' has no id`)
      if (!(marks in testCase)) throw new UsageError(`${id} in '${path}' is no ${kind} case: it has no '${marks}'`)
      if (ids.has(id)) throw new UsageError(`two cases in '${path}' have the id ${id}`)
      ids.add(id)
    }
    return cases
  }
  return (file === undefined ? files.map((name) => join(folder, name)) : [file]).flatMap(readFile)
}

/** The case of that id, or if there is none, those with it in their id. */
export function selectCases(cases, id) {
  const exact = cases.filter((testCase) => testCase.id === id)
  const found = exact.length > 0 ? exact : cases.filter((testCase) => testCase.id.includes(id))
  if (found.length === 0) throw new UsageError(`none of the ${cases.length} cases has '${id}' in its id`)
  return found
}

export function readLedger() {
  return readJson(LEDGER)
}

async function verdictOf(run, testCase) {
  try {
    const verdict = await run(testCase)
    if (!['passed', 'failed', 'skipped'].includes(verdict?.verdict)) return failed('the runner gave no verdict')
    return verdict
  } catch (error) {
    return failed(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
}

/**
 * Runs cases one after another. `outOfScope` gives for the id of a case the reason why it is not run. Returns `passed`, ids; `failed` and
 * `skipped`, ids with their reasons; each in the order of the cases.
 */
export async function runCases(cases, { run, outOfScope = {} }) {
  const results = { passed: [], failed: [], skipped: [] }
  for (const testCase of cases) {
    const { id } = testCase
    const isOut = Object.hasOwn(outOfScope, id)
    const { verdict, reason } = isOut ? skipped(outOfScope[id]) : await verdictOf(run, testCase)
    results[verdict].push(verdict === 'passed' ? id : { id, reason: reason ?? 'no reason given' })
  }
  return results
}

/** What `--report` writes. */
export const reportOf = ({ passed, failed, skipped }) => ({ passed, failed: failed.map(({ id }) => id), skipped })

/** The ledger with what passed added; it loses nothing. */
export function grownLedger(ledger, kind, ids) {
  const all = [...new Set([...ledger[kind].passed, ...ids])].sort()
  return { ...ledger, [kind]: { ...ledger[kind], passed: all } }
}

function printResults({ passed, failed, skipped }) {
  const lines = failed.map(({ id, reason }) => `FAILED ${id}\n${reason.replace(/^/gm, '    ')}`)
  const reasons = new Map()
  for (const { reason } of skipped) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  for (const [reason, count] of reasons) lines.push(`skipped ${count}: ${reason}`)
  lines.push(`${passed.length} passed, ${failed.length} failed, ${skipped.length} skipped`)
  writeSync(1, `${lines.join('\n')}\n`)
}

const USAGE = 'usage: npm run conformance -- sql|cep [--cases FILE] [--filter ID] [--report OUT.json] [--record]'

function readArguments(words) {
  const text = { type: 'string', multiple: true, default: [] }
  const options = { cases: text, filter: text, report: text, record: { type: 'boolean', default: false } }
  let parsed
  try {
    parsed = parseArgs({ args: words, options, allowPositionals: true })
  } catch (error) {
    throw new UsageError(`${error.message.split('. ')[0]}\n${USAGE}`)
  }
  const { positionals, values } = parsed
  const kinds = Object.keys(KINDS).join(' or ')
  if (positionals.length === 0) throw new UsageError(`say which cases: ${kinds}\n${USAGE}`)
  const [kind, ...others] = positionals
  if (!Object.hasOwn(KINDS, kind)) throw new UsageError(`the cases are ${kinds}, not '${kind}'\n${USAGE}`)
  if (others.length > 0) throw new UsageError(`one kind at a time; '${others.join(' ')}' is too much\n${USAGE}`)
  const one = (name) => {
    const [value, second] = values[name]
    if (second !== undefined) throw new UsageError(`--${name} is given twice`)
    if (value === '') throw new UsageError(`--${name} needs a value`)
    return value
  }
  const wanted = { kind, cases: one('cases'), filter: one('filter'), report: one('report'), record: values.record }
  if (wanted.record && wanted.cases !== undefined)
    throw new UsageError('--record is for our own cases, not for --cases')
  return wanted
}

function openReport(path) {
  try {
    return openSync(path, 'w')
  } catch (error) {
    throw new UsageError(`cannot write '${path}': ${error.message}`)
  }
}

async function main(words) {
  const { kind, cases: file, filter, report, record } = readArguments(words)
  const all = readCases(kind, file)
  const cases = filter === undefined ? all : selectCases(all, filter)
  const ledger = readLedger()
  const output = report === undefined ? null : openReport(report)
  const run = await KINDS[kind].runner({ passed, failed, skipped })
  const results = await runCases(cases, { run, outOfScope: ledger[kind].outOfScope })
  if (output !== null) {
    writeFileSync(output, `${JSON.stringify(reportOf(results), null, 2)}\n`)
    closeSync(output)
  }
  if (record) writeFileSync(LEDGER, `${JSON.stringify(grownLedger(ledger, kind, results.passed), null, 2)}\n`)
  printResults(results)
  return results.failed.length > 0 ? 1 : 0
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.exitCode = await main(process.argv.slice(2))
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.stderr.write(`conformance: ${error.message}\n`)
    process.exitCode = 2
  }
}
