// Interned texts: the same bytes have the same id. Ids are dense from 0 in the order of first sight.

import { sameBytes } from './bytes.ts'

/** A text that is known. Short texts stand in the entry itself: comparing them touches one cache line. */
@unmanaged
class Entry {
  inline0: u64
  inline1: u64
  length: i32
  hash: u32
  text: usize
  unused: u32
}
const ENTRY_SHIFT: usize = 5
const INLINE_BYTES: i32 = 16

/** Longer texts stand in blocks, one behind the other; a block begins with the address of the one before it. */
const BLOCK_BYTES: i32 = 1 << 18
const FIRST_ENTRIES: i32 = 1 << 10

/** Open addressing with linear steps; id + 1, 0 is empty. At most half full. */
let table: usize = 0
let tableMask: u32 = 0
let entries: usize = 0
let entryLimit: i32 = 0
let count: i32 = 0
let block: usize = 0
let blockTop: usize = 0
let blockEnd: usize = 0
let bytes: f64 = 0

makeTables(FIRST_ENTRIES)

function makeTables(limit: i32): void {
  entryLimit = limit
  tableMask = limit * 2 - 1
  table = heap.alloc(<usize>limit * 8)
  memory.fill(table, 0, <usize>limit * 8)
  entries = heap.alloc((<usize>limit << ENTRY_SHIFT) + 16)
}

function grow(): void {
  const old = entries
  heap.free(table)
  makeTables(entryLimit * 2)
  memory.copy(entries, old, <usize>count << ENTRY_SHIFT)
  heap.free(old)
  for (let id = 0; id < count; id++) store<u32>(emptyPlace(entryOf(id).hash), id + 1)
}

@inline
function entryOf(id: i32): Entry {
  return changetype<Entry>(entries + (<usize>id << ENTRY_SHIFT))
}

@inline
function textOf(entry: Entry): usize {
  return entry.length <= INLINE_BYTES ? changetype<usize>(entry) : entry.text
}

@inline
function place(slot: u32): usize {
  return table + (<usize>slot << 2)
}

function emptyPlace(hash: u32): usize {
  let slot = hash & tableMask
  while (load<u32>(place(slot)) != 0) slot = (slot + 1) & tableMask
  return place(slot)
}

/** Eight bytes at a time, multiplied and folded; the last step spreads what the first bytes did over all bits. */
@inline
function hashOf(at: usize, length: i32): u32 {
  let hash: u64 = <u64>length * 0x9e3779b97f4a7c15
  while (length > 8) {
    hash = (hash ^ load<u64>(at)) * 0xa0761d6478bd642f
    hash ^= hash >> 29
    at += 8
    length -= 8
  }
  if (length > 0) {
    const counted = length == 8 ? ~(<u64>0) : ((<u64>1) << (<u64>length << 3)) - 1
    hash = (hash ^ (load<u64>(at) & counted)) * 0xe7037ed1a0b428db
  }
  hash ^= hash >> 32
  return <u32>((hash * 0xd6e8feb86659fd93) >> 32)
}

/** The id of the text at `at`, which must be UTF-8 without escapes. */
export function intern(at: usize, length: i32): u32 {
  const hash = hashOf(at, length)
  let slot = hash & tableMask
  while (true) {
    const known = load<u32>(place(slot))
    if (known == 0) return add(at, length, hash, slot)
    const entry = entryOf(known - 1)
    if (entry.hash == hash && entry.length == length && sameBytes(textOf(entry), at, length)) return known - 1
    slot = (slot + 1) & tableMask
  }
}

function add(at: usize, length: i32, hash: u32, slot: u32): u32 {
  let to = place(slot)
  if (count == entryLimit) {
    grow()
    to = emptyPlace(hash)
  }
  const id = count++
  const entry = entryOf(id)
  entry.hash = hash
  entry.length = length
  if (length > INLINE_BYTES) entry.text = textPlace(length)
  memory.copy(textOf(entry), at, length)
  bytes += length
  store<u32>(to, id + 1)
  return id
}

/** Room for a text and the few bytes behind it that comparing reads. */
function textPlace(length: i32): usize {
  const size = <usize>((length + 31) & ~15)
  if (block == 0 || blockTop + size > blockEnd) {
    const blockSize = max(<usize>BLOCK_BYTES, size + 16)
    const next = heap.alloc(blockSize)
    store<usize>(next, block)
    block = next
    blockTop = next + 16
    blockEnd = next + blockSize
  }
  const at = blockTop
  blockTop += size
  return at
}

/** Where the text of an id stands. */
export function textAt(id: i32): usize {
  return textOf(entryOf(id))
}

export function textLength(id: i32): i32 {
  return entryOf(id).length
}

export function dictionarySize(): i32 {
  return count
}

export function dictionaryBytes(): f64 {
  return bytes
}

/** Forgets every text, and what they took. */
export function clearDictionary(): void {
  while (block != 0) {
    const before = load<usize>(block)
    heap.free(block)
    block = before
  }
  blockTop = 0
  blockEnd = 0
  heap.free(table)
  heap.free(entries)
  count = 0
  bytes = 0
  makeTables(FIRST_ENTRIES)
}
