import type { ValueReader, ValueWriter } from '../../data/page.ts'
import type { Kept } from './kept-object.ts'

/** 2^14 registers: a standard error of 1.04 / 2^7 = 0.81 %. */
const PRECISION = 14
const REGISTERS = 1 << PRECISION
/** While few values came, 25 bits of their hash are kept: nearly exact. */
const SPARSE_PRECISION = 25
const RANK_BITS = 6
/** More different entries than this take the room of the registers. */
const MOST_SPARSE = 2048
/** Bits of a hash behind the index. */
const REST = 64 - PRECISION
const EMPTY = -1

/**
 * How many different 64-bit hashes came: HyperLogLog++ (Heule, Nunkesser and Hall 2013) with its sparse beginning, and the estimator of Ertl
 * (2017), which needs no tables of measured bias. What it holds depends on the set of hashes alone, not on their order or how often
 * each came.
 */
export class HyperLogLog implements Kept {
  /** Entries (25 bits of index, 6 bits of rank) by index, open addressing; null once there are registers. */
  #sparse: Int32Array | null = new Int32Array(16).fill(EMPTY)
  #entries = 0
  #registers: Uint8Array | null = null

  get isEmpty(): boolean {
    return this.#entries === 0 && this.#registers === null
  }

  /** Takes a hash as two halves of 32 bits. */
  add(high: number, low: number): void {
    if (this.#registers !== null) {
      const rank = rankOf(((high << PRECISION) | (low >>> (32 - PRECISION))) >>> 0, (low << PRECISION) >>> 0, REST)
      const index = high >>> (32 - PRECISION)
      if (rank > this.#registers[index]!) this.#registers[index] = rank
    } else {
      const rest = ((high << SPARSE_PRECISION) | (low >>> (32 - SPARSE_PRECISION))) >>> 0
      const rank = rankOf(rest, (low << SPARSE_PRECISION) >>> 0, 64 - SPARSE_PRECISION)
      this.#addEntry(((high >>> (32 - SPARSE_PRECISION)) << RANK_BITS) | rank)
    }
  }

  #addEntry(entry: number): void {
    const sparse = this.#sparse!
    const at = placeOf(sparse, entry)
    if (sparse[at] !== EMPTY) {
      if (entry > sparse[at]!) sparse[at] = entry
      return
    }
    sparse[at] = entry
    this.#entries += 1
    if (this.#entries > MOST_SPARSE) this.#toRegisters()
    else if (this.#entries * 2 > sparse.length) this.#grow(sparse)
  }

  #grow(sparse: Int32Array): void {
    const grown = new Int32Array(sparse.length * 2).fill(EMPTY)
    for (const entry of sparse) if (entry !== EMPTY) grown[placeOf(grown, entry)] = entry
    this.#sparse = grown
  }

  #toRegisters(): void {
    const registers = new Uint8Array(REGISTERS)
    for (const entry of this.#sparse!) if (entry !== EMPTY) addToRegisters(registers, entry)
    this.#registers = registers
    this.#sparse = null
  }

  merge(other: HyperLogLog): void {
    const theirs = other.#registers
    if (theirs === null) {
      for (const entry of other.#sparse!) {
        if (entry === EMPTY) continue
        if (this.#registers === null) this.#addEntry(entry)
        else addToRegisters(this.#registers, entry)
      }
      return
    }
    if (this.#registers === null) this.#toRegisters()
    const ours = this.#registers!
    for (let i = 0; i < REGISTERS; i += 1) if (theirs[i]! > ours[i]!) ours[i] = theirs[i]!
  }

  /** A whole number. */
  estimate(): number {
    if (this.#registers !== null) return Math.round(estimateOf(this.#registers))
    const places = 2 ** SPARSE_PRECISION
    return Math.round(places * Math.log(places / (places - this.#entries)))
  }

  write(page: ValueWriter): void {
    page.u8(this.#registers === null ? 0 : 1)
    if (this.#registers !== null) {
      page.i32s(new Int32Array(this.#registers.buffer), 0, REGISTERS / 4)
      return
    }
    const entries = this.#sparse!.filter((entry) => entry !== EMPTY)
    page.u32(entries.length)
    page.i32s(entries, 0, entries.length)
  }

  read(page: ValueReader): void {
    if (page.u8() === 1) {
      const registers = new Int32Array(REGISTERS / 4)
      page.i32s(registers, 0, registers.length)
      this.#registers = new Uint8Array(registers.buffer)
      this.#sparse = null
      return
    }
    const entries = new Int32Array(page.u32())
    page.i32s(entries, 0, entries.length)
    for (const entry of entries) this.#addEntry(entry)
  }
}

/** The place of an entry's index in a table, or of the gap where it belongs. */
function placeOf(sparse: Int32Array, entry: number): number {
  const index = entry >>> RANK_BITS
  const mask = sparse.length - 1
  let at = Math.imul(index, 0x9e3779b1) >>> 7
  for (at &= mask; sparse[at] !== EMPTY && sparse[at]! >>> RANK_BITS !== index; at = (at + 1) & mask);
  return at
}

/** Zeros in front, and one more: of `length` bits, the first 32 of them in `high`, the others at the upper end of `low`. */
function rankOf(high: number, low: number, length: number): number {
  const zeros = high !== 0 ? Math.clz32(high) : 32 + Math.clz32(low)
  return Math.min(zeros, length) + 1
}

/** The rank behind 14 bits of index follows from the 11 more bits of the sparse index, unless they are all 0. */
function addToRegisters(registers: Uint8Array, entry: number): void {
  const index = entry >>> RANK_BITS
  const extra = SPARSE_PRECISION - PRECISION
  const middle = index & ((1 << extra) - 1)
  const rank = middle !== 0 ? Math.clz32(middle) - (32 - extra) + 1 : extra + (entry & ((1 << RANK_BITS) - 1))
  const register = index >>> extra
  if (rank > registers[register]!) registers[register] = rank
}

/** Ertl's improved raw estimate (New cardinality estimation algorithms for HyperLogLog sketches, algorithm 6). */
function estimateOf(registers: Uint8Array): number {
  const counts = new Float64Array(REST + 2)
  for (const rank of registers) counts[rank]! += 1
  let sum = REGISTERS * tau(1 - counts[REST + 1]! / REGISTERS)
  for (let rank = REST; rank >= 1; rank -= 1) sum = 0.5 * (sum + counts[rank]!)
  sum += REGISTERS * sigma(counts[0]! / REGISTERS)
  return (REGISTERS * REGISTERS) / (2 * Math.LN2 * sum)
}

function sigma(x: number): number {
  if (x === 1) return Infinity
  let [power, weight, sum] = [x, 1, x]
  for (let before = Number.NaN; sum !== before; ) {
    before = sum
    power *= power
    sum += power * weight
    weight += weight
  }
  return sum
}

function tau(x: number): number {
  if (x === 0 || x === 1) return 0
  let [root, weight, sum] = [x, 1, 1 - x]
  for (let before = Number.NaN; sum !== before; ) {
    before = sum
    root = Math.sqrt(root)
    weight *= 0.5
    sum -= (1 - root) ** 2 * weight
  }
  return sum / 3
}
