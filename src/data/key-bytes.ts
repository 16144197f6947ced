/** The canonical text of a key (`keyTextOf`) as UTF-8: bytes [start, end) of `view`, and their `hashOfBytes`. */
export interface KeyBytes {
  readonly view: DataView
  readonly start: number
  readonly end: number
  readonly hash: number
}

/** Where hashes begin: any odd number does. */
const SEED = 0x2c1b3c6d

/**
 * 32 bits of bytes [start, end), taken four at a time; all of the bits are mixed, so that any of them can choose a place. */
export function hashOfBytes(view: DataView, start: number, end: number): number {
  let hash = SEED ^ (end - start)
  let at = start
  for (; at + 4 <= end; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at, true), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  for (; at < end; at += 1) hash = Math.imul(hash ^ view.getUint8(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return hash ^ (hash >>> 13)
}

/** The bytes of a buffer, by the same offsets. */
export const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)

/** All of `bytes` as a key. */
export function keyBytesOf(bytes: Buffer): KeyBytes {
  const view = viewOf(bytes)
  return { view, start: 0, end: bytes.length, hash: hashOfBytes(view, 0, bytes.length) }
}
