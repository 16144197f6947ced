import { PageReader, PageWriter } from '../data/page.ts'
import { PAGE_ENTRIES, PageMarks } from './page-marks.ts'
import type { WritePage } from './structure.ts'

export interface Placed {
  /** Number within the pages; set and changed by `Places` alone. */
  place: number
}

/** Entries in numbered places, so that a checkpoint writes only the pages of those that changed. Places follow the entries down. */
export class Places<E extends Placed> {
  #entries: (E | null)[] = []
  #free: number[] = []
  #size = 0
  readonly #marks = new PageMarks()

  get size(): number {
    return this.#size
  }

  /** Places there is memory for. */
  get capacity(): number {
    return this.#entries.length
  }

  add(entry: E): void {
    entry.place = this.#free.pop() ?? this.#entries.length
    this.#entries[entry.place] = entry
    this.#size += 1
    this.#marks.touch(entry.place)
  }

  /** The entry was changed. */
  touch(entry: E): void {
    this.#marks.touch(entry.place)
  }

  remove(entry: E): void {
    this.#marks.touch(entry.place)
    this.#entries[entry.place] = null
    this.#free.push(entry.place)
    this.#size -= 1
    if (this.#entries.length > PAGE_ENTRIES && this.#size * 4 < this.#entries.length) this.#compact()
  }

  /** Fills the gaps from behind and gives the rest back. */
  #compact(): void {
    const entries = this.#entries
    let to = 0
    let from = entries.length - 1
    for (;;) {
      while (to < from && entries[to] !== null) to += 1
      while (from > to && entries[from] === null) from -= 1
      if (to >= from) break
      const entry = entries[from]!
      this.#marks.touch(from)
      this.#marks.touch(to)
      entries[from] = null
      entries[to] = entry
      entry.place = to
    }
    this.#entries = entries.slice(0, this.#size)
    this.#free = []
  }

  /** Every changed page: the entries' numbers within it, and of each what `writeEntry` writes. */
  write(write: WritePage, writeEntry: (page: PageWriter, entry: E) => void): void {
    this.#marks.write(write, (first) => {
      const page = new PageWriter()
      let count = 0
      for (let place = first; place < Math.min(first + PAGE_ENTRIES, this.#entries.length); place += 1) {
        const entry = this.#entries[place]!
        if (entry === null) continue
        count += 1
        page.u32(place - first)
        writeEntry(page, entry)
      }
      return count === 0 ? null : page.bytes()
    })
  }

  /** Reads the entries back into their places; returns them by place. */
  restore(pages: Iterable<readonly [page: string, bytes: Uint8Array]>, readEntry: (page: PageReader) => E): E[] {
    const restored: E[] = []
    for (const [name, bytes] of pages) {
      const first = this.#marks.restored(name)
      const page = new PageReader(bytes)
      while (!page.isAtEnd) {
        const place = first + page.u32()
        const entry = readEntry(page)
        entry.place = place
        while (this.#entries.length < place) this.#free.push(this.#entries.push(null) - 1)
        this.#entries.push(entry)
        restored.push(entry)
      }
    }
    this.#size = restored.length
    return restored
  }
}
