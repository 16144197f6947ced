/** CRC-32C (Castagnoli, RFC 3720 appendix B.4), 16 bytes at a time by 16 tables of 256 entries, one behind the other ("slicing-by-16"). */
const TABLES = makeTables()
/** Words are read as they lie in memory. */
const IS_LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

function makeTables(): Int32Array {
  const tables = new Int32Array(16 * 256)
  for (let i = 0; i < 256; i += 1) {
    let crc = i
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
    tables[i] = crc
  }
  for (let i = 256; i < tables.length; i += 1) {
    const before = tables[i - 256]!
    tables[i] = (before >>> 8) ^ tables[before & 0xff]!
  }
  return tables
}

/** Of bytes [from, to), as an unsigned number. */
export function crc32c(bytes: Uint8Array, from: number, to: number): number {
  const misplaced = -(bytes.byteOffset + from) & 3
  const words = IS_LITTLE_ENDIAN ? Math.max(0, to - from - misplaced) >>> 4 : 0
  const at = words > 0 ? from + misplaced : from
  const head = ofBytes(-1, bytes, from, at)
  const body = ofWords(head, new Int32Array(bytes.buffer, words > 0 ? bytes.byteOffset + at : 0, words * 4))
  return ~ofBytes(body, bytes, at + words * 16, to) >>> 0
}

function ofBytes(start: number, bytes: Uint8Array, from: number, to: number): number {
  let crc = start
  for (let at = from; at < to; at += 1) crc = (crc >>> 8) ^ TABLES[(crc ^ bytes[at]!) & 0xff]!
  return crc
}

/** Four words at a time: of the 16 bytes, the first goes through the last table. */
function ofWords(start: number, words: Int32Array): number {
  const t = TABLES
  let crc = start
  for (let i = 0; i < words.length; i += 4) {
    const a = crc ^ words[i]!
    const b = words[i + 1]!
    const c = words[i + 2]!
    const d = words[i + 3]!
    crc =
      t[3840 + (a & 0xff)]! ^
      t[3584 + ((a >>> 8) & 0xff)]! ^
      t[3328 + ((a >>> 16) & 0xff)]! ^
      t[3072 + (a >>> 24)]! ^
      t[2816 + (b & 0xff)]! ^
      t[2560 + ((b >>> 8) & 0xff)]! ^
      t[2304 + ((b >>> 16) & 0xff)]! ^
      t[2048 + (b >>> 24)]! ^
      t[1792 + (c & 0xff)]! ^
      t[1536 + ((c >>> 8) & 0xff)]! ^
      t[1280 + ((c >>> 16) & 0xff)]! ^
      t[1024 + (c >>> 24)]! ^
      t[768 + (d & 0xff)]! ^
      t[512 + ((d >>> 8) & 0xff)]! ^
      t[256 + ((d >>> 16) & 0xff)]! ^
      t[d >>> 24]!
  }
  return crc
}
