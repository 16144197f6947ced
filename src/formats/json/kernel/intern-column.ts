// Interning many texts at a time. Where there are many different ones, each is somewhere else in memory; first touching all places and then
// comparing lets the waits for memory overlap.

import { TAG_STRING } from './columns.ts'
import { firstKnown, hashOf, idOf, internHashed, isText } from './dictionary.ts'
import { addressOf } from './rows.ts'

const MOST_AT_A_TIME: i32 = 512

const hashes: usize = heap.alloc(<usize>MOST_AT_A_TIME << 2)
const found: usize = heap.alloc(<usize>MOST_AT_A_TIME << 2)

/** Spans [ids, ends) of texts become ids in rows [from, to). */
export function internColumn(tags: usize, ids: usize, ends: usize, from: i32, to: i32): void {
  while (from < to) {
    const end = min(to, from + MOST_AT_A_TIME)
    lookUp(tags, ids, ends, from, end)
    take(tags, ids, ends, from, end)
    from = end
  }
}

/** Remembers for each row its hash, and what the dictionary has at its first place. */
function lookUp(tags: usize, ids: usize, ends: usize, from: i32, to: i32): void {
  for (let row = from; row < to; row++) {
    if (load<u8>(tags + row) != TAG_STRING) continue
    const start = load<u32>(ids + (<usize>row << 2))
    const hash = hashOf(addressOf(start), <i32>(load<u32>(ends + (<usize>row << 2)) - start))
    store<u32>(hashes + (<usize>(row - from) << 2), hash)
    store<u32>(found + (<usize>(row - from) << 2), firstKnown(hash))
  }
}

function take(tags: usize, ids: usize, ends: usize, from: i32, to: i32): void {
  for (let row = from; row < to; row++) {
    if (load<u8>(tags + row) != TAG_STRING) continue
    const start = load<u32>(ids + (<usize>row << 2))
    const length = <i32>(load<u32>(ends + (<usize>row << 2)) - start)
    const known = load<u32>(found + (<usize>(row - from) << 2))
    const at = addressOf(start)
    const hash = load<u32>(hashes + (<usize>(row - from) << 2))
    const id = isText(known, at, length) ? idOf(known) : internHashed(at, length, hash)
    store<u32>(ids + (<usize>row << 2), id)
  }
}
