// Interned texts: the same bytes have the same id. Ids are dense from 0 in the order of first sight.

import { sameBytes } from './bytes.ts'

/** A text that is known; its bytes stand behind it. Never moves. */
@unmanaged
class Text {
  id: u32
  length: i32
}
const HEAD_BYTES: usize = 8

/** Texts stand in blocks, one behind the other; a block begins with the address of the one before it. */
const BLOCK_BYTES: i32 = 1 << 18
const FIRST_TEXTS: u32 = 1 << 10

/**
 * Open addressing with linear steps, at most half full. A place holds a hash (upper half) and the address of a text (lower half); 0 is
 * empty. Growing goes through the places in order and needs no text, and so runs at the speed of memory.
 */
let table: usize = 0
let tableMask: u32 = 0
/** Addresses of the texts by id. */
let texts: usize = 0
let textLimit: u32 = 0
let count: u32 = 0
let block: usize = 0
let blockTop: usize = 0
let blockEnd: usize = 0
let bytes: f64 = 0

makeTable(FIRST_TEXTS)
texts = heap.alloc(<usize>FIRST_TEXTS << 2)

/** Masks of the first 0 to 16 bytes. */
const counted: usize = heap.alloc(17 * 16)
memory.fill(counted, 0, 17 * 16)
for (let length: usize = 1; length <= 16; length++) memory.fill(counted + (length << 4), 0xff, length)

function makeTable(limit: u32): void {
  textLimit = limit
  tableMask = limit * 2 - 1
  table = heap.alloc(<usize>limit << 4)
  memory.fill(table, 0, <usize>limit << 4)
}

function grow(): void {
  const old = table
  const end = table + (<usize>textLimit << 4)
  makeTable(textLimit * 2)
  for (let at = old; at < end; at += 8) {
    const known = load<u64>(at)
    if (known != 0) store<u64>(emptyPlace(hashIn(known)), known)
  }
  heap.free(old)
  const more = heap.alloc(<usize>textLimit << 2)
  memory.copy(more, texts, <usize>count << 2)
  heap.free(texts)
  texts = more
}

@inline
function place(slot: u32): usize {
  return table + (<usize>slot << 3)
}

@inline
function textOf(known: u64): usize {
  return <usize>(<u32>known)
}

@inline
function hashIn(known: u64): u32 {
  return <u32>(known >> 32)
}

function emptyPlace(hash: u32): usize {
  let slot = hash & tableMask
  while (load<u64>(place(slot)) != 0) slot = (slot + 1) & tableMask
  return place(slot)
}

/** Two words at a time, multiplied and folded; the last step spreads what the first bytes did over all bits. */
@inline
export function hashOf(at: usize, length: i32): u32 {
  let hash: u64 = <u64>length * 0x9e3779b97f4a7c15
  while (length > 16) {
    hash = folded(hash, load<u64>(at), load<u64>(at + 8))
    at += 16
    length -= 16
  }
  const last = v128.and(v128.load(at), v128.load(counted + (<usize>length << 4)))
  hash = folded(hash, i64x2.extract_lane(last, 0), i64x2.extract_lane(last, 1))
  return <u32>((hash * 0xd6e8feb86659fd93) >> 32)
}

@inline
function folded(hash: u64, first: u64, second: u64): u64 {
  hash = (hash ^ first) * 0xa0761d6478bd642f
  hash ^= hash >> 29
  hash = (hash ^ second) * 0xe7037ed1a0b428db
  return hash ^ (hash >> 32)
}

/** The text at the first place of a hash, if it has the same hash; 0 otherwise. */
@inline
export function firstKnown(hash: u32): usize {
  const known = load<u64>(place(hash & tableMask))
  return hashIn(known) == hash ? textOf(known) : 0
}

/** Is `text`, of the dictionary or 0, the one at `at`? */
@inline
export function isText(text: usize, at: usize, length: i32): bool {
  return text != 0 && changetype<Text>(text).length == length && sameBytes(text + HEAD_BYTES, at, length)
}

@inline
export function idOf(text: usize): u32 {
  return changetype<Text>(text).id
}

/** The id of the text at `at`, which must be UTF-8 without escapes. */
export function intern(at: usize, length: i32): u32 {
  return internHashed(at, length, hashOf(at, length))
}

export function internHashed(at: usize, length: i32, hash: u32): u32 {
  let slot = hash & tableMask
  while (true) {
    const known = load<u64>(place(slot))
    if (known == 0) return add(at, length, hash, slot)
    if (hashIn(known) == hash && isText(textOf(known), at, length)) return idOf(textOf(known))
    slot = (slot + 1) & tableMask
  }
}

function add(at: usize, length: i32, hash: u32, slot: u32): u32 {
  let to = place(slot)
  if (count == textLimit) {
    grow()
    to = emptyPlace(hash)
  }
  const id = count++
  const text = textPlace(length)
  changetype<Text>(text).id = id
  changetype<Text>(text).length = length
  memory.copy(text + HEAD_BYTES, at, length)
  bytes += length
  store<u64>(to, ((<u64>hash) << 32) | <u64>text)
  store<u32>(texts + (<usize>id << 2), <u32>text)
  return id
}

/** Room for a text. The block has some bytes more behind it, which comparing reads. */
function textPlace(length: i32): usize {
  const size = (HEAD_BYTES + <usize>length + 7) & ~7
  if (blockTop + size > blockEnd) {
    const blockSize = max(<usize>BLOCK_BYTES, size + 8)
    const next = heap.alloc(blockSize + 16)
    store<usize>(next, block)
    block = next
    blockTop = next + 8
    blockEnd = next + blockSize
  }
  const at = blockTop
  blockTop += size
  return at
}

/** Where the text of an id stands. */
export function textAt(id: i32): usize {
  return <usize>load<u32>(texts + (<usize>id << 2)) + HEAD_BYTES
}

export function textLength(id: i32): i32 {
  return changetype<Text>(<usize>load<u32>(texts + (<usize>id << 2))).length
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
  heap.free(texts)
  count = 0
  bytes = 0
  makeTable(FIRST_TEXTS)
  texts = heap.alloc(<usize>FIRST_TEXTS << 2)
}
