import { RowError } from '../base/errors.ts'
import type { Rows } from '../data/batch.ts'
import type { DecimalOperator } from '../data/decimal.ts'
import { type Value, valuesEqual } from '../data/value.ts'
import { checkArgument } from './arguments.ts'
import type { BoundExpression, Field } from './bound.ts'
import { castValue } from './cast.ts'
import { isIn, like } from './evaluate-match.ts'
import { exactArithmetic, exactNegation, isExact } from './exact-numbers.ts'
import {
  areNeverEqual,
  atLeast,
  atMost,
  greaterThan,
  lessThan,
  memberOf,
  numberOf,
  printedText,
  type Site,
  truthOf,
  writtenText,
} from './operations.ts'

/** The value of an expression for one row; throws `RowError`. Operands are evaluated from left to right, and only if needed. */
export type Evaluate = (rows: Rows, row: number) => Value
export type SlotOf = (field: Field) => number

type Of<K extends BoundExpression['kind']> = Extract<BoundExpression, { kind: K }>
type Binary = Of<'binary'>

/** The reference evaluator: a closure per node, with nothing clever in it. Generated code must agree with it. */
export function evaluator(node: BoundExpression, slotOf: SlotOf): Evaluate {
  const compile = (child: BoundExpression) => evaluator(child, slotOf)
  switch (node.kind) {
    case 'constant': {
      const { value } = node
      return () => value
    }
    case 'field': {
      const slot = slotOf(node.field)
      return (rows, row) => rows.columns[slot]!.value(row)
    }
    case 'event-time':
      return ({ time }, row) => (Number.isNaN(time[row]!) ? null : time[row]!)
    case 'subscript':
      return subscript(compile(node.of), compile(node.index))
    case 'negate':
      return negate(node, compile(node.operand))
    case 'not':
      return not(node.operand, compile(node.operand))
    case 'is':
      return is(node, compile(node.operand))
    case 'binary':
      return binary(node, compile(node.left), compile(node.right))
    case 'in':
      return isIn(node, compile(node.operand), node.list.map(compile))
    case 'like':
      return like(node, compile)
    case 'case':
      return choose(node, compile)
    case 'cast':
      return cast(node, compile(node.operand))
    case 'call':
      return call(node, node.args.map(compile))
  }
}

function subscript(of: Evaluate, index: Evaluate): Evaluate {
  return (rows, row) => memberOf(of(rows, row), index(rows, row))
}

function negate(node: Of<'negate' | 'not'>, operand: Evaluate): Evaluate {
  const written = writtenText(node.operand)
  if (isExact(node.type)) {
    const { read, compute } = exactNegation(node.type)
    return (rows, row) => {
      const value = operand(rows, row)
      return value === null ? null : compute(read(value, '-', written))
    }
  }
  return (rows, row) => {
    const value = operand(rows, row)
    return value === null ? null : 0 - numberOf(value, '-', written)
  }
}

function not(node: BoundExpression, operand: Evaluate): Evaluate {
  const written = writtenText(node)
  return (rows, row) => {
    const value = operand(rows, row)
    return value === null ? null : !truthOf(value, 'NOT', written)
  }
}

function is({ what, negated, operand: node, asker = `IS ${what}` }: Of<'is'>, operand: Evaluate): Evaluate {
  if (what === 'NULL') return (rows, row) => (operand(rows, row) === null) !== negated
  const wanted = what === 'TRUE'
  const written = writtenText(node)
  return (rows, row) => {
    const value = operand(rows, row)
    return (value !== null && truthOf(value, asker, written) === wanted) !== negated
  }
}

function binary(node: Binary, left: Evaluate, right: Evaluate): Evaluate {
  const site: Site = { operator: node.operator, left: writtenText(node.left), right: writtenText(node.right) }
  const both =
    (compute: (a: Value, b: Value) => Value): Evaluate =>
    (rows, row) => {
      const a = left(rows, row)
      const b = right(rows, row)
      return a === null || b === null ? null : compute(a, b)
    }
  const never = areNeverEqual(node.left.type, node.right.type)
  const equal = never ? () => false : valuesEqual
  switch (node.operator) {
    case 'AND':
      return connective(false, site, [left, right])
    case 'OR':
      return connective(true, site, [left, right])
    case '=':
      return both(equal)
    case '<>':
      return both((a, b) => !equal(a, b))
    case 'IS DISTINCT FROM':
    case 'IS NOT DISTINCT FROM':
      return distinct(node.operator === 'IS DISTINCT FROM', equal, [left, right])
    case '<':
      return both((a, b) => lessThan(a, b, site))
    case '<=':
      return both((a, b) => atMost(a, b, site))
    case '>':
      return both((a, b) => greaterThan(a, b, site))
    case '>=':
      return both((a, b) => atLeast(a, b, site))
    case '||':
      return both((a, b) => printedText(a, node.left.type) + printedText(b, node.right.type))
    default:
      return arithmetic(node, site, [left, right])
  }
}

