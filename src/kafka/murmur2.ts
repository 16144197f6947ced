/** MurmurHash2 as Kafka's Java clients use it for keys (org.apache.kafka.common.utils.Utils.murmur2), 32 bits, signed. */
export function murmur2(bytes: Uint8Array): number {
  const { length } = bytes
  const factor = 0x5bd1e995
  let hash = 0x9747b28c ^ length
  let at = 0
  for (; at + 4 <= length; at += 4) {
    let piece = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    piece = Math.imul(piece, factor)
    piece ^= piece >>> 24
    hash = Math.imul(hash, factor) ^ Math.imul(piece, factor)
  }
  const rest = length - at
  if (rest > 2) hash ^= bytes[at + 2]! << 16
  if (rest > 1) hash ^= bytes[at + 1]! << 8
  if (rest > 0) hash = Math.imul(hash ^ bytes[at]!, factor)
  hash ^= hash >>> 13
  hash = Math.imul(hash, factor)
  return hash ^ (hash >>> 15)
}

/** The partition that Java's default partitioner gives to a key. */
export const partitionOfKey = (key: Uint8Array, partitions: number): number => (murmur2(key) & 0x7fffffff) % partitions
