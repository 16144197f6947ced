import assert from 'node:assert/strict'
import fs from 'node:fs'
import { test } from 'node:test'
import { row, start, workFolder } from './tidemark.ts'

const { at } = workFolder()

/** A `systemd-notify` that writes down what it is told. */
function notified(name: string): { readonly env: NodeJS.ProcessEnv; readonly words: () => string[] } {
  fs.mkdirSync(at(name))
  const log = at(`${name}/log`)
  fs.writeFileSync(log, '')
  fs.writeFileSync(at(`${name}/systemd-notify`), `#!/bin/sh\nprintf '%s\\n' "$@" >> '${log}'\n`, { mode: 0o755 })
  const PATH = `${at(name)}:${process.env['PATH']}`
  return {
    env: { PATH, NOTIFY_SOCKET: '@not-there' },
    words: () => fs.readFileSync(log, 'utf8').split('\n').slice(0, -1),
  }
}

const until = async (isSo: () => boolean): Promise<void> => {
  for (let tries = 0; !isSo(); tries += 1) {
    assert.ok(tries < 500, 'it never came')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const tidemark = `${process.cwd()}/bin/tidemark`

test('systemd is told that the job is ready, alive while it waits, how far it is, and that it stops', async () => {
  const { env, words } = notified('alive')
  const running = start(['-q', '-t', 'ts', '--state', at('st'), 'tumble', '1m'], {
    env: {
      ...process.env,
      ...env,
      PATH: `${env['PATH']}:${tidemark.replace(/\/[^/]*$/, '')}`,
      WATCHDOG_USEC: '400000',
    },
  })
  await until(() => words().includes('READY=1'))
  running.send(row(0) + row(61))
  await until(() => words().filter((word) => word === 'WATCHDOG=1').length >= 3)
  const { exit } = await running.kill('SIGTERM')
  assert.equal(exit, 0)
  assert.equal(words()[0], 'READY=1')
  assert.equal(words().at(-1), 'STOPPING=1')
  const status = words().filter((word) => word.startsWith('STATUS='))
  assert.equal(status.length, 1, 'at most one line in five seconds')
  assert.match(status[0]!, /^STATUS=\d+ rows read, \d+ rows\/s/)
})

test('a run that cannot get on gives no sign of life', async () => {
  const { env, words } = notified('hung')
  fs.writeFileSync(at('rows.ndjson'), '{"v":1}\n'.repeat(200_000))
  const running = start(['--drain-timeout', '100ms', 'filter', 'v > 0', at('rows.ndjson')], {
    env: {
      ...process.env,
      ...env,
      PATH: `${env['PATH']}:${tidemark.replace(/\/[^/]*$/, '')}`,
      WATCHDOG_USEC: '200000',
    },
  })
  running.child.stdout!.pause()
  await until(() => words().includes('READY=1'))
  await new Promise((resolve) => setTimeout(resolve, 800))
  const before = words().length
  await new Promise((resolve) => setTimeout(resolve, 800))
  assert.equal(words().length, before)
  running.child.kill('SIGKILL')
})

test('without systemd-notify one warning says what is missing', async () => {
  fs.mkdirSync(at('none'))
  fs.symlinkSync(process.execPath, at('none/node'))
  const running = start(['filter', 'v > 0'], {
    env: {
      ...process.env,
      PATH: `${at('none')}:${tidemark.replace(/\/[^/]*$/, '')}`,
      NOTIFY_SOCKET: '/none',
    },
  })
  const { stdout, stderr, exit } = await running.end('{"v":1}\n')
  assert.deepEqual({ stdout, exit }, { stdout: '{"v":1}\n', exit: 0 })
  assert.match(
    stderr,
    /^tidemark: warning: the service manager gets no word: systemd-notify cannot be run \[W_NOTIFY\]\n/,
  )
})
