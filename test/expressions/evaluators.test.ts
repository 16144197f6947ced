import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import { TidemarkError } from '../../src/base/errors.ts'
import type { Value } from '../../src/data/value.ts'
import { compileExpression } from '../../src/expressions/compile.ts'
import { printExpression } from '../../src/expressions/print.ts'
import { ENCODINGS, OpenScope, type Outcome, outcomes, printable, rowsFor } from './open-rows.ts'
import { randomExpression, randomRows, typedRows } from './random-expressions.ts'

const shown = (list: readonly unknown[]) => list.map((item) => JSON.stringify(item, printable))

function bound(scope: OpenScope, text: string) {
  try {
    return scope.bind(text)
  } catch (error) {
    assert.ok(error instanceof TidemarkError, `${text}: ${(error as Error).stack}`)
    return undefined
  }
}

test('closures and generated code give the same values and errors over every encoding', () => {
  let compared = 0
  fc.assert(
    fc.property(randomExpression, randomRows, (expression, rows) => {
      const text = printExpression(expression)
      const scope = new OpenScope()
      const node = bound(scope, text)
      if (!node) return
      compared += 1
      const expected = shown(outcomes(node, scope, rowsFor(scope, rows, 'plain'), false))
      for (const encoding of ENCODINGS) {
        const batch = rowsFor(scope, rows, encoding)
        assert.deepEqual(shown(outcomes(node, scope, batch, false)), expected, `closures, ${encoding}: ${text}`)
        assert.deepEqual(shown(outcomes(node, scope, batch, true)), expected, `generated, ${encoding}: ${text}`)
      }
    }),
    { numRuns: 3000 },
  )
  assert.ok(compared > 1000, `only ${compared} of 3000 expressions could be bound`)
})

test('select gives the rows for which the value is TRUE, and reports the same errors, in all evaluators', () => {
  fc.assert(
    fc.property(randomExpression, randomRows, (expression, rows) => {
      const text = printExpression(expression)
      const scope = new OpenScope()
      const node = bound(scope, text)
      if (!node) return
      const plain = rowsFor(scope, rows)
      const values = outcomes(node, scope, plain, false)
      const isCondition = values.every(
        (outcome) => 'error' in outcome || outcome.value === null || typeof outcome.value === 'boolean',
      )
      for (const encoding of ENCODINGS)
        for (const generate of [true, false]) {
          const [picked, errors] = selected(scope, node, { rows: rowsFor(scope, rows, encoding), generate })
          const failed = values.flatMap((outcome, row) => (isRefused(outcome) ? [row] : []))
          const wanted = values.flatMap((outcome, row) => ('value' in outcome && outcome.value === true ? [row] : []))
          assert.deepEqual(picked, wanted, text)
          assert.deepEqual(errors, failed, text)
        }
      function isRefused(outcome: Outcome): boolean {
        return 'error' in outcome || (!isCondition && outcome.value !== null && typeof outcome.value !== 'boolean')
      }
    }),
    { numRuns: 1500 },
  )
})

function selected(
  scope: OpenScope,
  node: ReturnType<OpenScope['bind']>,
  { rows, generate }: { rows: ReturnType<typeof rowsFor>; generate: boolean },
): [number[], number[]] {
  const errors: number[] = []
  const selection = new Int32Array(rows.time.length)
  const evaluator = compileExpression(node, { slotOf: scope.slotOf, generate })
  const count = evaluator.select(rows, 0, rows.time.length, selection, (row) => errors.push(row))
  return [[...selection.subarray(0, count)], errors]
}

test('over columns with static types too', () => {
  const typed = { a: 'number', b: 'timestamp', c: 'string', d: 'any' } as const
  const others = { a: 'bigint', b: 'interval', c: 'boolean', d: 'any' } as const
  const exact = { a: 'int', b: 'decimal(10,2)', c: 'bigint', d: 'decimal(38,10)' } as const
  let compared = 0
  for (const types of [typed, others, exact])
    fc.assert(
      fc.property(randomExpression, typedRows(types), fc.boolean(), (expression, rows, isDeclared) => {
        const text = printExpression(expression)
        const scope = new OpenScope({ typed: types, isDeclared })
        const node = bound(scope, text)
        if (!node) return
        compared += 1
        const batch = rowsFor(scope, rows)
        const expected = shown(outcomes(node, scope, batch, false))
        assert.deepEqual(shown(outcomes(node, scope, batch, true)), expected, text)
      }),
      { numRuns: 1500 },
    )
  assert.ok(compared > 500, `only ${compared} of 3000 expressions could be bound`)
})

