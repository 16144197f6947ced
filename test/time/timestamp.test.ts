import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  describeUnreadableTime,
  formatTimestamp,
  parseTimestampBytes,
  parseTimestampText,
  type TimeFormat,
  timestampOfBytes,
  timestampOfNumber,
  timestampOfText,
} from '../../src/time/timestamp.ts'

const noon = Date.UTC(2024, 4, 1, 12, 0, 0)

const READABLE: readonly (readonly [string, number])[] = [
  ['2024-05-01', Date.UTC(2024, 4, 1)],
  ['2024-05-01T12:00', noon],
  ['2024-05-01 12:00', noon],
  ['2024-05-01t12:00:00z', noon],
  ['2024-05-01T12:00:00', noon],
  ['2024-05-01T12:00:00Z', noon],
  ['2024-05-01 12:00:00', noon],
  ['2024-05-01 12:00:00.5', noon + 500],
  ['2024-05-01 12:00:00,25', noon + 250],
  ['2024-05-01T12:00:00.123Z', noon + 123],
  ['2024-05-01T12:00:00.1239999999Z', noon + 123],
  ['2024-05-01T14:00:00+02:00', noon],
  ['2024-05-01T14:00:00+0200', noon],
  ['2024-05-01T14:00:00+02', noon],
  ['2024-05-01T14:00+02', noon],
  ['2024-05-01T08:30:00.007-03:30', noon + 7],
  ['2024-05-02T06:00:00+18:00', noon],
  ['2024-05-01T12:00:00-00:00', noon],
  ['1893-01-01T00:53:28+00:53:28', Date.UTC(1893, 0, 1)],
  ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ['2000-02-29', Date.UTC(2000, 1, 29)],
  ['1969-12-31T23:59:59.999Z', -1],
  ['0000-01-01T00:00:00Z', Date.parse('0000-01-01T00:00:00Z')],
  ['9999-12-31T23:59:59.999Z', Date.parse('9999-12-31T23:59:59.999Z')],
]

const UNREADABLE = [
  '',
  '2024',
  '2024-05',
  '2024-5-1',
  '20240501',
  '2024-05-01T',
  '2024-05-01T12',
  '2024-05-01T12:',
  '2024-05-01T12:0',
  '2024-05-01T12:00:',
  '2024-05-01T12:00:0',
  '2024-05-01T12:00:00.',
  '2024-05-01T12:00:00.Z',
  '2024-05-01T12:00:00ZZ',
  '2024-05-01T12:00:00 Z',
  '2024-05-01T12:00:00+',
  '2024-05-01T12:00:00+2',
  '2024-05-01T12:00:00+02:',
  '2024-05-01T12:00:00+02:0',
  '2024-05-01T12:00:00+02:60',
  '2024-05-01T12:00:00+18:01',
  '2024-05-01T12:00:00+99:00',
  '2024-05-01T24:00:00Z',
  '2024-05-01T12:60:00Z',
  '2024-05-01T12:00:60Z',
  '2024-00-01',
  '2024-13-01',
  '2024-05-00',
  '2024-04-31',
  '2023-02-29',
  '1900-02-29',
  '2024/05/01',
  '2024-05-01\u000012:00',
  '2024-05-01X12:00:00Z',
  '202a-05-01',
  '2024-05-0:',
  '-024-05-01',
  '2024-05-01T1\u0130:00:00Z',
  ' 2024-05-01',
  '2024-05-01 ',
  'May 1, 2024',
]

test('timestamps are read in every form of ISO 8601 and SQL that is promised', () => {
  for (const [text, ms] of READABLE) assert.equal(parseTimestampText(text), ms, text)
})

test('what is not a timestamp gives NaN', () => {
  for (const text of UNREADABLE) assert.equal(parseTimestampText(text), NaN, JSON.stringify(text))
})

