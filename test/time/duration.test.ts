import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { TidemarkError } from '../../src/base/errors.ts'
import { formatDuration, parseDuration } from '../../src/time/duration.ts'
import { intervalUnitOf, parseSqlInterval } from '../../src/time/interval.ts'

function refused(run: () => unknown): TidemarkError {
  try {
    run()
  } catch (error) {
    assert.ok(error instanceof TidemarkError, String(error))
    return error
  }
  throw new Error('it was not refused')
}

test('durations are read in their units', () => {
  const cases: Readonly<Record<string, number>> = {
    '250ms': 250,
    '5s': 5000,
    '5m': 300_000,
    '1h30m': 5_400_000,
    '1.5h': 5_400_000,
    '7d': 604_800_000,
    '2w': 1_209_600_000,
    '1w2d3h4m5s6ms': 788_645_006,
    '0': 0,
    '0s': 0,
    '0.001s': 1,
    '1.1s': 1100,
    '2.10s': 2100,
    '4.35s': 4350,
  }
  for (const [text, ms] of Object.entries(cases)) assert.equal(parseDuration(text), ms, text)
})

test('durations are negative only where that makes sense', () => {
  assert.equal(parseDuration('-8h', { isSigned: true }), -28_800_000)
  assert.equal(parseDuration('-1h30m', { isSigned: true }), -5_400_000)
  assert.ok(Object.is(parseDuration('-0', { isSigned: true }), 0))
  assert.match(refused(() => parseDuration('-8h')).render(), /negative \[E_DURATION\]/)
})

test('what is not a duration is refused with a caret and a hint', () => {
  const cases: readonly (readonly [string, string])[] = [
    [
      '30',
      "tidemark: the duration '30' has no unit [E_DURATION]\n  at --within:1:1\n  | 30\n  | ^^\n" +
        '  hint: write 30s for seconds, 30m for minutes, 30h for hours, 30ms for milliseconds',
    ],
    [
      '1h30min',
      "tidemark: there is no unit 'min' for durations [E_DURATION]\n  at --within:1:5\n  | 1h30min\n  |     ^^^\n" +
        '  hint: write m; units are ms, s, m (minutes), h, d, w',
    ],
    [
      '6mo',
      "tidemark: there is no unit 'mo' for durations [E_DURATION]\n  at --within:1:2\n  | 6mo\n  |  ^^\n" +
        '  hint: months and years have no fixed length: write days, such as 30d (m is minutes)',
    ],
    [
      '1h x',
      "tidemark: cannot read the duration '1h x' [E_DURATION]\n  at --within:1:3\n  | 1h x\n  |   ^^\n" +
        "  hint: write numbers with units, such as '90s' or '1h30m'",
    ],
    [
      '30m1h',
      "tidemark: the units of '30m1h' do not go from large to small [E_DURATION]\n  at --within:1:5\n  | 30m1h\n  |     ^",
    ],
    [
      '0.5ms',
      "tidemark: '0.5ms' is not a whole number of milliseconds [E_DURATION]\n  at --within:1:1\n  | 0.5ms\n  | ^^^^^",
    ],
  ]
  for (const [text, message] of cases) {
    assert.equal(refused(() => parseDuration(text, { source: '--within' })).render(), message)
  }
  for (const text of [
    '',
    '-',
    'm',
    'h1',
    '1h1h',
    '1.s',
    '.5s',
    '+5s',
    '5 s',
    '1e3s',
    '99999999999w',
    '5constructor',
    '5__proto__',
  ]) {
    assert.equal(refused(() => parseDuration(text, { isSigned: true })).code, 'E_DURATION', text)
  }
})

test('the caret stands in the text that the duration is a part of', () => {
  const text = 'every:10x'
  const error = refused(() => parseDuration('10x', { span: { source: '--emit', text, start: 6, end: 9 } }))
  assert.deepEqual(error.details.span, { source: '--emit', text, start: 8, end: 9 })
})

