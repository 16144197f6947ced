import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bytesText, countText, secondsText } from '../../src/cli/amounts.ts'
import { ProgressLine } from '../../src/cli/progress.ts'
import { FakeClock } from '../../src/time/clock.ts'

describe('the progress line', () => {
  const setUp = () => {
    const clock = new FakeClock(0)
    const shown: string[] = []
    const at = { rowsRead: 0, read: 0, watermark: -Infinity }
    const line = new ProgressLine({
      clock,
      bytes: () => ({ read: at.read, total: 100_000_000 }),
      show: (text) => shown.push(text),
    })
    line.begin({ progress: () => ({ ...at, checkpointed: null }) })
    const go = (ms: number, rows: number, bytes: number) => {
      clock.advance(ms)
      at.rowsRead += rows
      at.read += bytes
      line.beat()
    }
    return { at, shown, line, go }
  }

  test('comes after half a second, and then five times a second at the most', () => {
    const { shown, go } = setUp()
    for (let i = 0; i < 49; i += 1) go(10, 100, 1000)
    assert.deepEqual(shown, [])
    for (let i = 0; i < 51; i += 1) go(10, 100, 1000)
    assert.equal(shown.length, 3)
  })

  test('tells the share, the bytes, the rate, the watermark and the time that is left', () => {
    const { at, shown, go } = setUp()
    at.watermark = Date.UTC(2024, 4, 1, 10)
    go(1000, 1_250_000, 20_000_000)
    assert.deepEqual(shown, ['20 %  20.0 MB of 100 MB  1.3M rows/s  4 s left  watermark 2024-05-01T10:00:00Z'])
  })

  test('goes by the rate of the last seconds', () => {
    const { shown, go } = setUp()
    for (let i = 0; i < 10; i += 1) go(1000, 1000, 1_000_000)
    for (let i = 0; i < 4; i += 1) go(1000, 9000, 1_000_000)
    assert.equal(shown.at(-1), '14 %  14.0 MB of 100 MB  9.0k rows/s  1 min 26 s left')
  })

  test('is taken away at the end', () => {
    const { shown, line } = setUp()
    line.end()
    assert.deepEqual(shown, [''])
  })
})

test('amounts are as short as can be', () => {
  assert.deepEqual([0, 999, 1000, 12_345, 999_960, 1.5e9, 3e15].map(bytesText), [
    '0 B',
    '999 B',
    '1.0 kB',
    '12.3 kB',
    '1.0 MB',
    '1.5 GB',
    '3.0 PB',
  ])
  assert.deepEqual([0, 999, 1_249_999, 5e13].map(countText), ['0', '999', '1.2M', '50.0T'])
  assert.deepEqual([0, 59.4, 59.6, 3599, 3660, 7801, 200_000].map(secondsText), [
    '0 s',
    '59 s',
    '1 min 00 s',
    '59 min 59 s',
    '1 h 01 min',
    '2 h 10 min',
    '2 d',
  ])
})