test('bytes before the start and from the end on are not looked at', () => {
  const buffer = Buffer.from('9992024-05-01T12:00:00.12Z345')
  assert.equal(parseTimestampBytes(buffer, 3, 26), noon + 120)
  assert.equal(parseTimestampBytes(buffer, 3, 13), Date.UTC(2024, 4, 1))
  assert.equal(parseTimestampBytes(buffer, 3, 19), noon)
  assert.equal(parseTimestampBytes(buffer, 3, 24), noon + 100)
  assert.equal(parseTimestampBytes(buffer, 3, 21), NaN)
})

test('the cached day does not leak into a day that differs in one digit', () => {
  for (const text of ['2024-05-01', '2024-05-02', '2024-06-02', '2025-06-02', '1025-06-02', '2024-05-01']) {
    assert.equal(parseTimestampText(text), Date.parse(text), text)
    assert.equal(parseTimestampText(`${text.slice(0, 8)}99`), NaN)
  }
})

test('a fraction of any length is read', () => {
  assert.equal(parseTimestampText(`2024-05-01T12:00:00.${'1'.repeat(500)}Z`), noon + 111)
})

const times = fc.integer({ min: Date.parse('0000-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59.999Z') })

test('every time is written as Date writes it', () => {
  fc.assert(
    fc.property(fc.oneof(times, fc.integer({ min: -8.64e15, max: 8.64e15 })), (ms) => {
      const text = new Date(ms).toISOString()
      assert.equal(formatTimestamp(ms, { fraction: 3 }), text)
      assert.equal(formatTimestamp(ms), text.replace(/\.\d+Z/, 'Z'))
    }),
  )
})

test('reading what was written gives the time back, in any zone', () => {
  const minutes = fc.integer({ min: -18 * 60, max: 18 * 60 })
  fc.assert(
    fc.property(times, minutes, fc.boolean(), (ms, offset, isZoned) => {
      const text = formatTimestamp(ms, isZoned ? { fraction: 3, offset: offset * 60_000 } : { fraction: 3 })
      if (text.length <= 29) assert.equal(parseTimestampText(text), ms, text)
    }),
  )
})

test('reading agrees with Date.parse', () => {
  fc.assert(
    fc.property(times, (ms) => {
      const text = new Date(ms).toISOString()
      if (/^\d{4}-/.test(text)) assert.equal(parseTimestampText(text), Date.parse(text))
    }),
  )
})

test('local time is written with its offset', () => {
  assert.equal(formatTimestamp(noon, { offset: 7_200_000 }), '2024-05-01T14:00:00+02:00')
  assert.equal(formatTimestamp(noon, { offset: 0 }), '2024-05-01T12:00:00+00:00')
  assert.equal(formatTimestamp(noon + 5, { offset: -12_600_000, fraction: 3 }), '2024-05-01T08:30:00.005-03:30')
  assert.equal(formatTimestamp(noon, { offset: 3_208_000 }), '2024-05-01T12:53:28+00:53:28')
})

const NUMBERS: readonly (readonly [number | bigint, TimeFormat, number])[] = [
  [1_714_564_800, 'auto', noon],
  [1_714_564_800_000, 'auto', noon],
  [1_714_564_800_000_000, 'auto', noon],
  [1_714_564_800_000_000_000n, 'auto', noon],
  [1_714_564_800.123, 'auto', noon + 123],
  [1_714_564_800.1239, 's', noon + 123],
  [1_714_564_800.122999, 's', noon + 122],
  [1_714_564_800_000.999, 'auto', noon],
  [1_714_564_800_001_999.8, 'auto', noon + 1],
  [1_714_564_800_000_999_999n, 'ns', noon],
  [Number(1_714_564_800_000_999_936n), 'ns', noon],
  [-1_714_564_800, 'auto', -noon],
  [-1_714_564_800.0001, 's', -noon - 1],
  [-1_714_564_800_000_001, 'us', -noon - 1],
  [-1_714_564_800_000_000_001n, 'ns', -noon - 1],
  [1e8, 'auto', 1e11],
  [1e11, 'auto', 1e11],
  [1e14, 'auto', 1e11],
  [1e17, 'auto', 1e11],
  [99_999_999, 'auto', NaN],
  [-99_999_999, 'auto', NaN],
  [0, 'auto', NaN],
  [0, 's', 0],
  [17, 's', 17_000],
  [17, 'ms', 17],
  [17n, 'us', 0],
  [noon, 'iso', NaN],
  [NaN, 'auto', NaN],
  [Infinity, 'auto', NaN],
  [1e20, 's', NaN],
  [10n ** 30n, 'auto', NaN],
]

