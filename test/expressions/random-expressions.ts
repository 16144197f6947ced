import fc from 'fast-check'
import { type ColumnType, type DecimalType, decimalShape } from '../../src/data/column-type.ts'
import { Decimal } from '../../src/data/decimal.ts'
import { JsonText, type Value } from '../../src/data/value.ts'
import type { BinaryOperator, Expression } from '../../src/expressions/expression.ts'

const span = { source: 'test', text: '', start: 0, end: 0 }
const call = (name: string, args: readonly Expression[]): Expression => ({
  kind: 'call',
  name,
  nameSpan: span,
  args,
  distinct: false,
  star: false,
  filter: null,
  span,
})

/** Fields of the random rows. */
export const FIELDS = ['a', 'b', 'c', 'd'] as const

const TEXTS = ['', 'a', 'ab', 'b%', 'x_y', '1', '2024-05-01', '2024-05-01T10:00:00Z', 'true', 'é😀', "it's", 'q"\\n\n']
const NUMBERS = [0, 1, 2, 3, -1, 0.5, 1e21, 500, 1714557600000, 9007199254740992]
const BIG = [9007199254740993n, 9223372036854775807n, -9007199254740993n, 123456789012345678901234567890n]

const literal: fc.Arbitrary<Expression> = fc
  .oneof(
    fc.constantFrom(null, true, false),
    fc.constantFrom(...NUMBERS.filter((number) => number >= 0)),
    fc.constantFrom(...BIG.filter((big) => big > 0)),
    fc.constantFrom(...TEXTS),
  )
  .map((value): Expression => ({ kind: 'literal', value, span }))

const field: fc.Arbitrary<Expression> = fc
  .constantFrom<readonly string[]>(...FIELDS.map((name) => [name]), ['d', 'x'], ['d', 'odd name'], ['d', 'end'])
  .map((path): Expression => ({ kind: 'field', path, span }))

const leaf = fc.oneof(
  { weight: 4, arbitrary: field },
  { weight: 3, arbitrary: literal },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Expression>(
      { kind: 'timestamp', value: 1714557600000, span },
      { kind: 'timestamp', value: 1714557600250, span },
      { kind: 'interval', value: 300000, span },
      { kind: 'interval', value: 250, span },
      call('event_time', []),
    ),
  },
)

const NUMERIC: readonly BinaryOperator[] = ['+', '-', '*', '/', '%']
const COMPARING: readonly BinaryOperator[] = [
  '=',
  '<>',
  '<',
  '<=',
  '>',
  '>=',
  'IS DISTINCT FROM',
  'IS NOT DISTINCT FROM',
]
const TYPES = ['INT', 'BIGINT', 'DOUBLE', 'STRING', 'BOOLEAN', 'TIMESTAMP', 'TINYINT']

