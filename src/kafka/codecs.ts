import { gunzipSync, gzipSync } from 'node:zlib'
import { decompress as zstdDecompress } from 'fzstd'
import { compress as lz4Compress, decompress as lz4Decompress } from 'lz4js'
import { compress as snappyCompress, uncompress as snappyUncompress } from 'snappyjs'

/** What record batches may be packed with, in the order of their numbers in the protocol. */
export const COMPRESSIONS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
export type Compression = (typeof COMPRESSIONS)[number]

/** "\x82SNAPPY\0": blocks with their lengths, as snappy-java frames them (org.xerial.snappy.SnappyOutputStream). */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
const XERIAL_HEAD = 16
const SNAPPY_BLOCK = 32 * 1024

interface ZstdZlib {
  readonly zstdCompressSync?: (bytes: Uint8Array) => Buffer
  readonly zstdDecompressSync?: (bytes: Uint8Array) => Buffer
}

/** From Node 22.15 on. */
const zstd = process.getBuiltinModule('node:zlib') as ZstdZlib

/** Throws what the codec throws for damaged bytes. */
export function unpack(compression: Compression, bytes: Buffer): Buffer {
  switch (compression) {
    case 'none':
      return bytes
    case 'gzip':
      return gunzipSync(bytes)
    case 'snappy':
      return unpackSnappy(bytes)
    case 'lz4':
      return asBuffer(lz4Decompress(bytes))
    case 'zstd':
      return zstd.zstdDecompressSync?.(bytes) ?? asBuffer(zstdDecompress(bytes))
  }
}

/** Can this Node write it? */
export const canPack = (compression: Compression): boolean =>
  compression !== 'zstd' || zstd.zstdCompressSync !== undefined

/** Only what `canPack` says yes to. */
export function pack(compression: Compression, bytes: Buffer): Buffer {
  switch (compression) {
    case 'none':
      return bytes
    case 'gzip':
      return gzipSync(bytes, { level: 1 })
    case 'snappy':
      return packSnappy(bytes)
    case 'lz4':
      return packLz4(bytes)
    case 'zstd':
      return zstd.zstdCompressSync!(bytes)
  }
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

function unpackSnappy(bytes: Buffer): Buffer {
  if (bytes.length < XERIAL_HEAD || !bytes.subarray(0, 8).equals(XERIAL)) return asBuffer(snappyUncompress(bytes))
  const blocks: Uint8Array[] = []
  for (let at = XERIAL_HEAD; at < bytes.length; ) {
    const length = bytes.readInt32BE(at)
    blocks.push(snappyUncompress(bytes.subarray(at + 4, at + 4 + length)))
    at += 4 + length
  }
  return Buffer.concat(blocks)
}

/** As lz4js frames it, in one block, but saying that blocks do not depend on each other: Java's consumers read nothing else. */
function packLz4(bytes: Buffer): Buffer {
  const frame = asBuffer(lz4Compress(bytes))
  LZ4_INDEPENDENT.copy(frame, 4)
  return frame
}

/** Flags, size of blocks (4 MiB), and the checksum of both. */
const LZ4_INDEPENDENT = Buffer.from([0x60, 0x70, 0x73])

/** Framed, since Java's consumers read nothing else. */
function packSnappy(bytes: Buffer): Buffer {
  const head = Buffer.alloc(XERIAL_HEAD)
  XERIAL.copy(head)
  head.writeInt32BE(1, 8)
  head.writeInt32BE(1, 12)
  const pieces: Uint8Array[] = [head]
  for (let at = 0; at < bytes.length; at += SNAPPY_BLOCK) {
    const block = snappyCompress(bytes.subarray(at, at + SNAPPY_BLOCK))
    const length = Buffer.alloc(4)
    length.writeInt32BE(block.length)
    pieces.push(length, block)
  }
  return Buffer.concat(pieces)
}
