import { PageWriter } from '../data/page.ts'
import type { KeyParts } from './key-parts.ts'
import type { SlotReferences } from './slot-references.ts'

/**
 * A page of a `KeyTable`: of each slot first <= slot < to its number, the text of its key, and where the parts end; null if nothing retains any of them. `ends`: as
 * long as a key has parts; it is written over.
 */
export function keyPage(
  keys: KeyParts,
  { first, to, references }: { readonly first: number; readonly to: number; readonly references: SlotReferences },
  ends: Int32Array,
): Uint8Array | null {
  const parts = ends.length
  const writer = new PageWriter()
  let count = 0
  for (let slot = first; slot < to; slot += 1) {
    if (!references.has(slot)) continue
    count += 1
    writer.u32(slot)
    if (parts === 0) continue
    const [bytes, start, end] = keys.bytesOf(slot)
    writer.textBytes(bytes, start, end)
    writer.i32s(keys.endsOf(slot, ends), 0, parts)
  }
  return count === 0 ? null : writer.bytes()
}
