import assert from 'node:assert/strict'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { type Ended, start, workFolder } from '../process/tidemark.ts'
import { CHAIN, KILLED, OUTPUTS, SINKS, WORDS } from './killed-fixture.ts'

const { at } = workFolder()

/** A copy of the killed job in a folder of its own. */
function copy(name: string) {
  cpSync(KILLED, at(name), { recursive: true })
  const read = (file: string) => readFileSync(`${at(name)}/${file}`, 'utf8')
  return {
    run: (words: readonly string[]): Promise<Ended> => start(['-q', ...words], { cwd: at(name) }).ended,
    dump: (...words: readonly string[]) => start(['state', 'dump', 'st', ...words], { cwd: at(name) }).ended,
    read,
    outputs: () => OUTPUTS.map(read),
    wanted: OUTPUTS.map((file) => read(`whole/${file}`)),
    file: (file: string) => `${at(name)}/${file}`,
  }
}

const FINE: Ended = { stdout: '', stderr: '', exit: 0 }

test('a job that a release of format 1 left killed goes on, in a copy of its directory, to the same bytes', async () => {
  const { run, outputs, wanted } = copy('goes-on')
  assert.notDeepEqual(outputs(), wanted)
  assert.deepEqual(await run(WORDS), FINE)
  assert.deepEqual(outputs(), wanted)
  assert.deepEqual(await run(WORDS), FINE)
  assert.deepEqual(outputs(), wanted)
})

test('two copies of one directory do not disturb each other, nor the one they were made of', async () => {
  const [one, other] = [copy('one'), copy('other')]
  await one.run(WORDS)
  assert.deepEqual(await other.run(WORDS), FINE)
  assert.deepEqual(one.outputs(), one.wanted)
  assert.deepEqual(other.outputs(), other.wanted)
})

test('its epoch before the last is dumped, restored, and goes on', async () => {
  const { run, dump, read, wanted, file } = copy('before')
  const refused = await dump()
  assert.equal(refused.exit, 7)
  const epoch = /dump the one before: --epoch (\d+)/.exec(refused.stderr)![1]!
  const { stdout, exit } = await dump('--epoch', epoch)
  assert.equal(exit, 0)
  writeFileSync(file('s.ndjson'), stdout)
  const { committables } = JSON.parse(stdout.split('\n')[0]!).root
  const roles = ['rows', 'late', 'bad']
  const held = roles.map((role) => committables[role].length + (committables[role].segment?.length ?? 0))
  // what came after it was never committed: with its files as they were then, it is the state of that moment
  assert.deepEqual(
    OUTPUTS.map((name) => Buffer.byteLength(read(name))),
    held,
  )
  assert.deepEqual(await run(['--restore', 's.ndjson', '--state', 'new', ...SINKS, ...CHAIN]), FINE)
  assert.deepEqual(OUTPUTS.map(read), wanted)
})
