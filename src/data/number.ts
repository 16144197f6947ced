/**
 * The one printed form of a number, chosen so that equal numbers print equally whether they are held as double or bigint:
 * integers below 1e21 by all their digits, the rest as JavaScript prints the double. `-0` prints `0`. A double that overflowed
 * (1e400, 1/0) prints `1e999`, which reads back as the same value; NaN, which JSON cannot say at all, prints `null`.
 */
export function canonicalNumber(value: number | bigint): string {
  if (typeof value === 'bigint') return canonicalBigInt(value)
  if (value < 9007199254740992 && value > -9007199254740992) return value === 0 ? '0' : `${value}`
  if (Number.isNaN(value)) return 'null'
  if (value === Infinity) return '1e999'
  if (value === -Infinity) return '-1e999'
  return value < 1e21 && value > -1e21 ? BigInt(value).toString() : `${value}`
}

function canonicalBigInt(value: bigint): string {
  if (value < 1000000000000000000000n && value > -1000000000000000000000n) return value.toString()
  const double = Number(value)
  return Number.isFinite(double) && BigInt(double) === value ? `${double}` : value.toString()
}
