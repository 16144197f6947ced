import type { ValueReader, ValueWriter } from '../../data/page.ts'
import type { Kept } from './kept-object.ts'

/** How far a result may lie from the number it stands for, as a share of that number. */
export const RELATIVE_ERROR = 0.01

const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
const LOG_GAMMA = Math.log(GAMMA)
/** Below the least normal double there is no relative error to keep; they count as 0. */
const LEAST = 2.2250738585072014e-308
/** Bins of magnitudes lie within -35,421 and 35,489. Those of negative numbers are told by an offset that keeps their order. */
const OFFSET = 1 << 17
const INFINITE_BIN = OFFSET >> 1
const NAN_BIN = 4 * OFFSET

/**
 * How many numbers lie in each of exponentially growing bins: DDSketch (Masson, Rim and Lee 2019) with all its bins. What it holds depends
 * on the numbers alone and not on their order, and a number can be taken back. A bin for each 2 % of magnitude: 116 for each power of ten
 * that the numbers span, never more than 142,000.
 */
export class DdSketch implements Kept {
  readonly #bins = new Map<number, number>()
  #count = 0

  get isEmpty(): boolean {
    return this.#count === 0
  }

  add(value: number, times = 1): void {
    this.#addTo(binOf(value), times)
  }

  #addTo(bin: number, times: number): void {
    const count = (this.#bins.get(bin) ?? 0) + times
    if (count > 0) this.#bins.set(bin, count)
    else this.#bins.delete(bin)
    this.#count += times
  }

  /** A number that is not there is left alone: its group was forgotten before. */
  retract(value: number): void {
    if (this.#bins.has(binOf(value))) this.add(value, -1)
  }

  merge(other: DdSketch): void {
    for (const [bin, count] of other.#bins) this.#addTo(bin, count)
  }

  /** Within 1 % of the number of 0-based rank floor(share * (count - 1)). */
  at(share: number): number {
    const rank = Math.floor(share * (this.#count - 1))
    const bins = Int32Array.from(this.#bins.keys()).sort()
    let seen = 0
    for (const bin of bins) {
      seen += this.#bins.get(bin)!
      if (seen > rank) return middleOf(bin)
    }
    return Number.NaN
  }

  write(page: ValueWriter): void {
    page.u32(this.#bins.size)
    for (const [bin, count] of this.#bins) {
      page.f64(bin)
      page.f64(count)
    }
  }

  read(page: ValueReader): void {
    const size = page.u32()
    for (let i = 0; i < size; i += 1) this.#addTo(page.f64(), page.f64())
  }
}

/** Bins in the order of their numbers: NaN is greatest, as in `compareValues`. */
function binOf(value: number): number {
  if (Number.isNaN(value)) return NAN_BIN
  const size = Math.abs(value)
  if (size < LEAST) return 0
  const bin = OFFSET + (size === Infinity ? INFINITE_BIN : Math.ceil(Math.log(size) / LOG_GAMMA))
  return value < 0 ? -bin : bin
}

function middleOf(bin: number): number {
  if (bin === 0) return 0
  if (bin === NAN_BIN) return Number.NaN
  const exponent = Math.abs(bin) - OFFSET
  // Halfway in the relative sense between the ends of the bin; e^x and not a power of GAMMA, which would overflow before the factor.
  const middle = Math.exp(exponent * LOG_GAMMA + Math.log(2 / (1 + GAMMA)))
  const size = exponent === INFINITE_BIN ? Infinity : Math.min(middle, Number.MAX_VALUE)
  return bin < 0 ? -size : size
}
