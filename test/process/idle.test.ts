import assert from 'node:assert/strict'
import { test } from 'node:test'
import { row, shell, sleep, start } from './tidemark.ts'

const MINUTE = (start: number, count: number) =>
  `{"window_start":"2024-05-01T10:0${start}:00Z","window_end":"2024-05-01T10:0${start + 1}:00Z","count":${count}}\n`
/** A timer of the process under test may be late on a busy machine by this much, ms. */
const SLACK = 1500

test('with --idle-timeout the last window fires by the wall clock, and rows that come later than that are late', async () => {
  const running = start(['-t', 'ts', '--idle-timeout', '300ms', 'tumble', '1m'])
  running.send(row(0) + row(59.5)) // 0.5 s are missing to the end of the window, and 300 ms to be idle
  await sleep(0)
  const before = performance.now()
  await running.lines(1)
  const waited = performance.now() - before
  assert.equal(running.stdout, MINUTE(0, 2))
  assert.ok(waited > 750 && waited < 800 + SLACK, `fired after ${Math.round(waited)} ms`)
  const { stdout, stderr, exit } = await running.end(row(59) + row(60) + row(61))
  assert.deepEqual({ stdout, exit }, { stdout: MINUTE(0, 2) + MINUTE(1, 2), exit: 0 })
  assert.match(stderr, /^tidemark: warning: 1 of 5 rows came too late and was dropped \[W_LATE\]\n {2}hint: -w .*\n$/)
})

test('without it a window waits for a later row or the end of input', async () => {
  const running = start(['-t', 'ts', 'tumble', '1m'])
  running.send(row(0) + row(59.99))
  await sleep(900)
  assert.equal(running.stdout, '')
  const { stdout, stderr, exit } = await running.end(row(59))
  assert.deepEqual({ stdout, stderr, exit }, { stdout: MINUTE(0, 3), stderr: '', exit: 0 })
})

test('the watermark delay is waited for as well, and a row in time keeps the window open', async () => {
  const running = start(['-t', 'ts', '-w', '400ms', '--idle-timeout', '200ms', 'tumble', '1m'])
  running.send(row(59.9))
  const before = performance.now()
  await sleep(350)
  running.send(row(59))
  await running.lines(1)
  const waited = performance.now() - before
  assert.equal(running.stdout, MINUTE(0, 2))
  // idle from 550 ms on, with what the clock had made up before the second row (150 ms of the 501)
  assert.ok(waited > 800 && waited < 1100 + SLACK, `fired after ${Math.round(waited)} ms`)
  const { stderr, exit } = await running.end()
  assert.deepEqual({ stderr, exit }, { stderr: '', exit: 0 })
})

test('rows that keep coming keep the clock out, however little they move event time', async () => {
  const running = start(['-t', 'ts', '--idle-timeout', '400ms', 'tumble', '1m'])
  running.send(row(59.9))
  for (let i = 0; i < 12; i += 1) {
    await sleep(80)
    running.send(row(59.9))
  }
  assert.equal(running.stdout, '')
  await running.lines(1)
  assert.equal(running.stdout, MINUTE(0, 13))
  await running.end()
})

test('one of two merged pipes that falls silent does not hold the other back', async () => {
  const silent = `<(echo '${row(0).trim()}'; exec sleep 2.5)`
  const running = shell(`tidemark -t ts --merge --idle-timeout 300ms tumble 1m ${silent} -`)
  const before = performance.now()
  while (running.stdout === '' && performance.now() - before < 2400) {
    running.send(row(60))
    await sleep(50)
  }
  assert.ok(performance.now() - before < 2000, 'long before the silent input ended')
  assert.equal(running.stdout, MINUTE(0, 1))
  const { stderr, exit } = await running.end(row(121))
  assert.deepEqual({ stderr, exit }, { stderr: '', exit: 0 })
  assert.ok(running.stdout.endsWith(MINUTE(2, 1)))
})

test('an input that has ended is not an idle one: the others, silent, still wait for the clock', async () => {
  const running = shell(
    `tidemark -t ts --merge --idle-timeout 200ms tumble 1m <(echo '${row(0).trim()}'; exec sleep 0.7) -`,
  )
  running.send(row(1))
  await sleep(1300)
  assert.equal(running.stdout, '')
  const { stdout, stderr, exit } = await running.end(row(2))
  assert.deepEqual({ stdout, stderr, exit }, { stdout: MINUTE(0, 3), stderr: '', exit: 0 })
})
