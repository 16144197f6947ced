import { Decimal, decimalOf, fitDecimal, MOST_DIGITS } from '../../data/decimal.ts'
import type { ValueReader, ValueWriter } from '../../data/page.ts'
import type { Value } from '../../data/value.ts'
import type { Accumulator } from '../aggregate-function.ts'
import { type Kept, keptObject } from './kept-object.ts'

/** The digits of a sum, and how many values it holds; of each different value with DISTINCT. */
class DigitSum implements Kept {
  readonly #isDistinct: boolean
  #digits = 0n
  #count = 0
  /** With DISTINCT: how often each value is there, by its digits. */
  readonly #times = new Map<bigint, number>()

  constructor(isDistinct: boolean) {
    this.#isDistinct = isDistinct
  }

  get isEmpty(): boolean {
    return this.#count === 0
  }

  get digits(): bigint {
    return this.#digits
  }

  add(digits: bigint, times = 1): void {
    this.#count += times
    if (!this.#isDistinct) {
      this.#digits += digits
      return
    }
    const known = this.#times.get(digits)
    if (known === undefined) this.#digits += digits
    this.#times.set(digits, (known ?? 0) + times)
  }

  retract(digits: bigint): void {
    if (this.#isDistinct) {
      const times = this.#times.get(digits)
      if (times === undefined) return
      this.#count -= 1
      if (times > 1) {
        this.#times.set(digits, times - 1)
        return
      }
      this.#times.delete(digits)
    } else this.#count -= 1
    this.#digits -= digits
  }

  merge(other: DigitSum): void {
    if (this.#isDistinct) for (const [digits, times] of other.#times) this.add(digits, times)
    else {
      this.#digits += other.#digits
      this.#count += other.#count
    }
  }

  write(page: ValueWriter): void {
    page.f64(this.#count)
    page.text(`${this.#digits}`)
    page.u32(this.#times.size)
    for (const [digits, times] of this.#times) {
      page.text(`${digits}`)
      page.f64(times)
    }
  }

  read(page: ValueReader): void {
    this.#count = page.f64()
    this.#digits = BigInt(page.text())
    const size = page.u32()
    for (let i = 0; i < size; i += 1) this.#times.set(BigInt(page.text()), page.f64())
  }
}

/** SUM of a DECIMAL(p, s): exact, NULL beyond 38 digits (Flink's SumAggFunction.DecimalSumAggFunction). */
export function decimalSum(scale: number, isDistinct: boolean): Omit<Accumulator, 'type'> {
  const digitsOf = (value: Value) =>
    fitDecimal(decimalOf(value as number | bigint | Decimal)!, { precision: MOST_DIGITS, scale })!.digits
  return keptObject({
    create: () => new DigitSum(isDistinct),
    add: (sum, args, i) => sum.add(digitsOf(args[0]!.value(i))),
    retract: (sum, args, i) => sum.retract(digitsOf(args[0]!.value(i))),
    merge: (sum, other) => sum.merge(other),
    result: (sum) => fitDecimal(new Decimal(sum.digits, scale), { precision: MOST_DIGITS, scale }),
  })
}
