/** Receives one changed page of a structure; null: the page is gone. Bytes are taken over, not copied. */
export type WritePage = (page: string, bytes: Uint8Array | null) => void

/**
 * What an operator keeps between rows. Knows nothing of stores: it can tell its size, write what changed since the last epoch as
 * pages, and be made again from all pages of an epoch. What is written is logical: no scanner ids, no hash order.
 */
export interface StateStructure {
  /** Unique within its operator; part of the layout on disk. */
  readonly name: string
  readonly entries: number
  /** Hands over every page that changed since the last call; from then on they count as clean. */
  writeDirty(write: WritePage): void
  /** Called on an empty structure, with every live page, in ascending order of the page's name. */
  restore(pages: Iterable<readonly [page: string, bytes: Uint8Array]>): void
}
