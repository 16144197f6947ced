import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { TidemarkError } from '../../src/base/errors.ts'
import { findZone, isZone, UTC, zoneOf } from '../../src/time/zone.ts'

const HOUR = 3_600_000
const at = (text: string) => Date.parse(text)

test('offsets of a zone follow its changes to the millisecond', () => {
  const cases: readonly (readonly [string, string, number])[] = [
    ['Europe/Berlin', '2024-03-31T00:59:59.999Z', 1],
    ['Europe/Berlin', '2024-03-31T01:00:00Z', 2],
    ['Europe/Berlin', '2024-10-27T00:59:59.999Z', 2],
    ['Europe/Berlin', '2024-10-27T01:00:00Z', 1],
    ['America/New_York', '2024-07-01T00:00:00Z', -4],
    ['Asia/Kolkata', '2024-07-01T00:00:00Z', 5.5],
    ['Australia/Lord_Howe', '2024-04-06T14:59:59.999Z', 11],
    ['Australia/Lord_Howe', '2024-04-06T15:00:00Z', 10.5],
    ['Australia/Lord_Howe', '2024-10-05T15:29:59.999Z', 10.5],
    ['Australia/Lord_Howe', '2024-10-05T15:30:00Z', 11],
    ['+02:00', '2024-10-05T15:30:00Z', 2],
    ['-0330', '2024-10-05T15:30:00Z', -3.5],
    ['UTC', '2024-10-05T15:30:00Z', 0],
  ]
  for (const [name, time, hours] of cases)
    assert.equal(zoneOf(name).offsetAt(at(time)), hours * HOUR, `${name} ${time}`)
  assert.equal(zoneOf('Europe/Berlin').offsetAt(at('1890-01-01T00:00:00Z')), 53 * 60_000 + 28_000)
})

test('the cached offsets equal those of a fresh zone, in any order of asking', () => {
  const zone = zoneOf('America/St_Johns')
  const format = new Intl.DateTimeFormat('en-US', { timeZone: 'America/St_Johns', timeZoneName: 'longOffset' })
  const instant = fc.integer({ min: at('2024-03-10T04:00:00Z'), max: at('2024-03-10T07:00:00Z') })
  fc.assert(
    fc.property(instant, (ms) => {
      const match = /GMT([+-])(\d\d):(\d\d)/.exec(format.format(ms))!
      const minutes = Number(match[2]) * 60 + Number(match[3])
      assert.equal(zone.offsetAt(ms), (match[1] === '-' ? -minutes : minutes) * 60_000)
    }),
  )
})

test('local readings are turned to instants: the first of a doubled hour, the end of a gap', () => {
  const berlin = zoneOf('Europe/Berlin')
  const cases: readonly (readonly [string, string])[] = [
    ['2024-05-01T12:00:00Z', '2024-05-01T10:00:00Z'],
    ['2024-10-27T02:30:00Z', '2024-10-27T00:30:00Z'],
    ['2024-10-27T03:00:00Z', '2024-10-27T02:00:00Z'],
    ['2024-03-31T01:59:59Z', '2024-03-31T00:59:59Z'],
    ['2024-03-31T02:30:00Z', '2024-03-31T01:00:00Z'],
    ['2024-03-31T03:00:00Z', '2024-03-31T01:00:00Z'],
  ]
  for (const [local, instant] of cases) assert.equal(berlin.toInstant(at(local)), at(instant), local)
})

test('times are written with the offset of their zone', () => {
  const ms = at('2024-05-01T10:00:00.007Z')
  assert.equal(zoneOf('Europe/Berlin').format(ms, 0), '2024-05-01T12:00:00+02:00')
  assert.equal(zoneOf('Europe/Berlin').format(ms, 3), '2024-05-01T12:00:00.007+02:00')
  assert.equal(UTC.format(ms, 0), '2024-05-01T10:00:00Z')
  assert.equal(UTC.format(ms, 3), '2024-05-01T10:00:00.007Z')
})

test('names of zones are checked', () => {
  for (const name of ['UTC', 'utc', 'Z', 'europe/berlin', 'Etc/GMT-2', '+18:00', 'GMT+02:00'])
    assert.ok(isZone(name), name)
  for (const name of ['', 'Nope', 'Europe/Berlyn', '+19:00', '+2', 'local']) assert.ok(!isZone(name), name)
  assert.equal(findZone('Europe/Berlin'), findZone('Europe/Berlin'))
  assert.throws(
    () => zoneOf('Europe/Berlni'),
    (error: unknown) => error instanceof TidemarkError && error.details.hint === "did you mean 'Europe/Berlin'?",
  )
})
