import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Expression, SelectItem } from '../../src/expressions/expression.ts'
import { parseExpression, parseExpressionList, parseFieldPath, parseSelectList } from '../../src/expressions/parse.ts'
import { printExpression, printPath } from '../../src/expressions/print.ts'
import { randomExpression } from './random-expressions.ts'

/** The same tree without spans. */
const bare = (node: unknown): unknown =>
  JSON.parse(
    JSON.stringify(node, (key, value) =>
      key === 'span' || key === 'nameSpan' || key === 'typeSpan'
        ? undefined
        : typeof value === 'bigint'
          ? `${value}n`
          : value === Number.POSITIVE_INFINITY
            ? 'Infinity'
            : value,
    ),
  )

/** Brackets around every operator, so that a test can see what binds to what. */
function grouped(node: Expression): string {
  switch (node.kind) {
    case 'binary':
      return `(${grouped(node.left)} ${node.operator} ${grouped(node.right)})`
    case 'unary':
      return `(${node.operator} ${grouped(node.operand)})`
    case 'is':
      return `(${grouped(node.operand)} is ${node.negated ? 'not ' : ''}${node.what})`
    case 'between':
      return `(${grouped(node.operand)} ${node.negated ? 'not ' : ''}between ${grouped(node.low)} and ${grouped(node.high)})`
    case 'in':
      return `(${grouped(node.operand)} ${node.negated ? 'not ' : ''}in ${node.list.map(grouped).join(' ')})`
    case 'like':
      return `(${grouped(node.operand)} ${node.negated ? 'not ' : ''}like ${grouped(node.pattern)})`
    default:
      return printExpression(node)
  }
}

describe('what binds to what', () => {
  for (const [text, wanted] of [
    ['1 + 2 * 3 - 4', '((1 + (2 * 3)) - 4)'],
    ['a - b - c', '((a - b) - c)'],
    ['a / b * c % d', '(((a / b) * c) % d)'],
    ['-a * b', '((- a) * b)'],
    ['- -1', '(- (- 1))'],
    ["a || b || 'c'", "((a || b) || 'c')"],
    ["'n' || 1 + 2", "(('n' || 1) + 2)"],
    ['a OR b AND NOT c = d', '(a OR (b AND (NOT (c = d))))'],
    ['NOT a IS NULL', '(NOT (a is NULL))'],
    ['a = b IS NOT TRUE', '((a = b) is not TRUE)'],
    ['a IS DISTINCT FROM b = c', '(a IS DISTINCT FROM (b = c))'],
    ['a == 1 and b != 2', '((a = 1) AND (b <> 2))'],
    ['a BETWEEN 1 AND 2 AND b', '((a between 1 and 2) AND b)'],
    ['a NOT BETWEEN b + 1 AND c OR d', '((a not between (b + 1) and c) OR d)'],
    ['a + 1 IN (1, 2 + 3) = b', '(((a + 1) in 1 (2 + 3)) = b)'],
    ["a || 'x' NOT LIKE b || '%'", "((a || 'x') not like (b || '%'))"],
    ['a < b + 1 OR c', '((a < (b + 1)) OR c)'],
    ['(a OR b) AND c', '((a OR b) AND c)'],
    ['a -- one\n + /* two */ b', '(a + b)'],
  ] as const)
    test(text, () => assert.equal(grouped(parseExpression(text, 'filter')), wanted))
})

