import type { WritePage } from './structure.ts'

/** Entries per page of the structures that number their entries. */
export const PAGE_ENTRIES = 256
const PAGE_SHIFT = 8

/** Which pages of numbered entries changed since the last epoch, and which are in the store. */
export class PageMarks {
  readonly #dirty = new Set<number>()
  readonly #written = new Set<number>()
  /** The page that was touched last; -1: none since the last epoch. */
  #last = -1

  touch(entry: number): void {
    const page = entry >> PAGE_SHIFT
    if (page === this.#last) return
    this.#last = page
    this.#dirty.add(page)
  }

  /** Writes every changed page. `bytesOf` gets the first number of a page and returns null when nothing lives in it. */
  write(write: WritePage, bytesOf: (first: number) => Uint8Array | null): void {
    for (const page of [...this.#dirty].sort((a, b) => a - b)) {
      const bytes = bytesOf(page << PAGE_SHIFT)
      if (bytes !== null) this.#written.add(page)
      else if (!this.#written.delete(page)) continue
      write(pageName(page), bytes)
    }
    this.#dirty.clear()
    this.#last = -1
  }

  /** Takes note of a restored page; returns the number of its first entry. */
  restored(name: string): number {
    const page = Number(name)
    this.#written.add(page)
    return page << PAGE_SHIFT
  }
}

/** Ascending names are ascending pages. */
const pageName = (page: number): string => `${page}`.padStart(8, '0')
