import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { Script } from 'node:vm'
import { REPOSITORY } from './repository.ts'

interface Start {
  readonly name: string
  readonly leastCpu: number
}

interface Startup {
  measureStartup(runs: number): readonly Start[]
  startupTable(measured: readonly Start[]): readonly string[]
}

const dist = (name: string) => join(REPOSITORY, 'dist', name)

test('the compiled code fits the program beside it', () => {
  const cachedData = readFileSync(dist(`program-${process.version}-${process.arch}.cache`))
  const script = new Script(readFileSync(dist('program.cjs'), 'latin1'), { cachedData })
  assert.equal(script.cachedDataRejected, false)
})

test('the program is ASCII: read as latin1 it is the same', () => {
  // a regular expression is left as it is written: there the characters beyond ASCII have to be escaped by hand
  assert.deepEqual(readFileSync(dist('program.cjs'), 'utf8').match(/.{0,30}[^\0-\x7f].{0,30}/g), null)
})

test('a start copies no names of a built-in module that every run needs', () => {
  const copied = /__toESM\(require\("node:(?:fs|net|path|util|crypto)"\)/
  for (const name of ['main.cjs', 'program.cjs']) assert.ok(!copied.test(readFileSync(dist(name), 'utf8')), name)
})

/** Measured: 1.0 and 1.3 times bare node; without compiled code 2. The bounds in ms are for a quiet machine: bench/startup.mjs. */
test('asking for the version costs what bare node costs, a small job less than two thirds more', async () => {
  const { measureStartup, startupTable } = (await import(
    pathToFileURL(join(REPOSITORY, 'bench/startup.mjs')).href
  )) as Startup
  const measured = measureStartup(5)
  const [bare, version, ...jobs] = measured.map(({ leastCpu }) => leastCpu)
  const table = startupTable(measured).join('\n')
  assert.ok(version! < 1.25 * bare!, table)
  for (const job of jobs) assert.ok(job < 1.67 * bare!, table)
})
