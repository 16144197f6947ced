import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { zoneOf } from '../../src/time/zone.ts'
import { cumulate } from '../../src/windows/cumulate.ts'
import { hop } from '../../src/windows/hop.ts'
import { LocalDays } from '../../src/windows/local-days.ts'
import { tumble } from '../../src/windows/tumble.ts'
import { slicesOf, windowsOf } from '../../src/windows/window.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

const days: [zone: string, time: string, start: string, hours: number][] = [
  ['Europe/Berlin', '2024-03-30T12:00:00Z', '2024-03-29T23:00:00Z', 24],
  ['Europe/Berlin', '2024-03-31T12:00:00Z', '2024-03-30T23:00:00Z', 23],
  ['Europe/Berlin', '2024-10-27T12:00:00Z', '2024-10-26T22:00:00Z', 25],
  ['Europe/Berlin', '2024-10-27T00:30:00Z', '2024-10-26T22:00:00Z', 25],
  ['Europe/Berlin', '2024-10-27T01:30:00Z', '2024-10-26T22:00:00Z', 25],
  ['America/New_York', '2024-03-10T12:00:00Z', '2024-03-10T05:00:00Z', 23],
  ['America/New_York', '2024-11-03T12:00:00Z', '2024-11-03T04:00:00Z', 25],
  ['Asia/Kolkata', '2024-05-01T18:29:59.999Z', '2024-04-30T18:30:00Z', 24],
  // clocks were put forward at midnight: the day began at 01:00
  ['America/Sao_Paulo', '2018-11-04T12:00:00Z', '2018-11-04T03:00:00Z', 23],
  // at 00:01 clocks were put back to 23:01, and the day had begun
  ['America/Goose_Bay', '2006-10-29T03:09:00Z', '2006-10-29T03:00:00Z', 25],
  // the calendar has no 30 December
  ['Pacific/Apia', '2011-12-30T09:00:00Z', '2011-12-29T10:00:00Z', 24],
  ['Pacific/Apia', '2011-12-30T10:00:00Z', '2011-12-30T10:00:00Z', 24],
]

for (const [zone, time, start, hours] of days) {
  test(`the day that holds ${time} in ${zone} begins ${start} and has ${hours} hours`, () => {
    const windows = new LocalDays(tumble({ size: DAY }), zoneOf(zone))
    const [window, ...more] = windowsOf(windows, Date.parse(time))
    assert.deepEqual(more, [])
    assert.equal(new Date(window!.start).toISOString(), new Date(start).toISOString())
    assert.equal(window!.end - window!.start, hours * HOUR)
    assert.deepEqual(slicesOf(windows, window!.end), [window!.start])
  })
}

const zone = fc.constantFrom(
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'America/Goose_Bay',
  'Asia/Kolkata',
)
const time = fc.integer({ min: Date.parse('1999-01-01'), max: Date.parse('2026-01-01') })
const sizes = fc.constantFrom([1, 1], [2, 1], [7, 1], [7, 7], [14, 7])

test('local days hold their times, follow each other without gaps, and are cut into slices without gaps', () => {
  fc.assert(
    fc.property(zone, time, sizes, fc.integer({ min: -11, max: 11 }), (name, at, [size, slide], offset) => {
      const inner = hop({ size: size! * DAY, slide: slide! * DAY, offset: offset * HOUR })
      const windows = new LocalDays(inner, zoneOf(name))
      const found = windowsOf(windows, at)
      assert.equal(found.length, size! / slide!)
      for (const { start, end } of found) {
        assert.ok(start <= at && at < end)
        assert.ok(Math.abs(end - start - size! * DAY) <= 2 * HOUR)
        const slices = slicesOf(windows, end)
        assert.equal(slices.length, size! / slide!)
        assert.equal(windows.nextSlice(slices.at(-1)!), end)
        assert.ok(slices.includes(windows.sliceStart(at)))
      }
    }),
  )
})

/** Local readings of a zone by the calendar of the system, to the hour. */
const hourOf = (instant: number, timeZone: string): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short', timeStyle: 'short', hourCycle: 'h23' }).format(
    instant,
  )

const growing: [zone: string, day: string, start: string, steps: number][] = [
  ['Europe/Berlin', '2024-03-31T12:00:00Z', '2024-03-30T23:00:00Z', 23],
  ['Europe/Berlin', '2024-10-27T12:00:00Z', '2024-10-26T22:00:00Z', 24],
  ['America/New_York', '2024-03-10T12:00:00Z', '2024-03-10T05:00:00Z', 23],
  ['America/New_York', '2024-11-03T12:00:00Z', '2024-11-03T04:00:00Z', 24],
]

for (const [zone, time, start, steps] of growing) {
  test(`the day that holds ${time} in ${zone} grows in ${steps} steps of an hour of its clocks`, () => {
    const windows = new LocalDays(cumulate({ size: DAY, step: HOUR }), zoneOf(zone))
    const first = Date.parse(start)
    const all = windowsOf(windows, first)
    assert.equal(all.length, steps)
    assert.ok(all.every((window) => window.start === first))
    assert.equal(all.at(-1)!.end, windows.lastWindowEnd(Date.parse(time)))
    const hours = all.map(({ end }) => hourOf(end, zone))
    assert.equal(new Set(hours).size, steps, 'no reading twice')
    assert.ok(hours.every((hour) => hour.endsWith(':00')))
  })
}

const growth = fc.constantFrom([1, 1], [1, 2], [1, 6], [2, 3], [7, 12])

test('days that grow by hours hold their times, each step once, in every zone', () => {
  fc.assert(
    fc.property(
      fc.oneof(zone, fc.constantFrom('Antarctica/Troll', 'America/St_Johns')),
      time,
      growth,
      fc.integer({ min: -11, max: 11 }),
      (name, at, [days, hours], offset) => {
        const sizes = { size: days! * DAY, step: hours! * HOUR, offset: offset * HOUR }
        const windows = new LocalDays(cumulate(sizes), zoneOf(name))
        const found = windowsOf(windows, at)
        const slice = windows.sliceStart(at)
        assert.ok(found.length > 0 && found.length <= windows.slicesPerWindow)
        assert.ok(slice <= at && at < windows.nextSlice(slice))
        assert.equal(found[0]!.end, windows.nextSlice(slice))
        for (const { start, end } of found) {
          assert.equal(start, found[0]!.start)
          assert.ok(start <= at && at < end)
          const slices = slicesOf(windows, end)
          assert.ok(slices.includes(slice), `${slices}`)
          assert.equal(windows.nextSlice(slices.at(-1)!), end)
          assert.ok(slices.every((one) => windows.sliceStart(one) === one))
        }
      },
    ),
  )
})
