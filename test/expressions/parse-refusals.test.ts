import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { TidemarkError } from '../../src/base/errors.ts'
import { parseExpression, parseExpressionList, parseFieldPath, parseSelectList } from '../../src/expressions/parse.ts'
import { thrownBy } from './open-rows.ts'

describe('refusals say what is there, and what was expected', () => {
  const rendered = (text: string) => {
    const error = thrownBy(() => parseSelectList(text, 'select')) as TidemarkError
    const [message, at, ...rest] = error.render().split('\n')
    const column = at!.split(':').at(-1)
    return `${message!.replace('tidemark: ', '')} at ${column}${rest.at(-1)!.startsWith('  hint') ? rest.at(-1)!.replace('  hint', '; hint') : ''}`
  }
  for (const [text, wanted] of [
    [
      '',
      'nothing is written here [E_EXPRESSION] at 1; hint: expected a value: a field, a literal, a function or a bracket',
    ],
    ['a &&  b', "unexpected '&&' [E_EXPRESSION] at 3; hint: SQL's word is AND"],
    ['a | b', "unexpected '|' [E_EXPRESSION] at 3; hint: SQL's word is OR; || joins strings"],
    ['!a', "unexpected '!' [E_EXPRESSION] at 1; hint: SQL's word is NOT"],
    ['a =~ b', "unexpected '=~' [E_EXPRESSION] at 3; hint: write LIKE 'abc%' or regexp(text, 'pattern')"],
    ["a ILIKE 'x'", "unexpected 'ILIKE' [E_EXPRESSION] at 3; hint: write lower(text) LIKE 'abc%'"],
    ["a RLIKE 'x'", "unexpected 'RLIKE' [E_EXPRESSION] at 3; hint: write regexp(text, 'pattern')"],
    ['a === b', "unexpected '===' [E_EXPRESSION] at 3; hint: write ="],
    ['a = ’x’', "unexpected '’' [E_EXPRESSION] at 5; hint: write strings in straight quotes: 'text'"],
    ["a = 'x", "the string is not closed [E_EXPRESSION] at 5; hint: end it with '; a quote inside it is written ''"],
    ['"a', "the quoted name is not closed [E_EXPRESSION] at 1; hint: end it with \"; strings are written '…'"],
    ['a /* b', 'the comment is not closed [E_EXPRESSION] at 3; hint: end it with */'],
    ['a # b', "unexpected '#' [E_EXPRESSION] at 3; hint: a comment begins with --"],
    [
      '5x + 1',
      '\'5x\' is neither a number nor a duration [E_EXPRESSION] at 1; hint: durations look like 250ms, 5s, 5m, 1h30m, 7d; a field of that name is written "5x"',
    ],
    [
      'a +',
      'the expression ends too early [E_EXPRESSION] at 4; hint: expected a value: a field, a literal, a function or a bracket',
    ],
    ['(a + b', "this bracket is not closed [E_EXPRESSION] at 1; hint: expected ')'"],
    ['f(a', "this bracket is not closed [E_EXPRESSION] at 2; hint: expected ')' after the arguments of f"],
    ['a)', "unexpected ')' [E_EXPRESSION] at 2; hint: expected AS, a comma or the end"],
    ['a b', "unexpected 'b' [E_EXPRESSION] at 3; hint: expected AS before a new name, a comma or the end"],
    [
      'end + 1',
      'unexpected \'end\' [E_EXPRESSION] at 1; hint: expected a value: a field, a literal, a function or a bracket; a field of that name is written "end"',
    ],
    [
      'a IS 5',
      "unexpected '5' [E_EXPRESSION] at 6; hint: expected NULL, TRUE, FALSE, UNKNOWN, JSON or DISTINCT FROM after IS",
    ],
    ['a IN 5', "unexpected '5' [E_EXPRESSION] at 6; hint: expected '(' and a list of values after IN"],
    [
      'a = NOT b',
      'unexpected \'NOT\' [E_EXPRESSION] at 5; hint: expected a value (put brackets around NOT …); a field of that name is written "NOT"',
    ],
    [
      'CASE WHEN a END',
      'unexpected \'END\' [E_EXPRESSION] at 13; hint: expected THEN after the condition of WHEN; a field of that name is written "END"',
    ],
    ["TIMESTAMP 'soon'", "'soon' is not a timestamp [E_VALUE] at 11; hint: write TIMESTAMP '2024-05-01 10:00:00'"],
    [
      "INTERVAL '5'",
      'the expression ends too early [E_EXPRESSION] at 13; hint: expected a unit: DAY, HOUR, MINUTE or SECOND',
    ],
    [
      "DATE '2024-05-01'",
      "unexpected 'DATE' [E_EXPRESSION] at 1; hint: expected TIMESTAMP '…': there is no type DATE here",
    ],
    ['CAST(a INT)', "unexpected 'INT' [E_EXPRESSION] at 8; hint: expected AS and a type in CAST"],
    ['a AS', 'the expression ends too early [E_EXPRESSION] at 5; hint: expected a name after AS'],
    [
      'a,',
      'the expression ends too early [E_EXPRESSION] at 3; hint: expected a value: a field, a literal, a function or a bracket',
    ],
    ['* EXCEPT a', "unexpected 'a' [E_EXPRESSION] at 10; hint: expected '(' and names after EXCEPT"],
  ] as const)
    test(text === '' ? 'nothing' : text, () => assert.equal(rendered(text), wanted))

  test('the earlier of two mistakes is reported', () => {
    assert.match(rendered("a b && 'c"), /unexpected 'b'/)
  })

  test('the caret stands in the right line', () => {
    const error = thrownBy(() => parseExpression('a = 1\n  && b = 2', 'filter')) as TidemarkError
    assert.equal(
      error.render(),
      "tidemark: unexpected '&&' [E_EXPRESSION]\n  at filter:2:3\n  |   && b = 2\n  |   ^^\n  hint: SQL's word is AND",
    )
  })
})

