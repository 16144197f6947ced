/** MurmurHash2 as Kafka's Java clients use it for keys (org.apache.kafka.common.utils.Utils.murmur2), 32 bits, signed. Of bytes [from, to). */
export function murmur2(bytes: Uint8Array, from: number, to: number): number {
  const factor = 0x5bd1e995
  let hash = 0x9747b28c ^ (to - from)
  let at = from
  for (; at + 4 <= to; at += 4) {
    let piece = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    piece = Math.imul(piece, factor)
    piece ^= piece >>> 24
    hash = Math.imul(hash, factor) ^ Math.imul(piece, factor)
  }
  const rest = to - at
  if (rest > 2) hash ^= bytes[at + 2]! << 16
  if (rest > 1) hash ^= bytes[at + 1]! << 8
  if (rest > 0) hash = Math.imul(hash ^ bytes[at]!, factor)
  hash ^= hash >>> 13
  hash = Math.imul(hash, factor)
  return hash ^ (hash >>> 15)
}

/** The partition that Java's default partitioner gives to a key, bytes [from, to). */
export const partitionOfKey = (bytes: Uint8Array, partitions: number, from = 0, to = bytes.length): number =>
  (murmur2(bytes, from, to) & 0x7fffffff) % partitions
