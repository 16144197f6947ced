import { grown } from '../data/grown.ts'
import type { WritePage } from './structure.ts'

/** Entries per page of the structures that number their entries. */
export const PAGE_ENTRIES = 256
const PAGE_SHIFT = 8

/** Which pages of numbered entries changed since the last epoch, and which are in the store. */
export class PageMarks {
  /** By page. */
  #isDirty = new Uint8Array(16)
  readonly #written = new Set<number>()

  touch(entry: number): void {
    const page = entry >> PAGE_SHIFT
    if (page >= this.#isDirty.length) this.#isDirty = grown(this.#isDirty, Math.max(page + 1, this.#isDirty.length * 2))
    this.#isDirty[page] = 1
  }

  /** Writes every changed page. `bytesOf` gets the first number of a page and returns null when nothing lives in it. */
  write(write: WritePage, bytesOf: (first: number) => Uint8Array | null): void {
    const isDirty = this.#isDirty
    for (let page = isDirty.indexOf(1); page >= 0; page = isDirty.indexOf(1, page + 1)) {
      isDirty[page] = 0
      const bytes = bytesOf(page << PAGE_SHIFT)
      if (bytes !== null) this.#written.add(page)
      else if (!this.#written.delete(page)) continue
      write(pageName(page), bytes)
    }
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
