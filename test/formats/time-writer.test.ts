import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { TimeWriter } from '../../src/formats/json/time-writer.ts'
import { OutputBuffer } from '../../src/formats/output-buffer.ts'
import { formatTimestamp } from '../../src/time/timestamp.ts'
import { zoneOf } from '../../src/time/zone.ts'

const NOON = Date.UTC(2024, 4, 1, 12)
const near = fc.integer({ min: -10_000_000, max: 10_000_000 }).map((ms) => NOON + ms)
const anywhere = fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 })
/** Berlin's clocks go forward and back, and before 1893 its offset has seconds. */
const shifts = fc
  .tuple(
    fc.constantFrom(Date.UTC(2024, 2, 31, 1), Date.UTC(2024, 9, 27, 1), Date.UTC(1893, 2, 31, 23)),
    fc.integer({ min: -5_000_000, max: 5_000_000 }),
  )
  .map(([at, by]) => at + by)
const times = fc.array(
  fc.oneof(
    near,
    anywhere,
    shifts,
    near.map((ms) => ms + 0.5),
  ),
  { minLength: 1, maxLength: 30 },
)

const zones = [undefined, 'Europe/Berlin', 'Asia/Kolkata', 'Australia/Lord_Howe'] as const

for (const name of zones) {
  test(`one writer prints any times in any order as formatTimestamp does, in ${name ?? 'UTC'}`, () => {
    const zone = name === undefined ? undefined : zoneOf(name)
    const zoneOffset = zone && ((ms: number) => zone.offsetAt(ms))
    fc.assert(
      fc.property(times, fc.constantFrom(0 as const, 3 as const), (all, fraction) => {
        const writer = new TimeWriter(fraction, zoneOffset ? { zoneOffset } : {})
        const out = new OutputBuffer()
        for (const ms of all) writer.write(ms, out)
        const expected = all.map((ms) =>
          formatTimestamp(ms, zoneOffset ? { fraction, offset: zoneOffset(ms) } : { fraction }),
        )
        assert.equal(out.contents().toString(), expected.map((text) => `"${text}"`).join(''))
      }),
    )
  })
}
