/**
 * MurmurHash3 (public domain, A. Appleby), 32 bits, of bytes [start, end): spreads evenly and never changes, so that what is chosen by it is chosen
 * again by every release. No secret: whoever chooses the bytes can choose the hash.
 */
export function stableHash(view: DataView, start: number, end: number, seed: number): number {
  let h = seed | 0
  const blocks = end - ((end - start) & 3)
  let at = start
  for (; at < blocks; at += 4) {
    h ^= scrambled(view.getInt32(at, true))
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0
  }
  let tail = 0
  for (let i = end - 1; i >= at; i -= 1) tail = (tail << 8) | view.getUint8(i)
  if (at < end) h ^= scrambled(tail)
  h ^= end - start
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

function scrambled(block: number): number {
  const k = Math.imul(block, 0xcc9e2d51)
  return Math.imul((k << 15) | (k >>> 17), 0x1b873593)
}
