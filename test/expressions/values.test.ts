import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { JsonText, type Value } from '../../src/data/value.ts'
import { evaluate } from './open-rows.ts'

const json = (text: string) => new JsonText(text)

/** Expressions over a row, and what every evaluator must give over every encoding. */
function table(
  title: string,
  row: Readonly<Record<string, Value>>,
  lines: readonly (readonly [string, unknown])[],
): void {
  describe(title, () => {
    for (const [text, wanted] of lines) test(text, () => assert.deepEqual(evaluate(text, row), wanted))
  })
}

table('comparisons', { n: 3, s: 'b', t: true, o: json('{}'), big: 9007199254740993n, lone: '\u{1F600}' }, [
  ['n < 4', true],
  ['n <= 3', true],
  ['n > 3', false],
  ['n >= 3.5', false],
  ['4 > n', true],
  ['3 < n', false],
  ['n < NULL', null],
  ["s < 'c'", true],
  ["'c' <= s", false],
  ["s > 'B'", true],
  ["lone > '\uFFFD'", true],
  ["s = 'b'", true],
  ["'b' = s", true],
  ["s <> 'b'", false],
  ["n = 'b'", false],
  ["n <> '3'", true],
  ['s = 3', false],
  ['s <> 3', true],
  ['t = 1', false],
  ['t > false', true],
  ['missing = 3', null],
  ["missing = 'x'", null],
  ["missing <> 'x'", null],
  ['n BETWEEN 1 AND 3', true],
  ['n NOT BETWEEN 1 AND 3', false],
  ['n BETWEEN 4 AND missing', false],
  ['n BETWEEN 1 AND missing', null],
  ['n IN (1, 2)', false],
  ['n IN (1, NULL, 3)', true],
  ['n IN (1, NULL)', null],
  ['n NOT IN (1, NULL)', null],
  ['n NOT IN (1, 2)', true],
  ['missing IN (1)', null],
  ["s IN ('a', 'b')", true],
  ["s IN ('a', n)", false],
  ['big IN (9007199254740992, 9007199254740993)', true],
  ['big IN (9007199254740992)', false],
  ["n < 'x'", "error: < cannot compare n (a number) with 'x' (a string) (CAST('x' AS DOUBLE))"],
  ['s < 3', 'error: < cannot compare s (a string) with 3 (a number) (CAST(s AS DOUBLE))'],
  ['3 >= s', 'error: >= cannot compare 3 (a number) with s (a string) (CAST(s AS DOUBLE))'],
  ['s > n', 'error: > cannot compare s (a string) with n (a number) (CAST(s AS DOUBLE))'],
  ['t < n', 'error: < cannot compare t (a boolean) with n (a number)'],
  ['o < n', 'error: < cannot compare o (an object) with n (a number)'],
  ['(n + 1) * 2 > s', 'error: > cannot compare (n + 1) * 2 (a number) with s (a string) (CAST(s AS DOUBLE))'],
  ['n / 0 - n / 0 >= 1', false],
  ['n / 0 - n / 0 <= 1', false],
  ['n / 0 - n / 0 = n / 0 - n / 0', false],
  ["coalesce(n, 'x') - n / 0 + n / 0 <= n", false],
  ['coalesce(missing, n / 0 - n / 0) <= coalesce(missing, n)', false],
])

table('arithmetic', { n: 7, s: 'x', big: 9007199254740993n, zero: 0 }, [
  ['n + 1 - 2 * 3', 2],
  ['n / 2', 3.5],
  ['7 / 2', 3.5],
  ['-n % 4', -3],
  ['n % -4', 3],
  ['n % 0', Number.NaN],
  ['n / 0', Number.POSITIVE_INFINITY],
  ['-n / 0', Number.NEGATIVE_INFINITY],
  ['-zero', 0],
  ['1 / -zero', Number.POSITIVE_INFINITY],
  ['n + missing', null],
  ['- missing', null],
  ['+n', 7],
  ['- -n', 7],
  ['big + 1', 9007199254740992],
  ['n + s', 'error: + needs a number, but s is a string (CAST(s AS DOUBLE))'],
  ['-s', 'error: - needs a number, but s is a string (CAST(s AS DOUBLE))'],
  ['+s', 'error: + needs a number, but s is a string (CAST(s AS DOUBLE))'],
  ['n * (s)', 'error: * needs a number, but s is a string (CAST(s AS DOUBLE))'],
  ['0.1 + 0.2', 0.30000000000000004],
])

