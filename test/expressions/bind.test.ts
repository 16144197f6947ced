import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TidemarkError } from '../../src/base/errors.ts'
import type { ColumnType } from '../../src/data/column-type.ts'
import { JsonText } from '../../src/data/value.ts'
import { compileExpression } from '../../src/expressions/compile.ts'
import { fieldsOf } from '../../src/expressions/fields-of.ts'
import { OpenScope, refusal, rowsFor, thrownBy } from './open-rows.ts'

const TYPED = {
  num: 'number',
  big: 'bigint',
  text: 'string',
  flag: 'boolean',
  time: 'timestamp',
  gap: 'interval',
} as const

/** A scope with nothing but its typed columns and `row`, which has members. */
class ClosedScope extends OpenScope {
  override resolve(path: readonly string[]): ReturnType<OpenScope['resolve']> {
    if (path[0] !== 'row' && !this.names().includes(path[0]!)) return undefined as never
    return super.resolve(path)
  }
}

const closed = () => new ClosedScope({ typed: TYPED, parameters: { service: 'api', limit: 5, since: '2024-05-01' } })

describe('static types', () => {
  for (const [text, type] of [
    ['row', 'any'],
    ['1', 'number'],
    ["'a'", 'string'],
    ['NULL', 'any'],
    ['9007199254740993', 'bigint'],
    ['123456789012345678901234567890', 'any'],
    ['row + 1', 'number'],
    ['big + 1', 'bigint'],
    ['big + num', 'number'],
    ['big / 2', 'number'],
    ['-big', 'bigint'],
    ['-row', 'number'],
    ['+row', 'number'],
    ['+big', 'bigint'],
    ['num < row', 'boolean'],
    ["row || 'x'", 'string'],
    ['time + gap', 'timestamp'],
    ['time - gap', 'timestamp'],
    ['time - time', 'interval'],
    ['time - row', 'interval'],
    ['row + 5m', 'timestamp'],
    ['gap * row', 'interval'],
    ['gap / gap', 'number'],
    ['event_time()', 'timestamp'],
    ['CASE WHEN flag THEN num END', 'number'],
    ['CASE WHEN flag THEN num ELSE text END', 'any'],
    ['CASE WHEN flag THEN time END', 'timestamp'],
    ['CAST(row AS INT)', 'number'],
    ['CAST(row AS BIGINT)', 'bigint'],
    ['upper(row)', 'string'],
    ['floor(time TO HOUR)', 'timestamp'],
    ['row.a', 'any'],
  ] as const satisfies readonly (readonly [string, ColumnType])[])
    test(`${text} is ${type}`, () => assert.equal(closed().bind(text).type, type))
})

describe('constants are computed once', () => {
  for (const [text, value] of [
    ['1 + 2 * 3', 7],
    ["upper('a') || 'b'", 'Ab'],
    [':limit * 2', 10],
    [':service', 'api'],
    ["TIMESTAMP '2024-05-01' + 5m", Date.UTC(2024, 4, 1, 0, 5)],
    ['5 IN (1, NULL)', null],
    ['CASE WHEN 1 > 2 THEN 3 END', null],
    ["'b' LIKE '_'", true],
    ['pi() > 3', true],
    ['-9007199254740993', -9007199254740993n],
  ] as const)
    test(text, () => {
      const bound = closed().bind(text)
      assert.equal(bound.kind === 'constant' ? bound.value : bound.kind, value)
    })

  test('a text beside a timestamp is read once', () => {
    for (const text of ["time > '2024-05-01'", 'time = :since', "time IN ('2024-05-01', '2024-05-02')"]) {
      const json = JSON.stringify(closed().bind(text), (key, value) => (key === 'span' ? undefined : value))
      assert.match(json, new RegExp(`"value":${Date.UTC(2024, 4, 1)}`), text)
      assert.doesNotMatch(json, /"kind":"(?:cast|call)"/)
    }
  })

  test('--argjson gives objects, arrays and big integers', () => {
    const scope = new OpenScope({ parameters: { o: new JsonText('{"a":[1,2]}'), big: 9007199254740993n } })
    const member = scope.bind(':o.a[2]')
    assert.equal(member.kind === 'constant' && member.value, 2)
    assert.equal(scope.bind(':big').type, 'bigint')
  })
})

