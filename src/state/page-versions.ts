import { shareOf } from './state-layout.ts'

/** How many live versions a structure has, and the sum of what they are, modulo 2^32: with it a missing or an old version is seen. */
export interface StructureSum {
  readonly pages: number
  readonly sum: number
}

/** By operator, by structure. */
export type StructureSums = Readonly<Record<string, Readonly<Record<string, StructureSum>>>>

export interface LiveVersion {
  readonly epoch: number
  /** The checksum of the version. */
  readonly seal: number
}

interface Structure {
  readonly operator: string
  readonly structure: string
  /** By page. */
  readonly live: Map<string, LiveVersion>
  sum: number
}

/** Which version of each page an epoch stands on. Kept in memory while a job runs, so that a checkpoint reads nothing back: some 100 bytes a page. */
export class PageVersions {
  readonly #structures = new Map<string, Structure>()

  get size(): number {
    let size = 0
    for (const { live } of this.#structures.values()) size += live.size
    return size
  }

  get(prefix: string, page: string): LiveVersion | undefined {
    return this.#structures.get(prefix)?.live.get(page)
  }

  /** Live pages of a structure. */
  count(prefix: string): number {
    return this.#structures.get(prefix)?.live.size ?? 0
  }

  /** `prefix`: the structure's, of its keys. `version` null: the page is gone. */
  set(place: { operator: string; structure: string; prefix: string }, page: string, version: LiveVersion | null): void {
    const { operator, structure, prefix } = place
    let known = this.#structures.get(prefix)
    if (known === undefined) {
      known = { operator, structure, live: new Map(), sum: 0 }
      this.#structures.set(prefix, known)
    }
    const before = known.live.get(page)
    if (before !== undefined) known.sum -= shareOf(before.seal)
    if (version === null) known.live.delete(page)
    else {
      known.live.set(page, version)
      known.sum += shareOf(version.seal)
    }
    known.sum >>>= 0
    if (known.live.size === 0) this.#structures.delete(prefix)
  }

  sums(): StructureSums {
    const sums: Record<string, Record<string, StructureSum>> = {}
    for (const { operator, structure, live, sum } of this.#structures.values()) {
      sums[operator] ??= {}
      sums[operator][structure] = { pages: live.size, sum }
    }
    return sums
  }
}