table('BIGINT is exact and wraps at 64 bits', { big: 9007199254740993n, s: '9223372036854775807', n: 3 }, [
  ['CAST(big AS BIGINT) + 1', 9007199254740994n],
  ['CAST(s AS BIGINT) + 1', -9223372036854775808n],
  ['CAST(s AS BIGINT) * 2', -2n],
  ['-CAST(s AS BIGINT) - 2', 9223372036854775807n],
  ['CAST(s AS BIGINT) - CAST(big AS BIGINT)', 9214364837600034814n],
  ['CAST(s AS BIGINT) % 10', 7n],
  ['CAST(n AS BIGINT) / 2', 1.5],
  ['CAST(n AS BIGINT) + n', 6],
  ['CAST(n AS BIGINT) * 1.5', 4.5],
  ['CAST(n AS BIGINT) = n', true],
  ['CAST(s AS BIGINT) > 9223372036854775806', true],
  [
    'CAST(n AS BIGINT) % (CAST(n AS BIGINT) - 3)',
    'error: % of a BIGINT by zero (NULLIF(divisor, 0) gives NULL instead)',
  ],
  ['CAST(missing AS BIGINT) + 1', null],
])

const ROW_TIME = Date.UTC(2024, 4, 1, 10, 0, 0)
table(
  'times',
  { ts: '2024-05-01T10:00:00Z', later: '2024-05-01 10:05:00', n: ROW_TIME, s: 'soon', '@time': ROW_TIME },
  [
    ['event_time()', ROW_TIME],
    ["event_time() = '2024-05-01T12:00:00+02:00'", true],
    ['event_time() = ts', true],
    ['ts = event_time()', true],
    ['event_time() <> later', true],
    ['event_time() = n', false],
    ['event_time() <> n', true],
    ['event_time() = s', false],
    ['event_time() IN (1, ts)', true],
    [`event_time() IN (1, ${ROW_TIME})`, false],
    [`n IN (TIMESTAMP '2024-05-01 10:00:00', 5)`, false],
    [`ts IN (TIMESTAMP '2024-05-01 10:00:00', 5)`, true],
    ["n = TIMESTAMP '2024-05-01 10:00:00'", false],
    ["n = INTERVAL '1' HOUR", false],
    ['event_time() < later', true],
    ['event_time() < missing', null],
    ["later > '2024-05-01' AND event_time() > '2024-05-01'", true],
    ['event_time() < n', 'error: n is a number, not a timestamp (TO_TIMESTAMP_LTZ(n, 3))'],
    ['event_time() < s', "error: s is 'soon', which is no TIMESTAMP (TRY_CAST gives NULL instead)"],
    ['event_time() + 5m = later', true],
    ['ts + 5m', ROW_TIME + 300_000],
    ['5m + ts', ROW_TIME + 300_000],
    ['ts - 1h', ROW_TIME - 3_600_000],
    ['event_time() - later', -300_000],
    ['event_time() - ts = 0m', true],
    ['(event_time() - later) * 2', -600_000],
    ['2 * 5m', 600_000],
    ['5m / 2', 150_000],
    ['5m / 1s', 300],
    ['-(5m) < 1s', true],
    ["event_time() - TIMESTAMP '2024-05-01 09:00:00' > 30m", true],
    ['event_time() + NULL', null],
    ['CAST(event_time() AS STRING)', '2024-05-01 10:00:00'],
    ["'at ' || event_time()", 'at 2024-05-01 10:00:00'],
    ["CAST(TIMESTAMP '2024-05-01 10:00:00.25' AS STRING)", '2024-05-01 10:00:00.250'],
  ],
)

test('a row without event time has NULL for it', () => assert.equal(evaluate('event_time() IS NULL', { a: 1 }), true))