describe('paths and names', () => {
  for (const [text, path] of [
    ['a.b.c', ['a', 'b', 'c']],
    ["a['b'].c", ['a', 'b', 'c']],
    ['"http.route"', ['http.route']],
    ['`a b`.c', ['a b', 'c']],
    [".['duration-ms']", ['duration-ms']],
    [".['a']['b.c']", ['a', 'b.c']],
    ['@timestamp', ['@timestamp']],
    ['"say ""hi"""', ['say "hi"']],
    ['count', ['count']],
    ['timestamp', ['timestamp']],
    ['interval', ['interval']],
    ['a.end.case', ['a', 'end', 'case']],
    ['straße.größe', ['straße', 'größe']],
  ] as const)
    test(`${text} is a field`, () => {
      const node = parseExpression(text, 'filter')
      assert.deepEqual(node.kind === 'field' && node.path, path)
      assert.deepEqual(bare(parseExpression(printPath(path), 'filter')), bare(node))
    })

  test('forms of SQL that stand for calls are printed as they are written', () => {
    for (const text of [
      "a || 'x' SIMILAR TO b || '%' ESCAPE '!'",
      "NOT (a SIMILAR TO 'b' = c)",
      "(a SIMILAR TO 'b') IS TRUE",
      "ARRAY[1, a][2] + cardinality(MAP['k', ARRAY[]])",
      "json_object(KEY a VALUE b, KEY 'c' VALUE json_array(1, 2 ABSENT ON NULL) NULL ON NULL)",
      'json_array(NULL ON NULL)',
      "json_value(a, '$.b' RETURNING INT DEFAULT -1 ON EMPTY ERROR ON ERROR) + 1",
      "json_value(a, '$.b' RETURNING STRING NULL ON EMPTY DEFAULT 'x' ON ERROR)",
      "json_query(a, '$.b' WITH CONDITIONAL WRAPPER EMPTY ARRAY ON EMPTY NULL ON ERROR)",
      "json_exists(a, 'strict $.b' UNKNOWN ON ERROR)",
      '"array"[1] + "Map"[\'x\'] + key',
    ]) {
      const tree = parseExpression(text, 'filter')
      assert.deepEqual(bare(parseExpression(printExpression(tree), 'filter')), bare(tree), text)
    }
    assert.equal(printExpression(parseExpression("a not similar to 'b'", 'filter')), "NOT a SIMILAR TO 'b'")
    assert.equal(printExpression(parseExpression('a is not json array', 'filter')), "NOT is_json(a, 'ARRAY')")
    assert.equal(
      printExpression(parseExpression('a between symmetric b + 1 and c', 'filter')),
      'a BETWEEN least(b + 1, c) AND greatest(b + 1, c)',
    )
    assert.equal(
      printExpression(parseExpression('a not between asymmetric symmetric and 3', 'filter')),
      'a NOT BETWEEN symmetric AND 3',
    )
    assert.equal(
      printExpression(parseExpression("JSON_OBJECT('k' VALUE v)", 'filter')),
      "json_object(KEY 'k' VALUE v NULL ON NULL)",
    )
    assert.equal(
      printExpression(parseExpression("JSON_VALUE(a, '$' RETURNING INTEGER DEFAULT 0 ON ERROR)", 'filter')),
      "json_value(a, '$' RETURNING INT NULL ON EMPTY DEFAULT 0 ON ERROR)",
    )
  })

  test('elements of arrays, and members of what is no field, are subscripts', () => {
    for (const text of ["a[1]['b']", "f(x)['a']", 'a[1][b + 1]'])
      assert.equal(printExpression(parseExpression(text, 'filter')), text)
    assert.equal(printExpression(parseExpression('f(x).a', 'filter')), "f(x)['a']")
  })
})

describe('literals', () => {
  for (const [text, value] of [
    ["'it''s'", "it's"],
    ["''", ''],
    ['.5', 0.5],
    ['1e3', 1000],
    ['1.25E-2', 0.0125],
    ['007', 7],
    ['9007199254740993', 9007199254740993n],
    ['1e400', Number.POSITIVE_INFINITY],
    ['null', null],
    ['True', true],
  ] as const)
    test(text, () => {
      const node = parseExpression(text, 'filter')
      assert.equal(node.kind === 'literal' ? node.value : node.kind, value)
    })

  for (const [text, ms] of [
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['250ms', 250],
    ['1.5h', 5_400_000],
    ["INTERVAL '5' MINUTE", 300_000],
    ["interval '5' minutes", 300_000],
    ["INTERVAL '1:30' HOUR TO MINUTE", 5_400_000],
    ['INTERVAL 2 DAYS', 172_800_000],
  ] as const)
    test(text, () => {
      const node = parseExpression(text, 'filter')
      assert.equal(node.kind === 'interval' && node.value, ms)
    })

  test('timestamps', () => {
    const node = parseExpression("TIMESTAMP '2024-05-01 10:00:00.250'", 'filter')
    assert.equal(node.kind === 'timestamp' && node.value, Date.UTC(2024, 4, 1, 10, 0, 0, 250))
  })
})

