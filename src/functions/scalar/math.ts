import { RowError } from '../../base/errors.ts'
import type { ColumnType } from '../../data/column-type.ts'
import { compareValues, describeType, isNumber, type Value } from '../../data/value.ts'
import { defineScalar, type ExactForm, type ScalarFunction } from '../scalar-function.ts'
import { commonType, wholeOf } from './arguments.ts'
import { exactAbs, exactRound } from './exact-math.ts'

/** A function of one double. */
const ofNumber = (
  name: string,
  summary: string,
  compute: (x: number) => number,
  exact?: (type: ColumnType) => ExactForm,
) =>
  defineScalar({
    ...(exact ? { exact } : {}),
    name,
    signature: `${name}(number)`,
    summary,
    parameters: ['number'],
    returns: 'number',
    flinkName: name.toUpperCase(),
    apply: ([x]) => compute(x as number),
  })

const ofNothing = (name: string, summary: string, value: number) =>
  defineScalar({
    name,
    signature: `${name}()`,
    summary,
    parameters: [],
    returns: 'number',
    flinkName: name.toUpperCase(),
    apply: () => value,
  })

/**
 * Moves the decimal point of the number as it is printed, so that 1.005 has three places and not what its double has.
 * Flink goes the same way, by `BigDecimal.valueOf`.
 */
function shifted(x: number, places: number): number {
  const [digits, exponent] = `${x}`.split('e')
  return Number(`${digits}e${Number(exponent ?? 0) + places}`)
}

/** Rounds the size of a number at a decimal place with `toWhole`; beyond 15 digits or so there is nothing to round. */
function atPlace(x: number, places: number, toWhole: (size: number) => number): number {
  if (!Number.isFinite(x)) return x
  const size = shifted(Math.abs(x), places)
  if (size >= Number.MAX_SAFE_INTEGER) return x
  return Math.sign(x) * shifted(toWhole(size), -places)
}

const rounding = (name: string, summary: string, toWhole: (size: number) => number, exact?: typeof exactRound) =>
  defineScalar({
    ...(exact ? { exact } : {}),
    name,
    signature: `${name}(number [, places])`,
    summary,
    parameters: ['number', 'number'],
    optional: 1,
    returns: 'number',
    flinkName: name.toUpperCase(),
    apply: ([x, places]) => atPlace(x as number, places === undefined ? 0 : wholeOf(places), toWhole),
  })

/** The foremost argument; all must be of one type, as for `<`. */
const choosing = (name: string, summary: string, direction: 1 | -1) =>
  defineScalar({
    name,
    signature: `${name}(value, ...)`,
    summary,
    parameters: ['any'],
    variadic: true,
    returns: commonType,
    isBranch: () => true,
    flinkName: name.toUpperCase(),
    apply(args) {
      let best: Value = args[0]!
      for (const value of args) {
        if (kindOf(value) !== kindOf(best))
          throw new RowError(
            `${name} compares values of one type, not ${describeType(best)} with ${describeType(value)}`,
          )
        if (compareValues(value, best) * direction > 0) best = value
      }
      return best
    },
  })

const kindOf = (value: Value) => (isNumber(value) ? 'number' : typeof value)

/** A whole number in another base; negative ones as 64 bits of two's complement. */
function inBase(value: number | bigint, base: 2 | 16): string {
  const whole = typeof value === 'bigint' ? value : BigInt(Number.isFinite(value) ? wholeOf(value) : 0)
  return (whole < 0n ? BigInt.asUintN(64, whole) : whole).toString(base).toUpperCase()
}