/** AND (`decisive` false) and OR (true): the right operand is not looked at where the left decides. */
function connective(decisive: boolean, site: Site, [left, right]: readonly [Evaluate, Evaluate]): Evaluate {
  return (rows, row) => {
    const a = left(rows, row)
    if (a !== null && truthOf(a, site.operator, site.left) === decisive) return decisive
    const b = right(rows, row)
    if (b !== null && truthOf(b, site.operator, site.right) === decisive) return decisive
    return a === null || b === null ? null : !decisive
  }
}

function distinct(
  isDistinct: boolean,
  equal: (a: Value, b: Value) => boolean,
  [left, right]: readonly [Evaluate, Evaluate],
): Evaluate {
  return (rows, row) => {
    const a = left(rows, row)
    const b = right(rows, row)
    const isSame = a === null || b === null ? a === b : equal(a, b)
    return isSame !== isDistinct
  }
}

/** Each operand is checked as soon as it is known, whether or not the other is NULL. */
function arithmetic({ operator, type }: Binary, site: Site, operands: readonly [Evaluate, Evaluate]): Evaluate {
  if (isExact(type)) return checked(site, operands, exactArithmetic(operator as DecimalOperator, type))
  const numbers = (compute: (a: number, b: number) => number) => checked(site, operands, { read: numberOf, compute })
  switch (operator) {
    case '+':
      return numbers((a, b) => a + b)
    case '-':
      return numbers((a, b) => a - b)
    case '*':
      return numbers((a, b) => a * b)
    case '/':
      return numbers((a, b) => a / b)
    default:
      return numbers((a, b) => a % b)
  }
}

function checked<T extends Value>(
  site: Site,
  [left, right]: readonly [Evaluate, Evaluate],
  kind: {
    readonly read: (value: Value, operator: string, operand: string) => T
    readonly compute: (a: T, b: T) => Value
  },
): Evaluate {
  const { read, compute } = kind
  return (rows, row) => {
    const a = left(rows, row)
    const x = a === null ? null : read(a, site.operator, site.left)
    const b = right(rows, row)
    const y = b === null ? null : read(b, site.operator, site.right)
    return x === null || y === null ? null : compute(x, y)
  }
}

function choose(node: Of<'case'>, compile: (node: BoundExpression) => Evaluate): Evaluate {
  const whens = node.whens.map(({ when, then: result }) => ({
    when: compile(when),
    written: writtenText(when),
    result: compile(result),
  }))
  const otherwise = compile(node.otherwise)
  return (rows, row) => {
    for (const { when, written, result } of whens) {
      const value = when(rows, row)
      if (value !== null && truthOf(value, 'WHEN', written)) return result(rows, row)
    }
    return otherwise(rows, row)
  }
}

function cast({ to, isTry, operand: node }: Of<'cast'>, operand: Evaluate): Evaluate {
  const site = { to, from: node.type, operand: writtenText(node) }
  if (!isTry)
    return (rows, row) => {
      const value = operand(rows, row)
      return value === null ? null : castValue(value, site)
    }
  return (rows, row) => {
    const value = operand(rows, row)
    return value === null ? null : tryCast(value, site)
  }
}

/** NULL where CAST would refuse the value; mistakes in the operand itself are not hidden. */
export function tryCast(value: Value, site: Parameters<typeof castValue>[1]): Value {
  try {
    return castValue(value, site)
  } catch (error) {
    if (error instanceof RowError) return null
    throw error
  }
}

function call({ fn, apply, args: nodes }: Of<'call'>, args: readonly Evaluate[]): Evaluate {
  const checks = nodes.map((arg, i) => checkArgument(fn, i, arg))
  const values: Value[] = args.map(() => null)
  return (rows, row) => {
    let hasNull = false
    const now = values.slice()
    for (let i = 0; i < args.length; i += 1) {
      const value = args[i]!(rows, row)
      if (value === null) hasNull = true
      now[i] = value
    }
    if (hasNull && !fn.takesNull) return null
    for (let i = 0; i < now.length; i += 1) if (now[i] !== null) now[i] = checks[i]!(now[i]!)
    return apply(now)
  }
}