describe('refusals', () => {
  for (const [text, wanted] of [
    ['nothing', 'E_COLUMN there is no column nothing here | nothing | columns here: num, big, text, flag, time, gap'],
    ['tme > 1', 'E_COLUMN there is no column tme here | tme | did you mean time?'],
    ['num.x', 'E_TYPE num is a number and has no members | num.x | '],
    [':servce', 'E_ARG nothing was given for :servce | :servce | did you mean :service?'],
    [':q', 'E_ARG nothing was given for :q | :q | give it with --arg q=TEXT or --argjson q=JSON'],
    ["'a' + 1", "E_TYPE + needs a number, not a string | 'a' | || joins strings; as a number: CAST('a' AS DOUBLE)"],
    ['num * (text)', 'E_TYPE * needs a number, not a string | (text) | write CAST(text AS DOUBLE)'],
    ['flag + 1', 'E_TYPE + needs a number, not a boolean | flag | '],
    ['-text', 'E_TYPE - needs a number, not a string | text | write CAST(text AS DOUBLE)'],
    ['text < 5', 'E_TYPE < cannot compare a string with a number | text < 5 | write CAST(text AS DOUBLE)'],
    [
      'num BETWEEN 1 AND text',
      'E_TYPE <= cannot compare a number with a string | num BETWEEN 1 AND text | write CAST(text AS DOUBLE)',
    ],
    ['time < 5', 'E_TYPE < cannot compare a timestamp with a number | time < 5 | '],
    [
      'row > 5m',
      'E_TYPE > cannot compare row with an interval | row > 5m | a field in milliseconds is compared with a number: ms > 300000',
    ],
    ["time > 'soon'", "E_VALUE 'soon' is not a timestamp | 'soon' | write '2024-05-01 10:00:00'"],
    ["time = 'soon'", "E_VALUE 'soon' is not a timestamp | 'soon' | write '2024-05-01 10:00:00'"],
    [
      'time + 5',
      "E_TYPE + cannot take a timestamp and a number | time + 5 | write ts + INTERVAL '5' MINUTE, or ts + 5m",
    ],
    [
      'time + time',
      "E_TYPE + cannot take a timestamp and a timestamp | time + time | write ts + INTERVAL '5' MINUTE, or ts + 5m",
    ],
    [
      '5m - time',
      "E_TYPE - cannot take an interval and a timestamp | 5m - time | write ts + INTERVAL '5' MINUTE, or ts + 5m",
    ],
    ['-time', 'E_TYPE - needs a number, not a timestamp | time | '],
    ['num AND flag', 'E_TYPE AND needs true or false, not a number | num | write num <> 0'],
    ['flag OR text', 'E_TYPE OR needs true or false, not a string | text | '],
    ['NOT num', 'E_TYPE NOT needs true or false, not a number | num | write num <> 0'],
    ['num IS TRUE', 'E_TYPE IS TRUE needs true or false, not a number | num | write num <> 0'],
    ['CASE WHEN num THEN 1 END', 'E_TYPE WHEN needs true or false, not a number | num | write num <> 0'],
    ["num LIKE 'a'", 'E_TYPE LIKE needs a string, not a number | num | write CAST(num AS STRING)'],
    ["text LIKE 'a' ESCAPE 'xy'", "E_VALUE ESCAPE needs one character, not 'xy' | 'xy' | "],
    [
      "text LIKE 'a!b' ESCAPE '!'",
      "E_VALUE the pattern 'a!b' has nothing to escape after '!' | '!' | '!' stands before %, _ or itself",
    ],
    ['text || 5m', "E_TYPE || needs a string, not an interval | 5m | its seconds are 5m / INTERVAL '1' SECOND"],
    [
      'CASE WHEN flag THEN time ELSE row END',
      'E_TYPE CASE mixes a timestamp with any value | row | write CAST(row AS TIMESTAMP)',
    ],
    ['CASE WHEN flag THEN num ELSE gap END', 'E_TYPE CASE mixes an interval with a number | num | '],
    [
      'CAST(row AS DECIMAL(39, 2))',
      'E_TYPE there is no type DECIMAL(39, 2) here | DECIMAL(39, 2) | write DECIMAL(precision, scale), with 1 to 38 digits of which at most all stand behind the point',
    ],
    [
      'CAST(row AS VARCHAR(5))',
      'E_TYPE there is no type VARCHAR(5) here | VARCHAR(5) | write STRING; left(text, n) cuts it',
    ],
    [
      'CAST(row AS JSON)',
      'E_TYPE there is no type JSON here | JSON | write STRING, for its JSON text; a member has a path, such as address.city',
    ],
    [
      'CAST(num AS TIMESTAMP)',
      'E_TYPE a number cannot be cast to TIMESTAMP | CAST(num AS TIMESTAMP) | write TO_TIMESTAMP_LTZ(num, 3)',
    ],
    [
      'CAST(time AS BIGINT)',
      'E_TYPE a timestamp cannot be cast to BIGINT | CAST(time AS BIGINT) | seconds since 1970 are EXTRACT(EPOCH FROM time)',
    ],
    [
      'CAST(gap AS DOUBLE)',
      "E_TYPE an interval cannot be cast to DOUBLE | CAST(gap AS DOUBLE) | its seconds are gap / INTERVAL '1' SECOND",
    ],
    ["CAST('4x' AS INT)", "E_VALUE '4x' is '4x', which is no INT | CAST('4x' AS INT) | TRY_CAST gives NULL instead"],
    ['uper(text)', 'E_FUNCTION there is no function uper | uper | did you mean upper?'],
    ['frobnicate(text)', 'E_FUNCTION there is no function frobnicate | frobnicate | tidemark functions lists them'],
    ['upper(text, text)', 'E_FUNCTION upper takes 1 argument, not 2 | upper(text, text) | it is written upper(text)'],
    [
      'coalesce()',
      'E_FUNCTION coalesce takes at least 1 argument, not 0 | coalesce() | it is written coalesce(value, ...)',
    ],
    ['upper(num)', 'E_FUNCTION upper needs a string here, not a number | num | write CAST(num AS STRING)'],
    ['abs(text)', 'E_FUNCTION abs needs a number here, not a string | text | write CAST(text AS DOUBLE)'],
    ['hour(num)', 'E_FUNCTION hour needs a timestamp here, not a number | num | write TO_TIMESTAMP_LTZ(num, 3)'],
    ["hour('soon')", "E_VALUE 'soon' is not a timestamp | 'soon' | write '2024-05-01 10:00:00'"],
    [
      'upper(DISTINCT text)',
      'E_FUNCTION upper does not take DISTINCT | upper(DISTINCT text) | aggregates do: count, sum, avg, min, max',
    ],
    ['upper(*)', 'E_FUNCTION upper does not take * | upper(*) | aggregates do: count, sum, avg, min, max'],
    [
      'sum(num) > 5',
      'E_AGGREGATE the aggregate sum cannot stand here | sum(num) | aggregates stand in --agg; the field is written without brackets: sum',
    ],
    ['event_time(1)', 'E_FUNCTION event_time takes no argument | event_time(1) | write event_time()'],
    ['row[flag]', 'E_TYPE a subscript is a name or a number, not a boolean | flag | '],
  ] as const)
    test(text, () =>
      assert.equal(
        refusal(() => closed().bind(text)),
        wanted,
      ),
    )

  test('event_time() needs event time', () => {
    class Timeless extends OpenScope {
      override readonly hasTime = false
    }
    assert.equal(
      refusal(() => new Timeless().bind('event_time()')),
      'E_TIME_MISSING event_time() needs event time | event_time() | name the field that holds it with --time',
    )
  })

  test('the clock is no function: it says why', () => {
    assert.match(
      refusal(() => closed().bind('now()')),
      /^E_FUNCTION now is not offered: results must follow from the rows/,
    )
  })

  test('a whole message', () => {
    const error = thrownBy(() => closed().bind("text = 'a' AND text + 1 > 5")) as TidemarkError
    assert.equal(
      error.render(),
      [
        'tidemark: + needs a number, not a string [E_TYPE]',
        '  at filter:1:16',
        "  | text = 'a' AND text + 1 > 5",
        '  |                ^^^^',
        '  hint: || joins strings; as a number: CAST(text AS DOUBLE)',
      ].join('\n'),
    )
  })

  test('= of unlike types is no error, but false', () => {
    for (const text of ["num = 'a'", 'time = 5', 'gap = 5', 'time IN (5)', 'flag = num', 'row = 5m'])
      closed().bind(text)
  })
})

test('the fields of an expression, each once', () => {
  const scope = new OpenScope()
  const bound = scope.bind(
    "a = 'x' AND b LIKE 'y%' AND c IN (1, 2) AND d IS NULL AND a <> 'z' AND upper(e) = b AND event_time() > '2024-05-01' = f",
  )
  assert.deepEqual(
    [...fieldsOf(bound)].map(({ name }) => name),
    ['a', 'b', 'c', 'd', 'e', 'f'],
  )
})

test('the longest chain the parser lets through can be bound, compiled and run', () => {
  const scope = new OpenScope()
  const bound = scope.bind(Array.from({ length: 990 }, (_, i) => `a = ${i}`).join(' OR '))
  const rows = rowsFor(scope, [{ a: 989 }, { a: 990 }])
  for (const generate of [true, false]) {
    const selection = new Int32Array(2)
    const evaluator = compileExpression(bound, { slotOf: scope.slotOf, generate })
    assert.equal(
      evaluator.select(rows, 0, 2, selection, () => assert.fail()),
      1,
    )
  }
})