table('SIMILAR TO and constructors', { s: 'abc', k: 'key', n: null, nested: new JsonText('[1,{"a":2}]') }, [
  ["s SIMILAR TO '(a|x)_c'", true],
  ["s NOT SIMILAR TO 'a%'", false],
  ["s || '!' SIMILAR TO 'abc!!' ESCAPE '!'", true],
  ["s || '%' SIMILAR TO 'abc!%' ESCAPE '!'", true],
  ["n SIMILAR TO 'a'", null],
  ["n NOT SIMILAR TO 'a'", null],
  ['s SIMILAR TO s', true],
  ['ARRAY[1, n, s][3]', 'abc'],
  ["MAP['a', 1, k, 2]['key']", 2],
  ['cardinality(ARRAY[])', 0],
  ["json_string(JSON_OBJECT(KEY k VALUE 1, 'b' VALUE n))", '{"key":1,"b":null}'],
  ["json_string(JSON_OBJECT('b' VALUE n ABSENT ON NULL))", '{}'],
  ['json_string(JSON_OBJECT())', '{}'],
  ['json_string(JSON_ARRAY(1, n, JSON_ARRAY(n NULL ON NULL)))', '[1,[null]]'],
  ['json_string(array_concat(nested, ARRAY[3]))', '[1,{"a":2},3]'],
])

table('LIKE', { s: 'a%c_d', e: 'x😀y', n: 5, q: 'say "hi"\\' }, [
  ["s LIKE 'a%'", true],
  ["s LIKE 'a%d'", true],
  ["s LIKE '%c%'", true],
  ["s LIKE '_____'", true],
  ["s LIKE '____'", false],
  ["s LIKE 'a%c_d'", true],
  ["s LIKE 'a!%c!_d' ESCAPE '!'", true],
  ["e LIKE 'a!%c' ESCAPE '!'", false],
  ["'axc' LIKE 'a!%c' ESCAPE '!'", false],
  ["'a!c' LIKE 'a!!c' ESCAPE '!'", true],
  ["s NOT LIKE 'b%'", true],
  ["e LIKE 'x_y'", true],
  ["'' LIKE '%'", true],
  ["'' LIKE '_'", false],
  ["'abcabd' LIKE '%ab_'", true],
  ["'aaa' LIKE '%%a%%'", true],
  ["'mississippi' LIKE 'm%iss%i'", true],
  ["'mississippi' LIKE 'm%iss%x%'", false],
  ['q = \'say "hi"\\\'', true],
  ["q LIKE '%\"\\'", true],
  ["missing LIKE 'a'", null],
  ['s LIKE missing', null],
  ["s LIKE 'a' || '%'", true],
  ["s LIKE substring(s, 1, 1) || '%'", true],
  ["n LIKE '5'", 'error: LIKE needs a string, but n is a number (CAST(n AS STRING))'],
  ['s LIKE n', 'error: LIKE needs a string, but n is a number (CAST(n AS STRING))'],
  ["s LIKE s ESCAPE 'ab' || n", "error: ESCAPE needs one character, not 'ab5'"],
  ['s LIKE s ESCAPE substring(s, 3, 1)', true],
  ['s LIKE s ESCAPE substring(s, 1, 1)', false],
  [
    "s LIKE 'xa' || 'x' ESCAPE substring(s, 1, 1)",
    "error: the pattern 'xax' has nothing to escape after 'a' ('a' stands before %, _ or itself)",
  ],
])

test('a text that is a prefix of the literal, or goes on behind it, is not equal to it', () => {
  for (const text of ['', 'a', 'ab', 'abc'])
    for (const other of ['', 'a', 'ab', 'abc', 'abd'])
      assert.equal(evaluate(`a = '${other}'`, { a: text }), text === other)
})

table('CASE', { a: 2, s: 'x' }, [
  ["CASE a WHEN 1 THEN 'one' WHEN 2 THEN 'two' END", 'two'],
  ["CASE a WHEN 3 THEN 'three' END", null],
  ["CASE missing WHEN NULL THEN 'never' ELSE 'else' END", 'else'],
  ['CASE WHEN a > 1 THEN a + 1 WHEN a > 0 THEN 0 END', 3],
  ['CASE WHEN a > 5 THEN a + 1 ELSE missing END', null],
  ['1 + CASE WHEN a > 1 THEN a ELSE 0 END', 3],
  ["CASE WHEN s = 'x' THEN a > 1 ELSE NULL END AND TRUE", true],
  ["CASE WHEN a = 2 THEN s ELSE 5 END || '!'", 'x!'],
])