/** FLOOR and CEIL are in `time.ts`: the same names cut a timestamp. */
export const MATH_FUNCTIONS: readonly ScalarFunction[] = [
  ofNumber('abs', 'the number without its sign', Math.abs, exactAbs),
  ofNumber('sign', '-1, 0 or 1, as the number is negative, zero or positive', Math.sign),
  rounding('round', 'the number rounded to so many decimal places [0], halves away from zero', Math.round, exactRound),
  rounding('truncate', 'the number cut off after so many decimal places [0]', Math.floor),
  defineScalar({
    name: 'mod',
    signature: 'mod(number, by)',
    summary: 'the remainder of a division, with the sign of the first number',
    parameters: ['number', 'number'],
    returns: 'number',
    flinkName: 'MOD',
    apply: ([a, b]) => (a as number) % (b as number),
  }),
  defineScalar({
    name: 'power',
    signature: 'power(number, exponent)',
    summary: 'the number raised to a power',
    parameters: ['number', 'number'],
    returns: 'number',
    flinkName: 'POWER',
    apply: ([x, exponent]) => (x as number) ** (exponent as number),
  }),
  ofNumber('sqrt', 'the square root', Math.sqrt),
  ofNumber('exp', 'e raised to the number', Math.exp),
  ofNumber('ln', 'the natural logarithm', Math.log),
  defineScalar({
    name: 'log',
    signature: 'log([base,] number)',
    summary: 'the logarithm to a base, the natural one without a base',
    parameters: ['number', 'number'],
    optional: 1,
    returns: 'number',
    flinkName: 'LOG',
    apply: ([a, b]) => (b === undefined ? Math.log(a as number) : Math.log(b as number) / Math.log(a as number)),
  }),
  ofNumber('log10', 'the logarithm to base 10', Math.log10),
  ofNumber('log2', 'the logarithm to base 2', Math.log2),
  ofNumber('sin', 'the sine of an angle in radians', Math.sin),
  ofNumber('cos', 'the cosine of an angle in radians', Math.cos),
  ofNumber('tan', 'the tangent of an angle in radians', Math.tan),
  ofNumber('cot', 'the cotangent of an angle in radians', (x) => 1 / Math.tan(x)),
  ofNumber('sinh', 'the hyperbolic sine', Math.sinh),
  ofNumber('cosh', 'the hyperbolic cosine', Math.cosh),
  ofNumber('tanh', 'the hyperbolic tangent', Math.tanh),
  ofNumber('asin', 'the angle in radians with that sine', Math.asin),
  ofNumber('acos', 'the angle in radians with that cosine', Math.acos),
  ofNumber('atan', 'the angle in radians with that tangent', Math.atan),
  defineScalar({
    name: 'atan2',
    signature: 'atan2(y, x)',
    summary: 'the angle in radians of the point (x, y)',
    parameters: ['number', 'number'],
    returns: 'number',
    flinkName: 'ATAN2',
    apply: ([y, x]) => Math.atan2(y as number, x as number),
  }),
  ofNumber('degrees', 'an angle in radians as degrees', (x) => x * (180 / Math.PI)),
  ofNumber('radians', 'an angle in degrees as radians', (x) => x * (Math.PI / 180)),
  ofNothing('pi', 'the number pi', Math.PI),
  ofNothing('e', 'the base of the natural logarithm', Math.E),
  choosing('greatest', 'the greatest of the values', 1),
  choosing('least', 'the least of the values', -1),
  defineScalar({
    name: 'hex',
    signature: 'hex(value)',
    summary: 'a whole number, or the UTF-8 bytes of a text, as hexadecimal digits',
    parameters: ['any'],
    returns: 'string',
    flinkName: 'HEX',
    apply([value]) {
      if (typeof value === 'string') return Buffer.from(value).toString('hex').toUpperCase()
      if (typeof value === 'number' || typeof value === 'bigint') return inBase(value, 16)
      throw new RowError(`hex takes a number or a text, not ${describeType(value!)}`)
    },
  }),
  defineScalar({
    name: 'bin',
    signature: 'bin(number)',
    summary: 'a whole number as binary digits',
    parameters: ['number'],
    returns: 'string',
    flinkName: 'BIN',
    apply: ([x]) => inBase(x as number, 2),
  }),
]
