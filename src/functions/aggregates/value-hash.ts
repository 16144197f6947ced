import { Decimal } from '../../data/decimal.ts'
import { equalNumber, JsonText, keyTextOf, type Value } from '../../data/value.ts'

const double = new Float64Array(1)
const halves = new Uint32Array(double.buffer)

/** The two halves of the hash that was made last. */
export const hash = { high: 0, low: 0 }

/**
 * Hashes a value into `hash`, 64 bits, the same on every run: values that are `=` get the same. Scalars by type and value, nested ones
 * by their key text. Two lanes of MurmurHash3's mixing (public domain, A. Appleby) with different seeds; no secret: whoever chooses the
 * values can make them collide.
 */
export function hashValue(value: Exclude<Value, null>): void {
  if (typeof value === 'number') hashNumber(value)
  else if (typeof value === 'string') hashText(value, 2)
  else if (typeof value === 'boolean') hashText(value ? 'true' : 'false', 3)
  else if (value instanceof JsonText) hashText(keyTextOf(value), 4)
  else if (value instanceof Decimal) hashDecimal(value)
  else hashBigint(value)
}

function hashDecimal(value: Decimal): void {
  const same = equalNumber(value)
  if (same === undefined) hashText(keyTextOf(value), 1)
  else if (typeof same === 'number') hashNumber(same)
  else hashBigint(same)
}

/** Equal numbers hash alike, whether a row held them as double or as bigint. */
function hashBigint(value: bigint): void {
  const nearest = Number(value)
  if (Number.isFinite(nearest) && BigInt(nearest) === value) hashNumber(nearest)
  else hashText(String(value), 1)
}

function hashNumber(value: number): void {
  double[0] = value === 0 ? 0 : value
  if (Number.isNaN(value)) double[0] = Number.NaN
  const [a, b] = [halves[0]!, halves[1]!]
  hash.high = finished(mixed(mixed(HIGH_SEED, a), b), 8)
  hash.low = finished(mixed(mixed(LOW_SEED, a), b), 8)
}

const HIGH_SEED = 0x5bd1e995
const LOW_SEED = 0x2545f491

function hashText(text: string, seed: number): void {
  let high = mixed(HIGH_SEED, seed)
  let low = mixed(LOW_SEED, seed)
  const { length } = text
  let at = 0
  for (; at + 1 < length; at += 2) {
    const block = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16)
    high = mixed(high, block)
    low = mixed(low, block)
  }
  if (at < length) {
    high = mixed(high, text.charCodeAt(at))
    low = mixed(low, text.charCodeAt(at))
  }
  hash.high = finished(high, length)
  hash.low = finished(low, length)
}

function mixed(state: number, block: number): number {
  let k = Math.imul(block, 0xcc9e2d51)
  k = (k << 15) | (k >>> 17)
  const h = state ^ Math.imul(k, 0x1b873593)
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0
}

function finished(state: number, length: number): number {
  let h = state ^ length
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
