import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { TidemarkError } from '../../src/base/errors.ts'
import { cumulate } from '../../src/windows/cumulate.ts'
import { hop } from '../../src/windows/hop.ts'
import { tumble } from '../../src/windows/tumble.ts'
import { slicesOf, type Window, windowsOf } from '../../src/windows/window.ts'

test('each time is in one tumbling window, before 1970 too', () => {
  const cases: readonly (readonly [time: number, offset: number, start: number])[] = [
    [0, 0, 0],
    [9, 0, 0],
    [10, 0, 10],
    [-1, 0, -10],
    [-10, 0, -10],
    [-11, 0, -20],
    [2, 3, -7],
    [3, 3, 3],
    [6, -3, -3],
    [7, -3, 7],
  ]
  for (const [time, offset, start] of cases) {
    const windows = tumble({ size: 10, offset })
    assert.deepEqual(windowsOf(windows, time), [{ start, end: start + 10 }], `${time} ${offset}`)
    assert.equal(windows.sliceStart(time), start)
    assert.ok(windows.isPartition)
  }
})

test('a time is in size / slide hopping windows', () => {
  const windows = hop({ size: 10, slide: 5 })
  assert.deepEqual(windowsOf(windows, 7), [
    { start: 0, end: 10 },
    { start: 5, end: 15 },
  ])
  assert.deepEqual(windowsOf(windows, 5), windowsOf(windows, 9))
  assert.deepEqual(slicesOf(windows, 15), [5, 10])
  assert.equal(windows.slicesPerWindow, 2)
  assert.equal(windows.isPartition, false)
})

test('where the size is no multiple of the slide, slices end where windows begin and end', () => {
  const windows = hop({ size: 10, slide: 4 })
  assert.deepEqual(windowsOf(windows, 9), [
    { start: 0, end: 10 },
    { start: 4, end: 14 },
    { start: 8, end: 18 },
  ])
  assert.deepEqual(windowsOf(windows, 11), [
    { start: 4, end: 14 },
    { start: 8, end: 18 },
  ])
  assert.deepEqual(slicesOf(windows, 10), [0, 2, 4, 6, 8])
  assert.equal(windows.slicesPerWindow, 5)
  assert.equal(hop({ size: 3_600_000, slide: 3_599_999 }).slicesPerWindow, 3)
})

/** All windows that could hold the time, one by one, by the definition: offset + k * slide. */
function naive(time: number, size: number, slide: number, offset: number): Window[] {
  const windows: Window[] = []
  for (let k = Math.floor((time - offset - size) / slide) - 1; offset + k * slide <= time; k += 1) {
    const start = offset + k * slide
    if (time < start + size) windows.push({ start, end: start + size })
  }
  return windows
}

const sizes = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), fc.integer({ min: -59, max: 59 }))
  .map(([a, b, offset]) => ({ size: Math.max(a, b), slide: Math.min(a, b), offset: offset % Math.max(a, b) }))
const times = fc.oneof(fc.integer({ min: -500, max: 500 }), fc.integer({ min: -8e14, max: 8e14 }))

test('hopping windows equal their definition', () => {
  fc.assert(
    fc.property(sizes, times, ({ size, slide, offset }, time) => {
      assert.deepEqual(windowsOf(hop({ size, slide, offset }), time), naive(time, size, slide, offset))
    }),
  )
})

test('slices cover each window without a gap, and all times of a slice are in the same windows', () => {
  fc.assert(
    fc.property(sizes, times, ({ size, slide, offset }, time) => {
      const windows = hop({ size, slide, offset })
      const start = windows.sliceStart(time)
      const end = windows.nextSlice(start)
      assert.ok(start <= time && time < end)
      assert.equal(windows.sliceStart(start), start)
      assert.equal(windows.sliceStart(end), end)
      assert.deepEqual(windowsOf(windows, start), windowsOf(windows, end - 1))
      for (const window of windowsOf(windows, time)) {
        const slices = slicesOf(windows, window.end)
        assert.ok(slices.length <= windows.slicesPerWindow)
        assert.ok(slices.includes(start))
        assert.equal(slices[0], window.start)
        assert.equal(windows.nextSlice(slices.at(-1)!), window.end)
        for (const slice of slices) assert.equal(windows.sliceStart(slice), slice)
      }
    }),
  )
})

test('growing windows equal their definition, and share slices of one step', () => {
  const growing = fc.record({
    step: fc.integer({ min: 1, max: 40 }),
    times: fc.integer({ min: 1, max: 9 }),
    shift: fc.nat(500),
  })
  fc.assert(
    fc.property(growing, times, ({ step, times, shift }, time) => {
      const size = step * times
      const offset = shift % size
      const windows = cumulate({ size, step, offset })
      const found = windowsOf(windows, time)
      const { start } = found[0]!
      assert.equal(Math.abs((start - offset) % size), 0)
      assert.deepEqual(
        found,
        Array.from({ length: times }, (_, i) => ({ start, end: start + (i + 1) * step })).filter(
          ({ end }) => time < end,
        ),
      )
      assert.ok(start <= time)
      for (const { end } of found) {
        assert.equal(slicesOf(windows, end).length, (end - start) / step)
        assert.ok(slicesOf(windows, end).includes(windows.sliceStart(time)))
      }
      assert.equal(windows.isPartition, times === 1)
      assert.equal(windows.slicesPerWindow, times)
    }),
  )
})

function refused(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    assert.ok(error instanceof TidemarkError && error.code === 'E_WINDOW', String(error))
    return `${error.message}; ${error.details.hint}`
  }
  throw new Error('it was not refused')
}

test('sizes that do not fit each other are refused', () => {
  assert.equal(
    refused(() => tumble({ size: 0 })),
    'the size of a window is 0s; it must be longer than 0, such as 5m',
  )
  assert.equal(refused(() => tumble({ size: NaN })).includes('longer than 0'), true)
  assert.equal(
    refused(() => hop({ size: 60_000, slide: 0 })),
    'the slide of a window is 0s; it must be longer than 0, such as 5m',
  )
  assert.equal(
    refused(() => hop({ size: 60_000, slide: 90_000 })),
    'the slide 1m30s is longer than the window, 1m; rows between two windows would be lost; slide by 1m or less',
  )
  assert.equal(
    refused(() => cumulate({ size: 60_000, step: 0 })),
    'the step of a window is 0s; it must be longer than 0, such as 5m',
  )
  assert.equal(
    refused(() => cumulate({ size: 60_000, step: 60_000, offset: 90_000 })),
    'the offset 1m30s is not smaller than the window, 1m; borders repeat every 1m: an offset of 30s does the same',
  )
  assert.equal(
    refused(() => tumble({ size: 3_600_000, offset: -28_800_000 - 60_000 })),
    'the offset -8h1m is not smaller than the window, 1h; borders repeat every 1h: an offset of -1m does the same',
  )
  assert.equal(
    refused(() => hop({ size: 60_000, slide: 25_000, offset: 60_000 })),
    'the offset 1m is not smaller than the window, 1m; borders repeat every 25s: an offset of 10s does the same',
  )
})

test('the caret stands under the size that is wrong', () => {
  const span = { source: '--slide', text: '2m', start: 0, end: 2 }
  assert.throws(
    () => hop({ size: 60_000, slide: 120_000, spans: { slide: span } }),
    (error: unknown) => error instanceof TidemarkError && error.details.span === span,
  )
})
