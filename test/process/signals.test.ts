import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import { test } from 'node:test'
import { type Running, row, shell, sleep, start, untilQuiet, workFolder } from './tidemark.ts'

const { at } = workFolder()
const DISCARDED =
  'tidemark: warning: the run was stopped: windows still open were discarded, not fired [W_INTERRUPTED]\n'
const FIRED = '{"window_start":"2024-05-01T10:00:00Z","window_end":"2024-05-01T10:01:00Z","count":1}\n'

/** A run over a live pipe that has fired one window and holds the next one open. */
async function holdingAWindow(): Promise<Running> {
  const running = start(['-t', 'ts', 'tumble', '1m'])
  running.send(row(0) + row(61))
  await running.lines(1)
  return running
}

for (const [signal, status] of [
  ['SIGTERM', 0],
  ['SIGINT', 130],
] as const) {
  test(`${signal} ends a live pipe with ${status}: open windows are discarded and told, what was finished is out`, async () => {
    const running = await holdingAWindow()
    assert.deepEqual(await running.kill(signal), { stdout: FIRED, stderr: DISCARDED, exit: status })
  })

  test(`${signal} says nothing where nothing was held`, async () => {
    const running = start(['filter', 'v > 0'])
    running.send('{"v":1}\n{"v":2')
    await running.lines(1)
    assert.deepEqual(await running.kill(signal), { stdout: '{"v":1}\n', stderr: '', exit: status })
  })

  test(`${signal} stops a run over an endless file between two rounds, with whole rows only`, async () => {
    const rows = Array.from({ length: 2000 }, (_, v) => JSON.stringify({ v })).join('\n')
    fs.writeFileSync(at('rows.ndjson'), `${rows}\n`)
    const files = Array.from({ length: 20_000 }, () => at('rows.ndjson'))
    const running = start([
      'filter',
      'v >= 0',
      '-i',
      at('rows.ndjson'),
      ...files.slice(0, 2500).flatMap((f) => ['-i', f]),
    ])
    await running.lines(1)
    const { stdout, stderr, exit } = await running.kill(signal)
    assert.deepEqual({ stderr, exit }, { stderr: '', exit: status })
    assert.ok(stdout.endsWith('}\n'), 'the last row is whole')
    const lines = stdout.trimEnd().split('\n')
    assert.ok(lines.length < 2000 * 2500, `${lines.length} rows came`)
    assert.ok(lines.every((line, i) => line === `{"v":${i % 2000}}`))
  })

  test(`${signal} ends a run that waits for the reader of a named pipe`, async () => {
    execFileSync('mkfifo', [at(signal)])
    const running = start(['-o', at(signal), 'filter', 'v > 0'])
    await sleep(2000) // on a busy machine it takes that long until signals are watched
    await untilQuiet(running.child.pid!)
    assert.deepEqual(await running.kill(signal), { stdout: '', stderr: '', exit: status })
  })
}

test('a second SIGINT ends the run at once, even if nobody reads its output', async () => {
  execFileSync('mkfifo', [at('blocked')])
  const unread = fs.openSync(at('blocked'), fs.constants.O_RDONLY | fs.constants.O_NONBLOCK)
  const running = shell(`yes '{"v":1}' | exec tidemark filter 'v > 0' > ${at('blocked')}`, { detached: true })
  await sleep(2000)
  const before = performance.now()
  process.kill(-running.child.pid!, 'SIGINT')
  await sleep(100)
  process.kill(-running.child.pid!, 'SIGINT')
  const { stderr } = await running.ended
  assert.equal(stderr, '')
  assert.ok(performance.now() - before < 2000)
  fs.closeSync(unread)
})

test('--quiet says nothing of the discarded windows either, --late and the counts are kept', async () => {
  const running = start([
    '-q',
    '-t',
    'ts',
    '--late',
    at('late.ndjson'),
    '--summary',
    at('summary.json'),
    'tumble',
    '1m',
  ])
  running.send(row(0) + row(61) + row(1))
  await running.lines(1)
  await untilQuiet(running.child.pid!)
  assert.deepEqual(await running.kill('SIGTERM'), { stdout: FIRED, stderr: '', exit: 0 })
  assert.match(fs.readFileSync(at('late.ndjson'), 'utf8'), /^\{.*"_late_by":1001,.*\}\n$/)
  const { read, out, late } = JSON.parse(fs.readFileSync(at('summary.json'), 'utf8'))
  assert.deepEqual({ read, out, late }, { read: 3, out: 1, late: 1 })
})
