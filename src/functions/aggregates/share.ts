import type { ColumnType } from '../../data/column-type.ts'
import { describeType, JsonText, type Value } from '../../data/value.ts'
import type { ConstantParameter } from '../aggregate-function.ts'

const isShare = (value: unknown) => typeof value === 'number' && value >= 0 && value <= 1

/** The share that PERCENTILE and APPROX_PERCENTILE are asked for: one from 0 to 1 inclusive, or an array of such for an array of results. */
export const SHARE: ConstantParameter = {
  what: 'the share',
  refuses(value) {
    const wanted = 'takes a share from 0 to 1, or an array of such'
    if (value instanceof JsonText) {
      const parsed = value.parsed()
      return Array.isArray(parsed) && parsed.every(isShare) ? undefined : `${wanted}, not ${value.text}`
    }
    if (isShare(value)) return undefined
    return `${wanted}, not ${typeof value === 'number' ? value : describeType(value)}`
  },
}

/** The result for the share or shares of a constant that `SHARE` let pass; an empty array of shares gives NULL, as in Flink. */
export function atShares(constant: Value, at: (share: number) => number): Value {
  if (!(constant instanceof JsonText)) return at(constant as number)
  const shares = constant.parsed() as number[]
  return shares.length === 0 ? null : new JsonText(JSON.stringify(shares.map(at)))
}

/** Static type of what `atShares` gives. */
export const shareResult = (constant: Value | undefined): ColumnType =>
  constant instanceof JsonText ? 'any' : 'number'