/** Expressions of all kinds over `FIELDS`, as the parser makes them but for spans; many of them do not bind. */
export const { node: randomExpression } = fc.letrec<{ node: Expression; truth: Expression; number: Expression }>(
  (tie) => {
    const { node, truth, number } = { node: tie('node'), truth: tie('truth'), number: tie('number') }
    const binary = (operators: readonly BinaryOperator[], operand: fc.Arbitrary<Expression>) =>
      fc
        .tuple(fc.constantFrom(...operators), operand, operand)
        .map(([operator, left, right]): Expression => ({ kind: 'binary', operator, left, right, span }))
    const negated = fc.boolean()
    const truths: fc.Arbitrary<Expression>[] = [
      binary(COMPARING, fc.oneof(leaf, number, node)),
      binary(['AND', 'OR'], truth),
      truth.map((operand): Expression => ({ kind: 'unary', operator: 'NOT', operand, span })),
      fc
        .tuple(fc.oneof(truth, field), fc.constantFrom('NULL', 'TRUE', 'FALSE', 'UNKNOWN'), negated)
        .map(([operand, what, no]): Expression => ({ kind: 'is', operand, what, negated: no, span })),
      fc
        .tuple(
          fc.oneof(leaf, node),
          fc.array(fc.oneof({ weight: 5, arbitrary: literal }, { weight: 1, arbitrary: node }), {
            minLength: 1,
            maxLength: 4,
          }),
          negated,
        )
        .map(([operand, list, no]): Expression => ({ kind: 'in', operand, list, negated: no, span })),
      fc
        .tuple(leaf, number, number, negated)
        .map(([operand, low, high, no]): Expression => ({ kind: 'between', operand, low, high, negated: no, span })),
      fc
        .tuple(
          field,
          fc.oneof(
            fc.constantFrom<Expression>(
              ...['%a%', 'a%', '%b', '_', '%_b', 'x!_y', ''].map(
                (value): Expression => ({ kind: 'literal', value, span }),
              ),
            ),
            field,
          ),
          fc.constantFrom<Expression | null>(null, null, { kind: 'literal', value: '!', span }),
          negated,
        )
        .map(
          ([operand, pattern, escaping, no]): Expression => ({
            kind: 'like',
            operand,
            pattern,
            escape: escaping,
            negated: no,
            span,
          }),
        ),
    ]
    const numbers: fc.Arbitrary<Expression>[] = [
      binary(NUMERIC, fc.oneof({ weight: 2, arbitrary: leaf }, { weight: 1, arbitrary: number })),
      fc
        .tuple(fc.constantFrom<'-' | '+'>('-', '+'), number)
        .map(([operator, operand]): Expression => ({ kind: 'unary', operator, operand, span })),
      fc
        .tuple(node, fc.constantFrom(...TYPES), fc.boolean())
        .map(([operand, to, isTry]): Expression => ({ kind: 'cast', operand, to, typeSpan: span, isTry, span })),
      number.map((operand) => call('abs', [operand])),
      node.map((operand) => call('char_length', [operand])),
    ]
    const others: fc.Arbitrary<Expression>[] = [
      binary(['||'], node),
      fc.array(node, { minLength: 1, maxLength: 3 }).map((args) => call('coalesce', args)),
      node.map((operand) => call('upper', [operand])),
      fc.tuple(node, node).map((args) => call('nullif', args)),
      fc.tuple(truth, node, node).map((args) => call('if', args)),
      field.map((operand) => call('extract', [{ kind: 'literal', value: 'HOUR', span }, operand])),
      fc.tuple(fc.option(leaf), fc.array(fc.tuple(truth, node), { minLength: 1, maxLength: 3 }), fc.option(node)).map(
        ([operand, whens, otherwise]): Expression => ({
          kind: 'case',
          operand,
          whens: whens.map(([when, then]) => ({ when, then })),
          otherwise,
          span,
        }),
      ),
      fc
        .tuple(
          fc.constant(call('coalesce', [{ kind: 'field', path: ['d'], span }])),
          fc.constantFrom<Expression>(
            { kind: 'literal', value: 'x', span },
            { kind: 'literal', value: 1, span },
            { kind: 'field', path: ['a'], span },
          ),
        )
        .map(([of, index]): Expression => ({ kind: 'subscript', of, index, span })),
    ]
    return {
      truth: fc.oneof({ maxDepth: 3, withCrossShrink: true, depthIdentifier: 'e' }, leaf, ...truths),
      number: fc.oneof({ maxDepth: 3, withCrossShrink: true, depthIdentifier: 'e' }, leaf, ...numbers),
      node: fc.oneof(
        { maxDepth: 3, withCrossShrink: true, depthIdentifier: 'e' },
        leaf,
        ...truths,
        ...numbers,
        ...others,
      ),
    }
  },
)

const value: fc.Arbitrary<Value> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.boolean() },
  { weight: 4, arbitrary: fc.constantFrom<Value>(...NUMBERS, ...BIG, -0, Number.POSITIVE_INFINITY) },
  { weight: 3, arbitrary: fc.constantFrom<Value>(...TEXTS) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('{"x":1}', '{"x":{"y":[1,2]},"a":null}', '[1,"x",null]', '{ "odd name": "v", "end": 2.50 }')
      .map((text) => new JsonText(text)),
  },
)

/** Rows with all, some or none of `FIELDS`, with and without event time. */
export const randomRows: fc.Arbitrary<Readonly<Record<string, Value>>[]> = fc.array(
  fc.record(
    { a: value, b: value, c: value, d: value, '@time': fc.constantFrom<Value>(1714557600000, 0) },
    { requiredKeys: [] },
  ),
  { minLength: 1, maxLength: 8 },
)

const SMALL = fc.constantFrom(0, 1, -7, 127)

/** Values of a type; those of a DECIMAL have its scale. */
function ofType(type: ColumnType): fc.Arbitrary<Value> {
  const shape = decimalShape(type)
  if (shape === undefined) return OF_TYPE[type as keyof typeof OF_TYPE]
  return fc.bigInt({ min: -999n, max: 99999n }).map((digits) => new Decimal(digits, shape.scale))
}

const OF_TYPE: Readonly<Record<Exclude<ColumnType, DecimalType>, fc.Arbitrary<Value>>> = {
  tinyint: SMALL,
  smallint: SMALL,
  int: fc.oneof(SMALL, fc.constantFrom(2147483647, -2147483648)),
  any: value,
  boolean: fc.boolean(),
  number: fc.constantFrom(...NUMBERS, Number.NaN),
  bigint: fc.constantFrom(0n, 1n, 500n, -1n, 9223372036854775807n, 9007199254740993n),
  string: fc.constantFrom(...TEXTS),
  timestamp: fc.constantFrom(0, 1714557600000, 1714557600250),
  interval: fc.constantFrom(0, 250, 300000),
}

/** Rows whose fields hold values of these types, or NULL. */
export const typedRows = (types: Readonly<Record<string, ColumnType>>): fc.Arbitrary<Record<string, Value>[]> =>
  fc.array(
    fc.record(
      Object.fromEntries(Object.entries(types).map(([name, type]) => [name, fc.option(ofType(type), { freq: 6 })])),
      { requiredKeys: [] },
    ) as fc.Arbitrary<Record<string, Value>>,
    { minLength: 1, maxLength: 6 },
  )