test('a row with an error is reported and NULL, and the rows after it go on', () => {
  const scope = new OpenScope()
  const node = scope.bind('a + 1')
  const rows = rowsFor(scope, [{ a: 1 }, { a: 'x' }, {}, { a: 'y' }, { a: 5 }] as Record<string, Value>[])
  for (const generate of [true, false])
    assert.deepEqual(outcomes(node, scope, rows, generate), [
      { value: 2 },
      { error: '+ needs a number, but a is a string', hint: 'CAST(a AS DOUBLE)' },
      { value: null },
      { error: '+ needs a number, but a is a string', hint: 'CAST(a AS DOUBLE)' },
      { value: 6 },
    ])
})

test('rows outside of the range are not looked at', () => {
  const scope = new OpenScope()
  const node = scope.bind('a > 1')
  const rows = rowsFor(scope, [{ a: 'bad' }, { a: 2 }, { a: 3 }, { a: 'bad' }])
  for (const generate of [true, false]) {
    const selection = new Int32Array(4)
    const evaluator = compileExpression(node, { slotOf: scope.slotOf, generate })
    assert.equal(
      evaluator.select(rows, 1, 3, selection, () => assert.fail()),
      2,
    )
    assert.deepEqual([...selection.subarray(0, 2)], [1, 2])
  }
})

test('what is remembered of a dictionary is forgotten with its generation', () => {
  const scope = new OpenScope()
  const evaluator = compileExpression(scope.bind("a = 'x' OR a LIKE 'y%'"), { slotOf: scope.slotOf })
  const selection = new Int32Array(2)
  for (const [texts, wanted] of [
    [['x', 'z'], [0]],
    [['z', 'x'], [1]],
    [['yes', 'no'], [0]],
  ] as const) {
    const rows = rowsFor(
      scope,
      texts.map((a) => ({ a })),
      'interned',
    )
    const count = evaluator.select(rows, 0, 2, selection, () => assert.fail())
    assert.deepEqual([...selection.subarray(0, count)], wanted)
    const dictionary = rows.columns[0]!.dictionary as unknown as { clear(): void; intern(text: string): number }
    dictionary.clear()
    dictionary.intern('x')
    dictionary.intern('y')
    rows.columns[0]!.ids.set([1, 0])
    assert.equal(
      evaluator.select(rows, 0, 2, selection, () => assert.fail()),
      2,
    )
  }
})

test('an evaluator can be asked for one row, and throws its error', () => {
  const scope = new OpenScope()
  const evaluator = compileExpression(scope.bind('a * 2'), { slotOf: scope.slotOf })
  const rows = rowsFor(scope, [{ a: 4 }, { a: 'x' }])
  assert.equal(evaluator.value(rows, 0), 8)
  assert.throws(() => evaluator.value(rows, 1), { name: 'RowError', message: '* needs a number, but a is a string' })
})

test('where code may not be generated, closures do the work', () => {
  const modules = ['bind', 'compile', 'parse'].map(
    (name) => new URL(`../../src/expressions/${name}.js`, import.meta.url),
  )
  const script = `
    const [{ bind }, { compileExpression }, { parseExpression }] = await Promise.all(${JSON.stringify(modules)}.map((url) => import(url)))
    const { Column } = await import('${new URL('../../src/data/column.js', import.meta.url)}')
    const column = new Column('any', 'plain', 2)
    column.set(0, 5)
    column.set(1, 7)
    const field = { name: 'a', type: 'any' }
    const scope = { resolve: () => ({ field, rest: [] }), names: () => [], hasTime: false, parameters: new Map(), zone: 'UTC' }
    const evaluator = compileExpression(bind(parseExpression('a > 6', 'filter'), scope), { slotOf: () => 0 })
    const selection = new Int32Array(2)
    const count = evaluator.select({ columns: [column], time: new Float64Array(2) }, 0, 2, selection, () => {})
    console.log(count, selection[0])`
  const args = ['--disallow-code-generation-from-strings', '--input-type=module', '--eval', script]
  assert.equal(execFileSync(process.execPath, args, { encoding: 'utf8' }), '1 1\n')
})