test('durations are written in the fewest parts', () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0s'],
    [250, '250ms'],
    [5000, '5s'],
    [2100, '2.1s'],
    [5001, '5.001s'],
    [90_000, '1m30s'],
    [5_400_000, '1h30m'],
    [86_400_000, '1d'],
    [-28_800_000, '-8h'],
    [Infinity, 'forever'],
  ]
  for (const [ms, text] of cases) assert.equal(formatDuration(ms), text)
})

test('reading a duration that was written gives it back', () => {
  fc.assert(
    fc.property(fc.integer({ min: -8.64e15, max: 8.64e15 }), (ms) => {
      assert.equal(parseDuration(formatDuration(ms), { isSigned: true }), ms)
    }),
  )
})

test('reading any text as a duration or an interval ends well or in an error of ours', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[0-9.:\- mshdw]{0,12}$/))
  const word = fc.constantFrom('DAY', 'HOUR', 'MINUTES', 'second', 'WEEK', 'MONTH', 'x')
  fc.assert(
    fc.property(text, word, fc.option(word, { nil: undefined }), (input, from, to) => {
      for (const run of [() => parseDuration(input, { isSigned: true }), () => parseSqlInterval(input, from, to)]) {
        try {
          assert.ok(Number.isSafeInteger(run()))
        } catch (error) {
          assert.ok(error instanceof TidemarkError, String(error))
        }
      }
    }),
  )
})

test('SQL intervals are read in one unit or in a row of them', () => {
  const cases: readonly (readonly [string, string, string | undefined, number])[] = [
    ['5', 'MINUTE', undefined, 300_000],
    ['2', 'days', undefined, 172_800_000],
    ['1', 'WEEK', undefined, 604_800_000],
    ['-5', 'second', undefined, -5000],
    ['+5', 'SECONDS', undefined, 5000],
    ['5.001', 'SECOND', undefined, 5001],
    ['0.0019', 'SECOND', undefined, 1],
    ['1:30', 'HOUR', 'MINUTE', 5_400_000],
    ['1 10', 'DAY', 'HOUR', 122_400_000],
    ['1 10:30', 'DAY', 'MINUTE', 124_200_000],
    ['1 10:30:15.5', 'DAY', 'SECOND', 124_215_500],
    ['-1 00:00:00', 'DAY', 'SECOND', -86_400_000],
    ['100:00:01', 'HOUR', 'SECOND', 360_001_000],
    ['1:30', 'MINUTE', 'SECOND', 90_000],
  ]
  for (const [text, from, to, ms] of cases) assert.equal(parseSqlInterval(text, from, to), ms, `${text} ${from} ${to}`)
})

test('SQL intervals that make no sense are refused', () => {
  const cases: readonly (readonly [string, string, string?])[] = [
    ['', 'DAY'],
    ['x', 'DAY'],
    ['1.5', 'DAY'],
    ['1:30', 'MINUTE'],
    ['1', 'HOUR', 'MINUTE'],
    ['1:60', 'HOUR', 'MINUTE'],
    ['1 24', 'DAY', 'HOUR'],
    ['1:30:00', 'HOUR', 'MINUTE'],
    ['1:30.5', 'HOUR', 'MINUTE'],
    ['1:30', 'MINUTE', 'HOUR'],
    ['1', 'DAY', 'DAY'],
    ['1', 'WEEK', 'DAY'],
    ['1', 'MONTH'],
    ['1', 'FORTNIGHT'],
    ['99999999999999999999', 'DAY'],
  ]
  for (const [text, from, to] of cases) {
    assert.equal(refused(() => parseSqlInterval(text, from, to)).code, 'E_VALUE', `${text} ${from} ${to}`)
  }
  const error = refused(() => parseSqlInterval('1', 'HOUR', 'MINUTE'))
  assert.equal(error.message, "'1' is not an interval in HOUR TO MINUTE")
  assert.equal(error.details.hint, "it is written INTERVAL '10:30' HOUR TO MINUTE")
})

test('units of intervals are found in any case and number, others are not', () => {
  assert.equal(intervalUnitOf('days'), 'DAY')
  assert.equal(intervalUnitOf('Minute'), 'MINUTE')
  assert.equal(intervalUnitOf('MONTH'), undefined)
  assert.equal(intervalUnitOf('toString'), undefined)
})
