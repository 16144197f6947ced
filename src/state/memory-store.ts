import { assert } from '../base/assert.ts'
import type { Page, PageWrite, RootRecord, Store } from './store.ts'

/** Moments at which a process can die. `before`: nothing of the step has happened yet; `after`: all of it. */
export type StoreStep =
  | 'before pages'
  | 'after pages'
  | 'before root'
  | 'after root'
  | 'before confirm'
  | 'after confirm'

/**
 * A store without a disk. Behaves as one with: facts go through JSON, and reading the root, which only a start does, drops pages that
 * no root decided. `onStep` may throw, to let a test crash there and start anew on the same store.
 */
export class MemoryStore implements Store {
  readonly incarnation = 'memory'
  readonly #onStep: (step: StoreStep, epoch: number) => void
  readonly #pages = new Map<string, Map<string, Uint8Array>>()
  #undecided: { readonly epoch: number; readonly write: PageWrite }[] = []
  #root: string | null = null
  #epoch = -Infinity
  #confirmed = 0

  constructor(onStep: (step: StoreStep, epoch: number) => void = () => {}) {
    this.#onStep = onStep
  }

  /** Live pages of all structures, decided ones only. */
  get size(): number {
    let size = 0
    for (const pages of this.#pages.values()) size += pages.size
    return size
  }

  async root(): Promise<RootRecord | undefined> {
    this.#undecided = []
    return this.#root === null ? undefined : JSON.parse(this.#root)
  }

  async pages(operator: string, structure: string): Promise<readonly Page[]> {
    const pages = this.#pages.get(placeOf(operator, structure)) ?? new Map<string, Uint8Array>()
    return [...pages].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  }

  async writePages(epoch: number, pages: readonly PageWrite[]): Promise<void> {
    assert(epoch > this.#epoch, `pages of epoch ${epoch}, which is decided`)
    this.#onStep('before pages', epoch)
    for (const write of pages) this.#undecided.push({ epoch, write })
    this.#onStep('after pages', epoch)
  }

  async writeRoot(root: RootRecord): Promise<void> {
    assert(root.epoch > this.#epoch, `epoch ${root.epoch} is decided twice`)
    this.#onStep('before root', root.epoch)
    for (const { epoch, write } of this.#undecided) if (epoch === root.epoch) this.#apply(write)
    this.#undecided = []
    this.#root = JSON.stringify(root)
    this.#epoch = root.epoch
    this.#onStep('after root', root.epoch)
  }

  async confirm(epoch: number): Promise<void> {
    this.#onStep('before confirm', epoch)
    this.#confirmed = epoch
    this.#onStep('after confirm', epoch)
  }

  async confirmed(): Promise<number> {
    return this.#confirmed
  }

  async close(): Promise<void> {}

  #apply({ operator, structure, page, bytes }: PageWrite): void {
    const place = placeOf(operator, structure)
    const pages = this.#pages.get(place) ?? new Map<string, Uint8Array>()
    this.#pages.set(place, pages)
    if (bytes === null) pages.delete(page)
    else pages.set(page, bytes)
  }
}

const placeOf = (operator: string, structure: string): string => JSON.stringify([operator, structure])
