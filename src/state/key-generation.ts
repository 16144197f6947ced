import { instantText } from '../data/json-values.ts'
import { PageWriter } from '../data/page.ts'
import type { ByteArena } from './byte-arena.ts'
import { keyMember } from './entry-text.ts'
import type { KeyEntries } from './key-entries.ts'
import type { WritePage } from './structure.ts'

/** Entries per checkpoint page. */
export const PAGE_ENTRIES = 1024

/** Entries of a `KeySet` that expire together, and the bytes of their keys. They are only ever added to, so a full page never changes until all go. */
export interface Generation {
  readonly arena: ByteArena
  /** The entry added last; `next` leads to the ones before. */
  head: number
  count: number
  /** Entries that are in the store. */
  written: number
}

export const pageName = (generation: number, page: number): string => `${generation}/${`${page}`.padStart(8, '0')}`

/** Rows without a time come first. */
const timeOrder = (a: number, b: number): number =>
  a === b || (Number.isNaN(a) && Number.isNaN(b)) ? 0 : Number.isNaN(a) || a < b ? -1 : 1

/** Entries as members, by generation and then by time and key. */
export function* dumpGenerations(
  generations: ReadonlyMap<number, Generation>,
  { times, starts, lengths, next }: KeyEntries,
): Generator<string> {
  for (const [, { arena, head, count }] of [...generations].sort(([a], [b]) => a - b)) {
    const kept: { readonly time: number; readonly key: string }[] = []
    for (let entry = head, left = count; left > 0; entry = next[entry]!, left -= 1) {
      const start = starts[entry]!
      kept.push({ time: times[entry]!, key: arena.bytes.toString('utf8', start, start + lengths[entry]!) })
    }
    kept.sort((a, b) => timeOrder(a.time, b.time) || (a.key < b.key ? -1 : 1))
    for (const { time, key } of kept) yield `"time":${instantText(time)},${keyMember(key)}`
  }
}

/** Writes the pages from the one that the first new entry is on. A page: for how long entries are kept, then time and key of each. */
export function writeGeneration(
  index: number,
  generation: Generation,
  { entries, keepFor }: { readonly entries: KeyEntries; readonly keepFor: number },
  write: WritePage,
): void {
  const { times, starts, lengths, next } = entries
  const first = Math.floor(generation.written / PAGE_ENTRIES)
  let entry = generation.head
  let end = generation.count
  for (let page = Math.floor((end - 1) / PAGE_ENTRIES); page >= first; page -= 1) {
    const writer = new PageWriter()
    writer.f64(keepFor)
    for (; end > page * PAGE_ENTRIES; end -= 1) {
      const start = starts[entry]!
      writer.f64(times[entry]!)
      writer.textBytes(generation.arena.bytes, start, start + lengths[entry]!)
      entry = next[entry]!
    }
    write(pageName(index, page), writer.bytes())
  }
  generation.written = generation.count
}
