import { crc32 } from 'node:zlib'
import { assert } from '../base/assert.ts'

/** The layout that this release writes, and the newest that it reads. */
export const STATE_FORMAT = 1

/**
 * Keys of the database, layout 1. Parts stand apart by \0, so that the pages of a structure lie together, in order, and the versions of a page in order
 * of their epochs. Values are sealed: the checksum covers the key as well, so that a value in a wrong place is seen.
 */
export const ROOT_KEY = 'root'
export const PREVIOUS_ROOT_KEY = 'previous-root'
export const CONFIRMED_KEY = 'confirmed'
export const PAGE_PREFIX = 'page\0'
/** The first key after those of pages. */
export const AFTER_PAGES = 'page\x01'
const EPOCH_DIGITS = 12

/** Kinds of value; one byte behind the checksum. */
export const DELETED = 0
export const PRESENT = 1
/** Bytes in front of a value: checksum and kind. */
export const SEAL_BYTES = 5

/** What the versions of all pages of a structure have in common. */
export function structurePrefix(operator: string, structure: string): string {
  assert(!operator.includes('\0') && !structure.includes('\0'), 'names in state hold no NUL')
  return `${PAGE_PREFIX}${operator}\0${structure}\0`
}

/** What the versions of one page have in common. */
export const pagePrefix = (structure: string, page: string): string => `${structure}${page}\0`

export const versionKey = (page: string, epoch: number): string => `${page}${`${epoch}`.padStart(EPOCH_DIGITS, '0')}`

export interface PageVersion {
  readonly operator: string
  readonly structure: string
  readonly page: string
  readonly epoch: number
}

/** null: no key of a page. */
export function parseVersionKey(key: string): PageVersion | null {
  const parts = key.split('\0')
  const [, operator, structure, page, digits] = parts
  if (parts.length !== 5 || digits?.length !== EPOCH_DIGITS || !/^\d+$/.test(digits)) return null
  return { operator: operator!, structure: structure!, page: page!, epoch: Number(digits) }
}

/** Checksum, kind, bytes. */
export function seal(key: string, kind: number, bytes: Uint8Array): Buffer {
  const sealed = Buffer.allocUnsafe(SEAL_BYTES + bytes.length)
  sealed[4] = kind
  sealed.set(bytes, SEAL_BYTES)
  sealed.writeUInt32LE(checksumOf(key, sealed), 0)
  return sealed
}

/** Is the value as it was written, under its own key? */
export const isIntact = (key: string, sealed: Uint8Array): boolean =>
  sealed.length >= SEAL_BYTES && sealOf(sealed) === checksumOf(key, sealed)

const checksumOf = (key: string, sealed: Uint8Array): number => crc32(sealed.subarray(4), crc32(key))

/** The checksum that a sealed value bears: of this version of this page. */
export const sealOf = (sealed: Uint8Array): number =>
  (sealed[0]! | (sealed[1]! << 8) | (sealed[2]! << 16) | (sealed[3]! << 24)) >>> 0

export const contentOf = (sealed: Uint8Array): Uint8Array => sealed.subarray(SEAL_BYTES)

/**
 * What one live version adds to the sum of its structure. Checksums are linear: the same change in two pages would cancel out in a sum of theirs, so
 * their bits are mixed first.
 */
export function shareOf(sealed: number): number {
  let share = sealed
  share = Math.imul(share ^ (share >>> 16), 0x85ebca6b)
  share = Math.imul(share ^ (share >>> 13), 0xc2b2ae35)
  return (share ^ (share >>> 16)) >>> 0
}
