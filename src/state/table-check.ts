import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { uncompress } from 'snappyjs'
import { crc32c } from '../data/crc32c.ts'

/**
 * Looks for damage in the tables of a LevelDB database (LevelDB's doc/table_format.md: blocks, two indexes of them, a footer). LevelDB
 * itself checks a block only where it is told to, which its binding cannot do, and ends the process where one that it believes holds no keys or sizes that
 * cannot be.
 */

/** Two handles, padded, and the magic number. */
const FOOTER_BYTES = 48
const MAGIC = 0xdb4775248b80fb57n
/** How a block is compressed: a byte behind it, before the checksum of both. */
const SNAPPY = 1

/** Where a block lies; `size` without these. */
interface Handle {
  readonly offset: number
  readonly size: number
}

/** A place in bytes that is read from there on. */
interface Cursor {
  readonly bytes: Uint8Array
  at: number
}

/**
 * The name of a table that is not as it was written; null: all are. Those without an end, which a process left behind that died while it wrote them, are
 * passed over, and so are those that are gone by now.
 */
export async function damagedTable(folder: string): Promise<string | null> {
  for (const name of await readdir(folder)) {
    if (!/\.(?:ldb|sst)$/.test(name)) continue
    const bytes = await readFile(join(folder, name)).catch(() => null)
    if (bytes !== null && hasEnd(bytes) && !isIntact(bytes)) return name
  }
  return null
}

const hasEnd = (table: Buffer): boolean =>
  table.length >= FOOTER_BYTES && table.readBigUInt64LE(table.length - 8) === MAGIC

function isIntact(table: Buffer): boolean {
  const footer = { bytes: table.subarray(table.length - FOOTER_BYTES), at: 0 }
  // of filters, and of data
  const indexes = [readHandle(footer), readHandle(footer)]
  const isWhole = (handle: Handle): boolean => isIntactBlock(table, handle)
  return indexes.every(isWhole) && indexes.flatMap((index) => handlesOf(contentsOf(table, index))).every(isWhole)
}

function isIntactBlock(table: Buffer, { offset, size }: Handle): boolean {
  const end = offset + size + 1
  return end + 4 <= table.length && masked(crc32c(table, offset, end)) === table.readUInt32LE(end)
}

/** Checksums of data that may itself hold checksums (LevelDB's util/crc32c.h). */
const masked = (crc: number): number => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0

function contentsOf(table: Buffer, { offset, size }: Handle): Uint8Array {
  const stored = table.subarray(offset, offset + size)
  return table[offset + size] === SNAPPY ? uncompress(stored) : stored
}

/** The values of an index: behind each key, which shares its beginning with the one before; at the end, where restarts are, and how many. */
function handlesOf(index: Uint8Array): readonly Handle[] {
  const restarts = new DataView(index.buffer, index.byteOffset).getUint32(index.length - 4, true)
  const end = index.length - 4 * (restarts + 1)
  const handles: Handle[] = []
  for (const cursor = { bytes: index, at: 0 }; cursor.at < end; ) {
    readVarint(cursor) // bytes shared
    const keyBytes = readVarint(cursor)
    const next = readVarint(cursor) + keyBytes + cursor.at
    cursor.at += keyBytes
    handles.push(readHandle(cursor))
    cursor.at = next
  }
  return handles
}

const readHandle = (cursor: Cursor): Handle => ({ offset: readVarint(cursor), size: readVarint(cursor) })

/** 7 bits a byte, the lowest first. What is no such number becomes one that leads nowhere. */
function readVarint(cursor: Cursor): number {
  let value = 0
  for (let weight = 1; ; weight *= 128) {
    const byte = cursor.bytes[cursor.at++] ?? 0
    value += (byte & 127) * weight
    if (byte < 128) return value
  }
}
