import { MemoryStore } from '../../src/state/memory-store.ts'
import type { PageWrite } from '../../src/state/store.ts'
import type { StateStructure } from '../../src/state/structure.ts'
import { rootRecord } from './root-record.ts'

/** Checkpoints of one structure. */
export class Checkpoints {
  readonly store = new MemoryStore()
  #epoch = 0

  /** Writes what changed; returns the pages that were. */
  async take(structure: StateStructure): Promise<readonly PageWrite[]> {
    const pages: PageWrite[] = []
    structure.writeDirty((page, bytes) => pages.push({ operator: 'o', structure: structure.name, page, bytes }))
    this.#epoch += 1
    await this.store.writePages(this.#epoch, pages)
    await this.store.writeRoot(rootRecord(this.#epoch))
    return pages
  }

  async restoreInto<S extends StateStructure>(structure: S): Promise<S> {
    structure.restore(await this.store.pages('o', structure.name))
    return structure
  }
}
