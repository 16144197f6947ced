import type { Decompress } from 'fzstd'
import type { ArchiveFault } from './archive-error.ts'
import { XxHash64 } from './xxhash64.ts'

/** What zstd itself takes without being told to: `--long=27`. */
const MOST_WINDOW = 128 * 1024 * 1024
const MOST_BLOCK = 128 * 1024
const MAGIC = 0xfd2fb528
const SKIPPABLE = 0x184d2a50
const CHECKSUM_FLAG = 4
const LAST_BLOCK = 1
const RLE_BLOCK = 1

type Expected = 'magic' | 'header' | 'block-header' | 'block' | 'checksum' | 'skipped-size' | 'skipped'
type Decompressor = new (onData: (bytes: Uint8Array) => void) => Decompress
export type ZstdFault = Pick<ArchiveFault, 'kind' | 'reason'>

/**
 * Cuts zstd data into frames and blocks (RFC 8878), so that one block of 128 KiB at the most is decompressed at a time, and
 * checks what the decompressor does not: checksums, size of the window, whether the last frame is whole.
 */
export class ZstdFrames {
  /** How many bytes `take` needs next. */
  needed = 4
  readonly #create: Decompressor
  readonly #give: (bytes: Uint8Array) => void
  #expected: Expected = 'magic'
  /** The frame's header, until its first block comes. */
  #header: Uint8Array = new Uint8Array(0)
  #blockHeader: Uint8Array = new Uint8Array(0)
  #decompressor: Decompress | null = null
  #hash: XxHash64 | null = null
  #isLast = false

  /** `give`: takes decompressed bytes, which are its own. */
  constructor(create: Decompressor, give: (bytes: Uint8Array) => void) {
    this.#create = create
    this.#give = give
  }

  /** Between two frames: the data may end here. */
  get isBetween(): boolean {
    return this.#expected === 'magic'
  }

  /** Of `needed` bytes, those that may be passed over without a look. */
  get isSkipping(): boolean {
    return this.#expected === 'skipped'
  }

  /** Takes exactly `needed` bytes, a copy that is ours (fewer where `isSkipping`). Returns what is wrong with them. */
  take(bytes: Buffer): ZstdFault | null {
    switch (this.#expected) {
      case 'magic':
        return this.#takeMagic(bytes)
      case 'header':
        return this.#takeHeader(bytes)
      case 'block-header':
        return this.#takeBlockHeader(bytes)
      case 'block':
        return this.#takeBlock(bytes)
      case 'checksum':
        return this.#takeChecksum(bytes)
      case 'skipped-size':
        this.#expect('skipped', bytes.readUInt32LE(0))
        if (this.needed === 0) this.#expect('magic', 4)
        return null
      case 'skipped':
        this.needed -= bytes.length
        if (this.needed === 0) this.#expect('magic', 4)
        return null
    }
  }

  #expect(expected: Expected, needed: number): void {
    this.#expected = expected
    this.needed = needed
  }

  #takeMagic(bytes: Buffer): ZstdFault | null {
    const magic = bytes.readUInt32LE(0)
    this.#header = bytes
    if (magic === MAGIC) this.#expect('header', 1)
    else if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) this.#expect('skipped-size', 4)
    else return { kind: 'damaged', reason: 'no frame begins there' }
    return null
  }

  /** First the descriptor, which tells how long the header is, then the rest. */
  #takeHeader(bytes: Buffer): ZstdFault | null {
    this.#header = Buffer.concat([this.#header, bytes])
    const descriptor = this.#header[4]!
    const length = headerLength(descriptor)
    if (this.#header.length < length) {
      this.#expect('header', length - this.#header.length)
      return null
    }
    if (descriptor & 8) return { kind: 'damaged', reason: 'a reserved bit is set' }
    if (descriptor & 3) return { kind: 'unsupported', reason: 'it was made with a dictionary' }
    if (windowOf(this.#header) > MOST_WINDOW)
      return { kind: 'unsupported', reason: 'its window is larger than 128 MiB' }
    this.#hash = descriptor & CHECKSUM_FLAG ? new XxHash64() : null
    // the checksum is ours: so the decompressor's frame ends with its last block
    this.#header[4] = descriptor & ~CHECKSUM_FLAG
    this.#decompressor = new this.#create((data) => {
      if (data.length === 0) return
      this.#hash?.update(data)
      this.#give(data)
    })
    this.#expect('block-header', 3)
    return null
  }

  #takeBlockHeader(bytes: Buffer): ZstdFault | null {
    const word = bytes.readUIntLE(0, 3)
    const kind = (word >> 1) & 3
    const size = word >> 3
    if (kind === 3) return { kind: 'damaged', reason: 'a block of no known kind' }
    if (size > MOST_BLOCK) return { kind: 'damaged', reason: 'a block that is too large' }
    this.#isLast = (word & LAST_BLOCK) === 1
    this.#blockHeader = bytes
    this.#expect('block', kind === RLE_BLOCK ? 1 : size)
    return this.needed === 0 ? this.#takeBlock(Buffer.alloc(0)) : null
  }

  #takeBlock(bytes: Buffer): ZstdFault | null {
    const block = Buffer.concat([this.#header, this.#blockHeader, bytes])
    this.#header = new Uint8Array(0)
    try {
      this.#decompressor!.push(block, this.#isLast)
    } catch (error) {
      return { kind: 'damaged', reason: (error as Error).message }
    }
    if (!this.#isLast) this.#expect('block-header', 3)
    else if (this.#hash) this.#expect('checksum', 4)
    else this.#expect('magic', 4)
    return null
  }

  #takeChecksum(bytes: Buffer): ZstdFault | null {
    this.#expect('magic', 4)
    return bytes.readUInt32LE(0) === this.#hash!.low32() ? null : { kind: 'damaged', reason: 'the checksum is another' }
  }
}

/** Bytes of a frame's header, magic number included. */
function headerLength(descriptor: number): number {
  const isSingle = (descriptor >> 5) & 1
  const dictionary = [0, 1, 2, 4][descriptor & 3]!
  const contentSize = [isSingle, 2, 4, 8][descriptor >> 6]!
  return 5 + (1 - isSingle) + dictionary + contentSize
}

/** How many bytes back a frame without a dictionary may refer. */
function windowOf(header: Uint8Array): number {
  const descriptor = header[4]!
  if (((descriptor >> 5) & 1) === 0) {
    const base = 2 ** (10 + (header[5]! >> 3))
    return base + (base / 8) * (header[5]! & 7)
  }
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength)
  switch (descriptor >> 6) {
    case 0:
      return header[5]!
    case 1:
      return view.getUint16(5, true) + 256
    case 2:
      return view.getUint32(5, true)
    default:
      return Number(view.getBigUint64(5, true))
  }
}
