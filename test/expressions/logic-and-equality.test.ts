import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { JsonText, jsonOf, keyTextOf, numberOrBigInt, type Value } from '../../src/data/value.ts'
import { evaluate, OpenScope } from './open-rows.ts'

const json = (text: string) => new JsonText(text)

/** A JSON scalar or nested value as a scanner gives it. */
const read = (text: string): Value =>
  /^[[{]/.test(text) ? json(text) : /^[-\d]/.test(text) ? numberOrBigInt(text) : (JSON.parse(text) as Value)

describe('three-valued logic', () => {
  const values = [true, false, null] as const
  const and = (a: boolean | null, b: boolean | null) =>
    a === false || b === false ? false : a === null || b === null ? null : true
  const or = (a: boolean | null, b: boolean | null) =>
    a === true || b === true ? true : a === null || b === null ? null : false
  for (const a of values) {
    test(`NOT and IS of ${a}`, () => {
      const row = { a }
      assert.equal(evaluate('NOT a', row), a === null ? null : !a)
      assert.equal(evaluate('a IS NULL', row), a === null)
      assert.equal(evaluate('a IS NOT NULL', row), a !== null)
      assert.equal(evaluate('a IS TRUE', row), a === true)
      assert.equal(evaluate('a IS NOT TRUE', row), a !== true)
      assert.equal(evaluate('a IS FALSE', row), a === false)
      assert.equal(evaluate('a IS NOT FALSE', row), a !== false)
      assert.equal(evaluate('a IS UNKNOWN', row), a === null)
      assert.equal(evaluate('a IS NOT UNKNOWN', row), a !== null)
      assert.equal(evaluate('CASE WHEN a THEN 1 ELSE 2 END', row), a === true ? 1 : 2)
    })
    for (const b of values)
      test(`${a} with ${b}`, () => {
        const row = { a, b }
        assert.equal(evaluate('a AND b', row), and(a, b))
        assert.equal(evaluate('a OR b', row), or(a, b))
        assert.equal(evaluate('NOT (a AND b) = (NOT a OR NOT b)', row), and(a, b) === null ? null : true)
        assert.equal(evaluate('a = b', row), a === null || b === null ? null : a === b)
        assert.equal(evaluate('a IS DISTINCT FROM b', row), a !== b)
        assert.equal(evaluate('a IS NOT DISTINCT FROM b', row), a === b)
        assert.equal(evaluate(`${a} AND b`, row), and(a, b))
        assert.equal(evaluate(`a OR ${b}`, row), or(a, b))
        assert.equal(evaluate(`${a} OR ${b}`), or(a, b))
      })
  }

  test('a missing member is NULL', () => {
    assert.equal(evaluate('a IS NULL'), true)
    assert.equal(evaluate('a = a'), null)
    assert.equal(evaluate('a IS NOT DISTINCT FROM NULL'), true)
  })

  test('what is decided by the left operand is not asked of the right one', () => {
    assert.equal(evaluate('a IS NOT NULL AND a > 1'), false)
    assert.equal(evaluate('a <> 5 AND b + 1 > 0', { a: 5, b: 'x' }), false)
    assert.equal(evaluate('a = 5 OR b + 1 > 0', { a: 5, b: 'x' }), true)
    assert.equal(evaluate('CASE WHEN a = 5 THEN 1 ELSE b + 1 END', { a: 5, b: 'x' }), 1)
  })

  test('AND, OR and NOT take booleans only', () => {
    assert.equal(
      evaluate('NOT a', { a: 'x' }),
      'error: NOT needs true or false, but a is a string (CAST(a AS BOOLEAN))',
    )
    assert.equal(evaluate('b OR a', { a: 3 }), 'error: OR needs true or false, but a is a number (a <> 0)')
    assert.equal(
      evaluate('CASE WHEN a THEN 1 END', { a: 0 }),
      'error: WHEN needs true or false, but a is a number (a <> 0)',
    )
  })
})

describe('equality of keys: one table for =, IN, IS DISTINCT FROM, CASE, keys and print', () => {
  const classes: readonly (readonly string[])[] = [
    ['1', '1.0', '1e0', '10e-1'],
    ['0', '-0', '0.0', '-0.0'],
    ['"1"'],
    ['9007199254740992', '9007199254740992.0', '9.007199254740992e15'],
    ['9007199254740993'],
    ['9007199254740994'],
    ['123456789012345678901234567890'],
    ['1e400', '2e400'],
    ['-1e400'],
    ['true'],
    ['"true"'],
    ['""'],
    ['"é"', '"\\u00e9"'],
    ['{"a":1,"b":[2,null]}', '{ "b": [2.0, null], "a": 1e0 }'],
    ['{"a":1,"b":[null,2]}'],
    ['{"__proto__":1}'],
    ['{}'],
    ['[]'],
  ]
  const all = classes.flatMap((members, c) => members.map((text) => [text, c] as const))
  for (const [a, classOfA] of all)
    test(a, () => {
      for (const [b, classOfB] of all) {
        const row = { a: read(a), b: read(b) }
        const same = classOfA === classOfB
        const hint = `${a} with ${b}`
        assert.equal(evaluate('a = b', row), same, hint)
        assert.equal(evaluate('a <> b', row), !same, hint)
        assert.equal(evaluate('a IS DISTINCT FROM b', row), !same, hint)
        assert.equal(evaluate("a IN ('other', b, 77)", row), same, hint)
        assert.equal(evaluate('CASE a WHEN b THEN 1 ELSE 0 END', row), same ? 1 : 0, hint)
        assert.equal(keyTextOf(row.a) === keyTextOf(row.b), same, hint)
        const scope = new OpenScope({ parameters: { b: row.b } })
        assert.equal(evaluate('a = :b', row, scope), same, hint)
        assert.equal(evaluate('a IN (:b, 77)', row, scope), same, hint)
        assert.equal(evaluate('a NOT IN (77, :b)', row, scope), !same, hint)
        if (same && !(row.a instanceof JsonText)) assert.equal(jsonOf(row.a), jsonOf(row.b), hint)
      }
    })

  test('big integers have an order and keep their digits', () => {
    const row = { a: 9007199254740993n, b: 9007199254740992 }
    assert.equal(evaluate('a > b', row), true)
    assert.equal(evaluate('a > 9007199254740992', row), true)
    assert.equal(evaluate('a < 9007199254740994', row), true)
    assert.equal(evaluate('b >= 9007199254740993', row), false)
    assert.equal(evaluate('a', row), 9007199254740993n)
    assert.equal(evaluate('a + 0', row), 9007199254740992)
  })

  test('__proto__ is a member like any other', () => {
    assert.equal(evaluate('a.__proto__', { a: json('{"__proto__":7}') }), 7)
    assert.equal(evaluate('a.__proto__ IS NULL', { a: json('{}') }), true)
    assert.equal(evaluate('a.constructor', { a: json('{}') }), null)
    assert.equal(evaluate('__proto__ = 5', { ['__proto__']: 5 }), true)
  })
})