test('numbers are told apart by their size, or taken in the unit given, and rounded down', () => {
  for (const [value, format, ms] of NUMBERS) assert.equal(timestampOfNumber(value, format), ms, `${value} ${format}`)
})

test('seconds with up to three places are exact', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1e11, max: 4e12 }), (ms) => {
      assert.equal(timestampOfNumber(Number(`${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, '0')}`), 's'), ms)
    }),
  )
})

test('microseconds and nanoseconds are divided exactly', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }), (value) => {
      const floor = (by: bigint) => Number(value / by) - (value % by < 0n ? 1 : 0)
      const double = Number(value)
      assert.equal(timestampOfNumber(value, 'ns'), floor(1_000_000n))
      if (BigInt(double) === value) assert.equal(timestampOfNumber(double, 'ns'), floor(1_000_000n))
    }),
    { examples: [[1024157573401216640n], [796504802527358208n], [-796504802527358208n]] },
  )
})

test('strings hold timestamps or numbers, as the format says', () => {
  const cases: readonly (readonly [string, TimeFormat, number])[] = [
    ['2024-05-01T12:00:00Z', 'auto', noon],
    ['2024-05-01T12:00:00Z', 'iso', noon],
    ['2024-05-01T12:00:00Z', 's', NaN],
    ['1714564800', 'auto', noon],
    ['1714564800.5', 'auto', noon + 500],
    ['1714564800', 'iso', NaN],
    ['1714564800', 's', noon],
    ['1714564800123456789', 'auto', noon + 123],
    ['-5', 's', -5000],
    ['17', 'auto', NaN],
    ['17', 'ms', 17],
    ['1e3', 's', 1e6],
    ['', 'ms', NaN],
    ['0x10', 'ms', NaN],
    [' 17', 'ms', NaN],
    ['Infinity', 'ms', NaN],
  ]
  for (const [text, format, ms] of cases) {
    const bytes = Buffer.from(`1${text}1`)
    assert.equal(timestampOfText(text, format), ms, `${text} ${format}`)
    assert.equal(timestampOfBytes(bytes, 1, bytes.length - 1, format), ms, `bytes ${text} ${format}`)
  }
})

test('the message about an unreadable time says what would help', () => {
  const cases: readonly (readonly [unknown, TimeFormat, string, string | undefined])[] = [
    [undefined, 'auto', 'no event time', undefined],
    [true, 'auto', 'it is neither a string nor a number', undefined],
    ['May 1', 'auto', "'May 1' is not a timestamp", 'timestamps look like 2024-05-01T10:00:00Z'],
    [17, 'auto', '17 is too small to tell its unit', 'say --time-format s or ms'],
    ['17', 'auto', "'17' is too small to tell its unit", 'say --time-format s or ms'],
    [noon, 'iso', `${noon} is a number, not a timestamp`, 'say --time-format auto'],
    ['2024-05-01', 's', "'2024-05-01' is not a number, as --time-format s says", 'say --time-format iso'],
    [1e20, 's', '100000000000000000000 is out of the range of time', undefined],
  ]
  for (const [value, format, reason, hint] of cases) {
    assert.deepEqual(describeUnreadableTime(value, format), hint ? { reason, hint } : { reason })
  }
})
