import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bindAggregate } from '../../src/expressions/bind.ts'
import { compileExpression } from '../../src/expressions/compile.ts'
import { resultPaths } from '../../src/expressions/names.ts'
import { parseExpression, parseSelectList } from '../../src/expressions/parse.ts'
import { OpenScope, refusal, rowsFor } from './open-rows.ts'

describe('aggregates', () => {
  const scope = () => new OpenScope({ typed: { text: 'string' } })
  const aggregation = (text: string) => bindAggregate(parseExpression(text, '--agg'), scope())

  test('one call is one aggregate, and its field the result', () => {
    const { aggregates, fields, result } = aggregation('count(DISTINCT user) FILTER (WHERE ok)')
    assert.equal(aggregates.length, 1)
    assert.equal(aggregates[0]!.fn.name, 'count')
    assert.equal(aggregates[0]!.distinct, true)
    assert.equal(aggregates[0]!.filter?.kind, 'field')
    assert.deepEqual(
      aggregates[0]!.args.map(({ kind }) => kind),
      ['field'],
    )
    assert.equal(result.kind === 'field' && result.field, fields[0])
    assert.deepEqual(aggregation('count(*)').aggregates[0]!.args, [])
  })

  test('an expression over aggregates reads their fields; equal calls are computed once', () => {
    const { aggregates, fields, result } = aggregation('sum(a * 2) / count(*) + coalesce(sum(a * 2), count( * ))')
    assert.deepEqual(
      aggregates.map(({ fn }) => fn.name),
      ['sum', 'count'],
    )
    const slots = new Map(fields.map((field, slot) => [field, slot]))
    const over = new OpenScope()
    for (const [slot, field] of fields.entries()) {
      over.fields.set(`${slot}`, field)
      over.slots.set(field, slot)
    }
    const rows = rowsFor(over, [{ 0: 6, 1: 4 }])
    assert.equal(compileExpression(result, { slotOf: (field) => slots.get(field)! }).value(rows, 0), 7.5)
  })

  for (const [text, wanted] of [
    ['a', 'E_AGGREGATE a stands outside of an aggregate | a | write first_value(a), or group by it: --by a'],
    ['sum(a) / b', 'E_AGGREGATE b stands outside of an aggregate | b | write first_value(b), or group by it: --by b'],
    [
      '1 + 2',
      'E_AGGREGATE there is no aggregate here | 1 + 2 | aggregates are count(*), sum(x), avg(x), min(x), max(x) and others: tidemark functions',
    ],
    [
      'sum(count(*))',
      'E_AGGREGATE the aggregate count cannot stand here | count(*) | aggregates stand in --agg; the field is written without brackets: count',
    ],
    ['sum(*)', 'E_AGGREGATE sum does not take * | sum(*) | it is written sum([DISTINCT] number)'],
    ['count()', 'E_AGGREGATE count takes one argument, not 0 | count() | write count(*)'],
    ['sum(a, b)', 'E_AGGREGATE sum takes one argument, not 2 | sum(a, b) | it is written sum([DISTINCT] number)'],
    [
      'first_value(DISTINCT a)',
      'E_AGGREGATE first_value does not take DISTINCT | first_value(DISTINCT a) | it is written first_value(value)',
    ],
    ['sum(text)', 'E_AGGREGATE sum takes numbers, not a string | text | write sum(CAST(text AS DOUBLE))'],
    ['sum(a) FILTER (WHERE text)', 'E_TYPE FILTER needs true or false, not a string | text | '],
    [
      'count(*) + event_time()',
      'E_AGGREGATE event_time() stands outside of an aggregate | event_time() | write max(event_time())',
    ],
  ] as const)
    test(text, () =>
      assert.equal(
        refusal(() => aggregation(text)),
        wanted,
      ),
    )
})

describe('names of result columns', () => {
  const paths = (text: string) => {
    const items = parseSelectList(text, 'select').flatMap((item) => (item.kind === 'expression' ? [item] : []))
    return resultPaths(items).map((path) => path.join('/'))
  }
  test('AS wins; a path gives its last part; f(path) gives f_path', () => {
    assert.deepEqual(
      paths('a + 1 AS x, geo.country, count(*), sum(o.amount), count(DISTINCT user), a AS n.m, "odd name", pi()'),
      ['x', 'country', 'count', 'sum_amount', 'count_distinct_user', 'n/m', 'odd name', 'pi'],
    )
  })
  for (const [text, wanted] of [
    ['a, b + 1', 'E_NAME this column needs a name | b + 1 | name it: b + 1 AS name'],
    ['sum(a * 2)', 'E_NAME this column needs a name | sum(a * 2) | name it: sum(a * 2) AS name'],
    ['nullif(a, b)', 'E_NAME this column needs a name | nullif(a, b) | name it: nullif(a, b) AS name'],
    ['a.x, b.x', 'E_NAME two columns are named x | b.x | name it: b.x AS name'],
    ['a AS x, b AS x', 'E_NAME two columns are named x | x | give one of them another name'],
    ['a AS x.y, b AS x', 'E_NAME two columns are named x | x | give one of them another name'],
    ['a AS x, b AS x.y', 'E_NAME two columns are named x.y | x.y | give one of them another name'],
  ] as const)
    test(text, () =>
      assert.equal(
        refusal(() => paths(text)),
        wanted,
      ),
    )
  test('siblings under one member are no clash', () => assert.deepEqual(paths('a AS x.y, b AS x.z'), ['x/y', 'x/z']))
})