describe('no text can break the parser', () => {
  const onlyOurErrors = (text: string) => {
    for (const parse of [parseExpression, parseSelectList, parseExpressionList, parseFieldPath]) {
      try {
        parse(text, 'test')
      } catch (error) {
        assert.ok(error instanceof TidemarkError, `${text}: ${(error as Error).stack}`)
        assert.ok(error.details.span!.start <= error.details.span!.end && error.details.span!.end <= text.length, text)
      }
    }
  }

  test('random text gives an expression or a TidemarkError', () => {
    const words =
      'a 1 5m \'x\' "y" ( ) [ ] , . + - * = <> < AND OR NOT IS NULL IN BETWEEN LIKE CASE WHEN THEN ELSE END CAST AS INT f( count(* FILTER WHERE INTERVAL TIMESTAMP :p TRIM( BOTH FROM EXTRACT( DISTINCT'
    fc.assert(fc.property(fc.string({ unit: 'binary' }), onlyOurErrors), { numRuns: 1000 })
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words.split(' ')), { maxLength: 15 }), (list) =>
        onlyOurErrors(list.join(' ')),
      ),
      { numRuns: 3000 },
    )
  })

  test('deep nesting is refused, not a stack overflow', () => {
    const count = 10_000
    for (const text of [
      '('.repeat(count),
      `${'('.repeat(count)}a${')'.repeat(count)}`,
      'NOT '.repeat(count),
      '- '.repeat(count),
      'f('.repeat(count),
      'CASE WHEN '.repeat(count),
      `a${'[1]'.repeat(count)}`,
      `a${' + 1'.repeat(count)}`,
      `a${' IS NULL'.repeat(count)}`,
      'a IN ('.repeat(count),
      'a = CASE b WHEN '.repeat(count),
      'a LIKE b[c AND '.repeat(count),
    ]) {
      const error = thrownBy(() => parseExpression(text, 'filter')) as TidemarkError
      assert.equal(error.code, 'E_EXPRESSION')
      assert.match(error.message, /nested too deeply|ends too early/)
    }
    assert.equal(parseExpression(`a IN (${'1, '.repeat(count)}1)`, 'filter').kind, 'in')
  })
})
