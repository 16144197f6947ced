import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { describe, test } from 'node:test'
import { LiveModel, sparklineOf } from '../../src/cli/live/live-figures.ts'
import { LiveView } from '../../src/cli/live/live-view.ts'
import { openScreen } from '../../src/cli/live/screen.ts'
import type { JobSnapshot } from '../../src/job/snapshot.ts'
import { FakeClock } from '../../src/time/clock.ts'

const TEN = Date.UTC(2024, 4, 1, 10)

const snapshot = (rowsRead: number, more: Partial<JobSnapshot> = {}): JobSnapshot => ({
  inputs: [
    { name: 'app.ndjson', rowsRead, watermark: TEN },
    { name: 'web.ndjson', rowsRead: 10, watermark: -Infinity },
  ],
  rowsOut: 7,
  lateRows: 0,
  badRows: 2,
  openWindows: 3,
  keptEntries: 1200,
  checkpointed: null,
  ...more,
})

/** A terminal that takes what is written, as ink needs one. */
class FakeTerminal extends EventEmitter {
  readonly columns = 100
  readonly rows = 30
  readonly isTTY = true
  text = ''

  write(text: string): boolean {
    this.text += text
    return true
  }

  /** The lines as they were drawn last, without colours. */
  get frame(): string[] {
    const drawn = this.text.split(/\u001b\[2K|\u001b\[G|\u001b\[1A/).at(-1)!
    const plain = drawn.replace(/\u001b\[[?\d;]*[a-zA-Z]/g, '')
    return plain.split('\n').map((line) => line.trimEnd())
  }
}

describe('the figures of the live view', () => {
  test('are rates of the last two seconds, ages, and amounts that are easily read', () => {
    const model = new LiveModel(0)
    const moment = (now: number) => ({ now, wallTime: TEN + 90_000, memory: 81_000_000 })
    model.take(snapshot(0), moment(0))
    model.take(snapshot(500_000), moment(1000))
    const figures = model.take(snapshot(1_500_000, { checkpointed: 61_000 }), moment(64_000))
    assert.deepEqual(figures, {
      elapsed: '1 min 04 s',
      rowsRead: '1.5M',
      rate: '15.9k',
      sparkline: '▁█▁',
      inputs: [
        { name: 'app.ndjson', rowsRead: '1.5M', rate: '15.9k', watermark: '2024-05-01T10:00:00Z', lag: '1 min 30 s' },
        { name: 'web.ndjson', rowsRead: '10', rate: '0', watermark: '', lag: '' },
      ],
      rowsOut: '7',
      lateRows: '0',
      badRows: '2',
      openWindows: '3',
      keptEntries: '1.2k',
      memory: '81.0 MB',
      checkpoint: '3 s',
    })
  })

  test('have bars between nothing and the most', () => {
    assert.equal(sparklineOf([0, 1, 2, 3, 4, 5, 6, 7]), '▁▂▃▄▅▆▇█')
    assert.equal(sparklineOf([0, 0]), '▁▁')
  })
})

test('the live view is drawn on the terminal, with the words that come meanwhile above it', async () => {
  const terminal = new FakeTerminal()
  const clock = new FakeClock(TEN + 5_000)
  const screen = await openScreen(terminal as unknown as NodeJS.WriteStream)
  const view = new LiveView({ clock, screen, memory: () => 50_000_000 })
  let rows = 0
  view.begin({ snapshot: () => snapshot(rows) })
  rows = 9000
  clock.advance(1000)
  view.beat()
  view.say('tidemark: warning: something [W_LATE]\n')
  view.end()
  assert.ok(terminal.text.includes('tidemark: warning: something [W_LATE]'))
  assert.deepEqual(
    terminal.frame.slice(-6).filter((line) => line !== ''),
    [
      'tidemark  1 s  9.0k rows read  9.0k rows/s  ▁███',
      'input       rows  rows/s  watermark             behind',
      'app.ndjson  9.0k    9.0k  2024-05-01T10:00:00Z     6 s',
      'web.ndjson    10       0  -                          -',
      '7 rows out  0 late  2 bad  3 open windows  1.2k entries of state  50.0 MB',
    ],
  )
})
