// Runs the compiled tests: `node scripts/test.mjs [PART-OF-A-PATH]...`. Prints failures in full, otherwise only a line of progress on a
// terminal, and at the end the plain line `N passed, N failed`, with `, N skipped` if any were.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { run } from 'node:test'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)

/** Compiled tests whose source is still there; what a removed test left behind goes. */
function compiledTests(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith('.test.js'))
    .sort()
    .filter((file) => {
      if (existsSync(join('test', file.replace(/\.js$/, '.ts')))) return true
      rmSync(join(folder, file))
      return false
    })
    .map((file) => join(folder, file))
}

/** The part of an error that helps: not the runner's wrapper around it, nor Node's own frames. */
function describeError({ cause = undefined, message }) {
  if (cause === undefined) return message
  if (!(cause instanceof Error) || cause.stack === undefined) return typeof cause === 'string' ? cause : inspect(cause)
  const stack = cause.stack.split('\n').filter((line) => !/^\s+at .*\bnode:/.test(line))
  const further = cause.cause === undefined ? '' : `\ncaused by ${describeError({ cause: cause.cause })}`
  return stack.join('\n') + further
}

const indent = (text) => text.replace(/^/gm, '    ')

const parts = process.argv.slice(2)
const files = compiledTests('build/test').filter(
  (file) => parts.length === 0 || parts.some((part) => file.includes(part)),
)
if (files.length === 0) {
  process.stderr.write(`no test file has ${parts.join(' or ')} in its path\n`)
  process.exit(1)
}

const counts = { passed: 0, failed: 0, skipped: 0 }
const isTerminal = process.stdout.isTTY
const clearProgress = () => isTerminal && process.stdout.write('\r\x1b[K')

function showProgress(file) {
  if (!isTerminal) return
  clearProgress()
  const line = `${counts.passed} passed, ${counts.failed} failed  ${file ? relative(root, file) : ''}`
  process.stdout.write(line.slice(0, (process.stdout.columns ?? 80) - 1))
}

/** A suite only sums up its tests, unless it failed by itself. */
const isSummary = ({ details }) => details.type === 'suite'
const failsThroughSubtests = ({ details }) => details.error?.failureType === 'subtestsFailed'

/** The runner reports a file itself only where no test in it was reported: it left before its first test ended. */
const isFileItself = ({ name, file, nesting }) => nesting === 0 && name === file

function report({ name, file, line }, reason) {
  counts.failed += 1
  clearProgress()
  const place = file ? `${relative(root, file)}${line ? `:${line}` : ''}` : ''
  process.stdout.write(`FAILED ${name}  ${place}\n${indent(reason)}\n`)
  showProgress(file)
}

const stream = run({ files: files.map((file) => join(root, file)), concurrency: 2 })
stream.on('test:pass', (event) => {
  if (isSummary(event)) return
  if (isFileItself(event)) return report(event, 'the file ended without a result of any test')
  if (event.skip !== undefined || event.todo !== undefined) counts.skipped += 1
  else counts.passed += 1
  if (event.skip !== undefined) {
    clearProgress()
    process.stdout.write(`skipped: ${event.name}${typeof event.skip === 'string' ? ` (${event.skip})` : ''}\n`)
  }
  showProgress(event.file)
})
stream.on('test:fail', (event) => {
  if (!failsThroughSubtests(event)) report(event, describeError(event.details.error))
})
for (const kind of ['test:stdout', 'test:stderr']) {
  stream.on(kind, ({ message }) => {
    clearProgress()
    process.stdout.write(message)
  })
}
for await (const _event of stream);
clearProgress()
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed${skipped}\n`)
process.exitCode = counts.failed > 0 ? 1 : 0
