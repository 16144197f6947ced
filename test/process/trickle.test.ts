import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import { describe, test } from 'node:test'
import { type Running, row, shell, sleep, start, workFolder } from './tidemark.ts'

const { at } = workFolder()
const ROWS = 60
const PAUSE = 20

/** Milliseconds between two rows of a trickle and event time that goes on as fast, in seconds. */
const trickleRow = (i: number) => row((i * PAUSE) / 1000, { v: i })

/**
 * Sends a row every 20 ms; returns the time from each row's sending to the arrival of the line it frees. `behind`: how many rows later a
 * result is due: with windows of one row, the next row closes it.
 */
async function waitsOf(running: Running, send: (text: string) => void, behind = 0): Promise<number[]> {
  const sent: number[] = []
  const waits: number[] = []
  running.child.stdout!.on('data', (text: string) => {
    const now = performance.now()
    for (const _ of text.matchAll(/\n/g)) waits.push(now - sent[waits.length + behind]!)
  })
  for (let i = 0; i < ROWS; i += 1) {
    sent.push(performance.now())
    send(trickleRow(i))
    await sleep(PAUSE)
  }
  // the last row's results are out, and nothing but them
  assert.equal(waits.length, ROWS - behind, 'a result was held back')
  return waits
}

function assertQuick(waits: readonly number[]): void {
  const sorted = waits.toSorted((a, b) => a - b)
  const median = sorted[sorted.length >> 1]!
  const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1]!
  // On a quiet machine p99 is 2 to 3 ms; beside other tests three processes have to find a free core. The load average lags behind.
  const isBusy = os.loadavg()[0]! > os.availableParallelism() / 4
  assert.ok(median < (isBusy ? 100 : 3), `median ${median} ms`)
  assert.ok(p99 < (isBusy ? 1000 : 5), `p99 ${p99} ms of ${waits.map(Math.round)}`)
}

/** Start-up is not what is measured: a row that is dropped by no step comes through before the trickle begins. */
async function warm(running: Running, send: (text: string) => void, due: number): Promise<void> {
  send(row(-100, { v: 0 }))
  send(row(-99, { v: 0 }))
  await running.lines(due)
}

describe('one line per 20 ms comes out as it comes in', { concurrency: false }, () => {
  test('through a filter', async () => {
    const running = start(['-t', 'ts', 'filter', 'v >= 0'])
    const send = (text: string) => running.send(text)
    await warm(running, send, 2)
    assertQuick(await waitsOf(running, send))
    const { exit, stderr } = await running.end()
    assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
  })

  test('through a chain with windows of one row, between real pipes', async () => {
    const chain = "filter 'v >= 0' then dedup -b v,ts --within 1m then tumble 20ms -b v then select 'v, count'"
    const running = shell(`cat | tidemark -t ts ${chain} | cat`)
    const send = (text: string) => running.send(text)
    await warm(running, send, 1)
    send(row(-1, { v: 0 }))
    await running.lines(2)
    // the warm-up's last window is closed by the first row
    const waits = await waitsOf(running, send, 0)
    assertQuick(waits)
    const { exit, stderr, stdout } = await running.end()
    assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
    assert.equal(stdout.split('\n').length, ROWS + 4)
  })

  test('out of a file that tail -F follows', async () => {
    const log = at('app.log')
    fs.writeFileSync(log, '')
    const running = shell(`tail -n +1 -F ${log} 2>/dev/null | tidemark -t ts filter 'v >= 0'`, { detached: true })
    const send = (text: string) => fs.appendFileSync(log, text)
    await warm(running, send, 2)
    assertQuick(await waitsOf(running, send))
    process.kill(-running.child.pid!, 'SIGTERM')
    await running.ended
    assert.equal(running.stdout, fs.readFileSync(log, 'utf8'))
  })
})
