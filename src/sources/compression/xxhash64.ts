/**
 * XXH64 with seed 0, of which zstd keeps the low four bytes behind a frame (xxHash specification 0.1.1). Numbers of 64 bits
 * are two halves of 32: BigInt would be slower than the decompression itself.
 */
export class XxHash64 {
  /** Low and high halves of the four accumulators. */
  readonly #acc = new Int32Array(START)
  /** Bytes that do not fill a stripe yet. */
  readonly #rest = Buffer.alloc(32)
  #filled = 0
  #length = 0

  update(bytes: Uint8Array): void {
    this.#length += bytes.length
    let at = 0
    if (this.#filled > 0) {
      at = Math.min(32 - this.#filled, bytes.length)
      this.#rest.set(bytes.subarray(0, at), this.#filled)
      this.#filled += at
      if (this.#filled < 32) return
      this.#stripes(this.#rest, 0, 32)
    }
    const end = at + ((bytes.length - at) & ~31)
    this.#stripes(bytes, at, end)
    this.#rest.set(bytes.subarray(end))
    this.#filled = bytes.length - end
  }

  /** The low four bytes of the hash of all bytes so far, unsigned. */
  low32(): number {
    const acc = this.#acc
    if (this.#length >= 32) {
      const turned = [1, 7, 12, 18].map((bits, i) => rotated([acc[2 * i]!, acc[2 * i + 1]!], bits))
      load([0, 0])
      for (const [lowPart, highPart] of turned) add(lowPart, highPart)
      for (let i = 0; i < 8; i += 2) this.#mergeAccumulator(acc[i]!, acc[i + 1]!)
    } else load(P5)
    add(this.#length | 0, Math.floor(this.#length / 2 ** 32))
    this.#mixRest()
    return this.#avalanche()
  }

  #stripes(bytes: Uint8Array, from: number, to: number): void {
    const acc = this.#acc
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let at = from; at < to; ) {
      for (let i = 0; i < 8; i += 2, at += 8) {
        low = view.getInt32(at, true)
        high = view.getInt32(at + 4, true)
        multiply(P2[0], P2[1])
        add(acc[i]!, acc[i + 1]!)
        rotate(31)
        multiply(P1[0], P1[1])
        acc[i] = low
        acc[i + 1] = high
      }
    }
  }

  #mergeAccumulator(accLow: number, accHigh: number): void {
    const kept: Pair = [low, high]
    load([accLow, accHigh])
    multiply(P2[0], P2[1])
    rotate(31)
    multiply(P1[0], P1[1])
    low ^= kept[0]
    high ^= kept[1]
    multiply(P1[0], P1[1])
    add(P4[0], P4[1])
  }

  #mixRest(): void {
    const rest = this.#rest
    let at = 0
    for (; at + 8 <= this.#filled; at += 8) {
      const kept: Pair = [low, high]
      load([rest.readInt32LE(at), rest.readInt32LE(at + 4)])
      multiply(P2[0], P2[1])
      rotate(31)
      multiply(P1[0], P1[1])
      low ^= kept[0]
      high ^= kept[1]
      rotate(27)
      multiply(P1[0], P1[1])
      add(P4[0], P4[1])
    }
    if (at + 4 <= this.#filled) {
      mixProduct([rest.readInt32LE(at), 0], P1)
      rotate(23)
      multiply(P2[0], P2[1])
      add(P3[0], P3[1])
      at += 4
    }
    for (; at < this.#filled; at += 1) {
      mixProduct([rest[at]!, 0], P5)
      rotate(11)
      multiply(P1[0], P1[1])
    }
  }

  #avalanche(): number {
    shiftMix(33)
    multiply(P2[0], P2[1])
    shiftMix(29)
    multiply(P3[0], P3[1])
    shiftMix(32)
    return low >>> 0
  }
}

type Pair = readonly [number, number]

const pair = (text: string): Pair => [Number(BigInt(text) & 0xffffffffn) | 0, Number(BigInt(text) >> 32n) | 0]
const P1 = pair('0x9e3779b185ebca87')
const P2 = pair('0xc2b2ae3d27d4eb4f')
const P3 = pair('0x165667b19e3779f9')
const P4 = pair('0x85ebca77c2b2ae63')
const P5 = pair('0x27d4eb2f165667c5')

/** Of the four accumulators: P1 + P2, P2, 0, -P1. */
const START: readonly number[] = [
  ...pair(`0x${((0x9e3779b185ebca87n + 0xc2b2ae3d27d4eb4fn) & (2n ** 64n - 1n)).toString(16)}`),
  ...P2,
  0,
  0,
  ...pair(`0x${(2n ** 64n - 0x9e3779b185ebca87n).toString(16)}`),
]

/** The register that all steps work on: a function can give back one number only. */
let low = 0
let high = 0

function load([toLow, toHigh]: Pair): void {
  low = toLow
  high = toHigh
}

function add(byLow: number, byHigh: number): void {
  const sumLow = (low >>> 0) + (byLow >>> 0)
  high = (high + byHigh + (sumLow > 0xffffffff ? 1 : 0)) | 0
  low = sumLow | 0
}

/** Modulo 2^64; products of 16 bits are exact in a double. */
function multiply(byLow: number, byHigh: number): void {
  const a0 = low & 0xffff
  const a1 = low >>> 16
  const b0 = byLow & 0xffff
  const b1 = byLow >>> 16
  const right = a0 * b0
  const inner = a1 * b0
  const outer = a0 * b1
  const middle = (right >>> 16) + (inner & 0xffff) + (outer & 0xffff)
  const carried = a1 * b1 + (inner >>> 16) + (outer >>> 16) + (middle >>> 16)
  high = (carried + Math.imul(low, byHigh) + Math.imul(high, byLow)) | 0
  low = Math.imul(low, byLow)
}

/** To the left, by less than 32 bits. */
function rotate(bits: number): void {
  const turned = (low << bits) | (high >>> (32 - bits))
  high = (high << bits) | (low >>> (32 - bits))
  low = turned
}

/** The register and its own high bits, `bits` further down. */
function shiftMix(bits: number): void {
  if (bits >= 32) {
    low ^= high >>> (bits - 32)
    return
  }
  low ^= (low >>> bits) | (high << (32 - bits))
  high ^= high >>> bits
}

function mixProduct(value: Pair, by: Pair): void {
  const kept: Pair = [low, high]
  load(value)
  multiply(by[0], by[1])
  low ^= kept[0]
  high ^= kept[1]
}

function rotated(value: Pair, bits: number): Pair {
  load(value)
  rotate(bits)
  return [low, high]
}
