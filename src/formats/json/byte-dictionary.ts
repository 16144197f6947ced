import type { Dictionary } from '../../data/dictionary.ts'

const HASH_START = 0x811c9dc5 | 0
const HASH_FACTOR = 0x01000193

/** One step of FNV-1a, so that a reader can hash a text while it looks for its end. Begin with `hashStart`. */
export const hashStep = (hash: number, byte: number): number => Math.imul(hash ^ byte, HASH_FACTOR)
export const hashStart = HASH_START

/** A dictionary larger than this gives its memory back when it is cleared; a smaller one uses it again. */
const KEPT_TEXTS = 1 << 17
const KEPT_BYTES = 1 << 23

/**
 * Interned texts by their UTF-8 bytes: a text seen before costs no string. Ids are dense from 0 in order of first
 * sight.
 */
export class ByteDictionary implements Dictionary {
  generation = 0
  #size = 0
  /** The bytes of all texts, one after the other; text i is [#offsets[i], #offsets[i + 1]). */
  bytes: Buffer = Buffer.allocUnsafeSlow(1 << 14)
  #offsets = new Int32Array(1 << 10)
  #hashes = new Int32Array(1 << 10)
  /** Open addressing with linear steps; id + 1, 0 is empty. At most half full. */
  #table = new Int32Array(1 << 11)
  /** Decoded on demand. */
  #texts: (string | undefined)[] = []

  get size(): number {
    return this.#size
  }

  /** Bytes of all texts together, without what the tables around them take. */
  get textBytes(): number {
    return this.#offsets[this.#size]!
  }

  text(id: number): string {
    const known = this.#texts[id]
    if (known !== undefined) return known
    const text = this.bytes.toString('utf8', this.startOf(id), this.endOf(id))
    while (this.#texts.length < id) this.#texts.push(undefined)
    this.#texts[id] = text
    return text
  }

  startOf(id: number): number {
    return this.#offsets[id]!
  }

  endOf(id: number): number {
    return this.#offsets[id + 1]!
  }

  /** The id of bytes [start, end), which must be UTF-8 without escapes; `hash` is `hashStep` over them. */
  intern(from: Uint8Array, start: number, end: number, hash: number): number {
    const mask = this.#table.length - 1
    const length = end - start
    let slot = spread(hash) & mask
    for (;;) {
      const id = this.#table[slot]! - 1
      if (id < 0) break
      if (this.#hashes[id] === hash && this.#offsets[id + 1]! - this.#offsets[id]! === length) {
        const offset = this.#offsets[id]!
        let i = 0
        while (i < length && this.bytes[offset + i] === from[start + i]) i += 1
        if (i === length) return id
      }
      slot = (slot + 1) & mask
    }
    return this.#add(from.subarray(start, end), hash, slot)
  }

  /** The id of a text that had to be decoded. */
  internText(text: string): number {
    const bytes = Buffer.from(text)
    let hash = HASH_START
    for (let i = 0; i < bytes.length; i += 1) hash = hashStep(hash, bytes[i]!)
    return this.intern(bytes, 0, bytes.length, hash)
  }

  /** Forgets every text. Only between two rounds: columns of a round hold ids. */
  clear(): void {
    this.generation += 1
    this.#size = 0
    if (this.#offsets.length <= KEPT_TEXTS && this.bytes.length <= KEPT_BYTES) {
      this.#table.fill(0)
      this.#texts.fill(undefined)
      return
    }
    this.#texts = []
    this.bytes = Buffer.allocUnsafeSlow(1 << 14)
    this.#offsets = new Int32Array(1 << 10)
    this.#hashes = new Int32Array(1 << 10)
    this.#table = new Int32Array(1 << 11)
  }

  #add(text: Uint8Array, hash: number, slot: number): number {
    const id = this.#size
    const offset = this.#offsets[id]!
    if (offset + text.length > this.bytes.length) this.#growBytes(offset + text.length)
    this.bytes.set(text, offset)
    if (id + 2 > this.#offsets.length) {
      this.#offsets = doubled(this.#offsets)
      this.#hashes = doubled(this.#hashes)
    }
    this.#offsets[id + 1] = offset + text.length
    this.#hashes[id] = hash
    this.#table[slot] = id + 1
    this.#size = id + 1
    if (this.#size * 2 > this.#table.length) this.#growTable()
    return id
  }

  #growBytes(size: number): void {
    const bigger = Buffer.allocUnsafeSlow(Math.max(size, this.bytes.length * 2))
    bigger.set(this.bytes)
    this.bytes = bigger
  }

  #growTable(): void {
    const table = new Int32Array(this.#table.length * 2)
    const mask = table.length - 1
    for (let id = 0; id < this.#size; id += 1) {
      let slot = spread(this.#hashes[id]!) & mask
      while (table[slot] !== 0) slot = (slot + 1) & mask
      table[slot] = id + 1
    }
    this.#table = table
  }
}

/** FNV's low bits mix poorly over short texts; murmur's finaliser repairs that. */
function spread(hash: number): number {
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x7feb352d)
  return hash ^ (hash >>> 15)
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const bigger = new Int32Array(array.length * 2)
  bigger.set(array)
  return bigger
}
