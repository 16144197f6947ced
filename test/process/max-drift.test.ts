import assert from 'node:assert/strict'
import fs from 'node:fs'
import { describe, test } from 'node:test'
import { row, sleep, start as tidemark, workFolder } from './tidemark.ts'

const { folder, at } = workFolder()
const ROWS = 20_000
const SECOND = 1000

/** One input with hours of rows at hand, one with the first of these hours. */
function begin(name: string, ...flags: readonly string[]) {
  const [fast, slow] = [`${name}-fast`, `${name}-slow`]
  fs.writeFileSync(at(fast), Array.from({ length: ROWS }, (_, i) => row(i, { from: 'fast' })).join(''))
  fs.writeFileSync(at(slow), row(0, { from: 'slow' }))
  const running = tidemark(['-t', 'ts', '--follow', ...flags, 'filter', 'true', fast, slow], { cwd: folder })
  return { running, slow: at(slow) }
}

/** What has come when for a while nothing more does. */
async function settled(running: ReturnType<typeof begin>['running']): Promise<readonly string[]> {
  for (let before = -1; ; ) {
    const rows = running.stdout.split('\n').slice(0, -1)
    if (rows.length === before) return rows
    before = rows.length
    await sleep(400)
  }
}

describe('--max-drift', { concurrency: true }, () => {
  test('an input that is ahead is not read until the slowest has come nearer', async () => {
    const { running, slow } = begin('waits', '--max-drift', '1h')
    await running.lines(3_600)
    const held = await settled(running)
    assert.ok(held.length < ROWS, 'all rows came')
    fs.appendFileSync(slow, row(8 * 3_600, { from: 'slow' }))
    await running.lines(ROWS + 2)
    await running.kill('SIGTERM')
  })

  test('an input that is idle is not waited for', async () => {
    const { running } = begin('idle', '--max-drift', '1h', '--idle-timeout', `${SECOND}ms`)
    await running.lines(ROWS + 1)
    await running.kill('SIGTERM')
  })
  test('an input without event time is not waited for', async () => {
    fs.writeFileSync(at('timed'), Array.from({ length: ROWS }, (_, i) => row(i, { from: 'timed' })).join(''))
    fs.writeFileSync(at('timeless'), '{"a":1}\n')
    fs.writeFileSync(
      at('pipeline.yaml'),
      `tidemark: 1
sources:
  timed: { file: timed, follow: true, time: ts, max-drift: 1h }
  timeless: { file: timeless, follow: true }
steps: [{ from: [timed, timeless], filter: "true" }]
`,
    )
    const running = tidemark(['run', 'pipeline.yaml'], { cwd: folder })
    await running.lines(ROWS + 1)
    await running.kill('SIGTERM')
  })
})