describe('calls', () => {
  for (const [text, wanted] of [
    ['extract(hour from ts)', 'extract(HOUR FROM ts)'],
    ["EXTRACT('DAY', ts)", 'extract(DAY FROM ts)'],
    ["TRIM(BOTH 'x' FROM a)", "trim('BOTH', 'x', a)"],
    ['trim(leading from a)', "trim('LEADING', ' ', a)"],
    ["trim('x' from a)", "trim('BOTH', 'x', a)"],
    ['trim(both)', 'trim(both)'],
    ['substring(a from 2 for 3)', 'substring(a, 2, 3)'],
    ['substring(a from 2)', 'substring(a, 2)'],
    ["position('x' in a)", "position('x', a)"],
    ["position('x' IN a || b)", "position('x', a || b)"],
    ['FLOOR(ts TO hour)', 'floor(ts TO HOUR)'],
    ['ceil(ts to DAY)', 'ceil(ts TO DAY)'],
    ['floor(x)', 'floor(x)'],
    ['TIMESTAMPDIFF(MINUTE, a, b)', 'timestampdiff(MINUTE, a, b)'],
    ['timestampadd(day, 1, a)', 'timestampadd(DAY, 1, a)'],
    ["overlay(a placing 'x' from 2 for 3)", "overlay(a, 'x', 2, 3)"],
    ['Count(*) FILTER (WHERE a = 1)', 'count(*) FILTER (WHERE a = 1)'],
    ['count(DISTINCT a)', 'count(DISTINCT a)'],
    ['sum(a) FILTER', undefined],
    ['cast(a as double precision)', 'CAST(a AS DOUBLE PRECISION)'],
    ['try_cast(a as decimal(10,2))', 'TRY_CAST(a AS DECIMAL(10, 2))'],
    ['f()', 'f()'],
    ["CASE a WHEN 1 THEN 'x' END", "CASE a WHEN 1 THEN 'x' END"],
    ['case when a then 1 when b then 2 else 3 end', 'CASE WHEN a THEN 1 WHEN b THEN 2 ELSE 3 END'],
  ] as const)
    test(text, () => {
      if (wanted === undefined) assert.throws(() => parseExpression(text, '--agg'), { code: 'E_EXPRESSION' })
      else assert.equal(printExpression(parseExpression(text, '--agg')), wanted)
    })
})

describe('lists', () => {
  const described = (items: readonly SelectItem[]) =>
    items.map((item) =>
      item.kind === 'star'
        ? ['*', ...item.except.map(({ name }) => name)]
        : [printExpression(item.expression), ...(item.alias ? [item.alias.path.join('/')] : [])],
    )

  test('select: stars, aliases, nested output', () => {
    assert.deepEqual(described(parseSelectList('*, a + 1 AS b, c AS x.y, "d e" as "f g"', 'select')), [
      ['*'],
      ['a + 1', 'b'],
      ['c', 'x/y'],
      ['"d e"', 'f g'],
    ])
    assert.deepEqual(described(parseSelectList('* EXCEPT (a, "b c")', 'select')), [['*', 'a', 'b c']])
    assert.deepEqual(described(parseSelectList('a * b AS c', 'select')), [['a * b', 'c']])
  })

  test('keys: a whole item of letters, digits, _ @ . - is a path', () => {
    assert.deepEqual(
      described(parseExpressionList('user-id, a.b-c.d, @t, "a - b", a - b AS d, coalesce(a, b), 2xx', '--by')),
      [['"user-id"'], ['a."b-c".d'], ['@t'], ['"a - b"'], ['a - b', 'd'], ['coalesce(a, b)'], ['"2xx"']],
    )
    assert.deepEqual(described(parseExpressionList(" user-id AS u , f('x,y') , end", '--by')), [
      ['"user-id"', 'u'],
      ["f('x,y')"],
      ['"end"'],
    ])
    assert.deepEqual(described(parseExpressionList('5, -x', '--by')), [['5'], ['-x']])
  })

  test('spans of keys count from the start of the whole text', () => {
    const [, second] = parseExpressionList('a,  b + c', '--by')
    assert.deepEqual([second!.span.start, second!.span.end, second!.span.text], [4, 9, 'a,  b + c'])
  })

  test('--time takes a path and nothing else', () => {
    assert.deepEqual(parseFieldPath('meta.event-time', '--time'), ['meta', 'event-time'])
    assert.deepEqual(parseFieldPath('"http.time"', '--time'), ['http.time'])
    for (const text of ['a + 1', 'a, b', 'a AS b', '5'])
      assert.throws(() => parseFieldPath(text, '--time'), { message: '--time takes the name of one field' })
  })
})

test('what is printed is read back as the same expression', () => {
  fc.assert(
    fc.property(randomExpression, (expression) => {
      const text = printExpression(expression)
      assert.deepEqual(bare(parseExpression(text, 'test')), bare(expression), text)
    }),
    { numRuns: 3000 },
  )
})

test('no more brackets are printed than needed', () => {
  for (const text of [
    'a + b * c',
    '(a + b) * c',
    'a - (b - c)',
    'NOT (a AND b)',
    '(a = b) = c',
    'a = (b = c)',
    '(a OR b) IS NULL',
    '-(a + b)',
  ])
    assert.equal(printExpression(parseExpression(text, 'test')), text === '(a = b) = c' ? 'a = b = c' : text)
})
