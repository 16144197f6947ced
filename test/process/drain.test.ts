import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import { test } from 'node:test'
import { type Ended, shell, sleep, workFolder } from './tidemark.ts'

const { at } = workFolder()
const NOT_DRAINED =
  /^tidemark: rows were still on their way out 300ms after the signal \[E_NOT_DRAINED\]\n {2}hint: .*\n$/

/** Runs a shell line whose `exec tidemark` writes into a pipe that nobody reads, and signals it once it is stuck. */
async function stuck(name: string, line: string, signals: readonly NodeJS.Signals[]): Promise<Ended> {
  execFileSync('mkfifo', [at(name)])
  const unread = fs.openSync(at(name), fs.constants.O_RDONLY | fs.constants.O_NONBLOCK)
  const running = shell(`${line} > ${at(name)}`, { detached: true })
  await sleep(2500)
  for (const signal of signals) process.kill(-running.child.pid!, signal)
  const ended = await running.ended
  fs.closeSync(unread)
  return ended
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal}: a sink that takes nothing within --drain-timeout ends the run with 15`, async () => {
    fs.writeFileSync(at(`${signal}.ndjson`), '{"v":1}\n'.repeat(200_000))
    const line = `exec tidemark --drain-timeout 300ms filter 'v > 0' ${at(`${signal}.ndjson`)}`
    const { stderr, exit } = await stuck(signal, line, [signal])
    assert.match(stderr, NOT_DRAINED)
    assert.equal(exit, 15)
  })
}

test('a run with --state that was not drained goes on from its last checkpoint', async () => {
  const rows = 200_000
  fs.writeFileSync(at('rows.ndjson'), Array.from({ length: rows }, (_, v) => `{"v":${v}}\n`).join(''))
  const words = `-q --state ${at('st')} --checkpoint-interval rows:1000 --drain-timeout 300ms filter 'v >= 0' ${at('rows.ndjson')}`
  const first = await stuck('state', `exec tidemark ${words}`, ['SIGTERM'])
  assert.match(first.stderr, NOT_DRAINED)
  assert.equal(first.exit, 15)
  const { stdout, stderr, exit } = await shell(`exec tidemark ${words}`).ended
  assert.deepEqual({ stderr, exit }, { stderr: '', exit: 0 })
  const values = stdout
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { v: number }).v)
  assert.ok(values[0]! > 0, 'a checkpoint was decided before the pipe was full')
  assert.deepEqual(
    values,
    Array.from({ length: rows - values[0]! }, (_, i) => values[0]! + i),
    'nothing is missing',
  )
})