table('CAST', { n: 12.9, neg: -12.9, s: ' 42 ', t: true, o: json('{"a": 1}'), bad: '4x', big: 9007199254740993n }, [
  ['CAST(n AS INT)', 12],
  ['CAST(neg AS INT)', -12],
  ['CAST(s AS INT)', 42],
  ['CAST(s AS DOUBLE)', 42],
  ["CAST('1.9' AS INT)", 1],
  ["CAST('+5' AS BIGINT)", 5n],
  ["CAST('-.5' AS INT)", 0],
  ["CAST('1e3' AS DOUBLE)", 1000],
  ['CAST(t AS INT)', 1],
  ['CAST(big AS BIGINT)', 9007199254740993n],
  ['CAST(n AS BIGINT)', 12n],
  ["CAST('9007199254740993' AS BIGINT)", 9007199254740993n],
  ['CAST(127 AS TINYINT)', 127],
  ['CAST(n AS STRING)', '12.9'],
  ['CAST(1e21 AS STRING)', '1e+21'],
  ['CAST(t AS STRING)', 'true'],
  ['CAST(o AS STRING)', '{"a": 1}'],
  ["CAST('TRUE' AS BOOLEAN)", true],
  ["CAST('no' AS BOOLEAN)", false],
  ['CAST(n AS BOOLEAN)', true],
  ['CAST(n - n AS BOOLEAN)', false],
  ["CAST('2024-05-01 10:00:00' AS TIMESTAMP)", ROW_TIME],
  ["CAST('2024-05-01T10:00:00Z' AS TIMESTAMP_LTZ(3))", ROW_TIME],
  ['CAST(missing AS INT)', null],
  ['CAST(bad AS INT)', "error: bad is '4x', which is no INT (TRY_CAST gives NULL instead)"],
  ['CAST(o AS DOUBLE)', 'error: o is an object, which is no DOUBLE (TRY_CAST gives NULL instead)'],
  ['CAST(n * 1e10 AS INT)', 'error: n * 1e10 is out of the range of INT'],
  ['CAST(n * 10 + 1 AS TINYINT)', 'error: n * 10 + 1 is out of the range of TINYINT'],
  ['CAST(big * 1e10 AS BIGINT)', 'error: big * 1e10 is out of the range of BIGINT'],
  ['CAST(n AS TIMESTAMP)', 'error: n is a number, not a timestamp (TO_TIMESTAMP_LTZ(n, 3))'],
  ['TRY_CAST(bad AS INT)', null],
  ['TRY_CAST(n * 1e10 AS INT)', null],
  ["TRY_CAST('soon' AS TIMESTAMP)", null],
  ['TRY_CAST(bad + 1 AS INT)', 'error: + needs a number, but bad is a string (CAST(bad AS DOUBLE))'],
])

table('joining strings', { s: 'x', n: 9007199254740993n }, [
  ['s || 1 || true || 2.50', 'x1true2.5'],
  ['s || n', 'x9007199254740993'],
  ['s || missing', null],
])

table('subscripts', { o: json('{"a":{"b":[10,{"c":"d"}],"x y":1},"big":9007199254740993}'), i: 1, s: 'text' }, [
  ['o.a.b[1]', 10],
  ['o.a.b[2].c', 'd'],
  ["o.a['x y']", 1],
  ['o.a.b[i + 1].c', 'd'],
  ['o.a.b[3]', null],
  ['o.a.b[0]', null],
  ['o.a.b.length', null],
  ['o.nothing.at.all', null],
  ['s[1]', null],
  ['s.length', null],
])

table('functions', { s: 'Hi', n: 5, big: 9007199254740993n }, [
  ['upper(s)', 'HI'],
  ['UPPER(missing)', null],
  ['coalesce(missing, s)', 'Hi'],
  ['upper(n)', 'error: upper needs a string, but n is a number (CAST(n AS STRING))'],
  ['abs(s)', 'error: abs needs a number, but s is a string (CAST(s AS DOUBLE))'],
  ['sqrt(big) > 0', true],
  ['if(n, 1, 2)', 'error: if needs true or false, but n is a number (n <> 0)'],
  ['char_length(s) + 1', 3],
])
