import type { ColumnType } from '../data/column-type.ts'
import type { SortOrder } from '../data/row-order.ts'
import type { RowShape } from '../data/row-slab.ts'
import type { AccumulatorShape } from '../functions/aggregate-function.ts'

/** Receives one changed page of a structure; null: the page is gone. Bytes are taken over, not copied. */
export type WritePage = (page: string, bytes: Uint8Array | null) => void

/** What is needed to make an empty structure that reads the pages of another, as JSON. It is stored beside them. */
export type StructureShape =
  | { readonly kind: 'key-table'; readonly types: readonly ColumnType[] }
  | { readonly kind: 'key-set'; readonly within: number | null; readonly keepFor: number | null }
  | { readonly kind: 'group-table' | 'pane-table' | 'session-table'; readonly aggregates: AccumulatorsShape }
  | { readonly kind: 'last-touches'; readonly ttl: number | null }
  | { readonly kind: 'untold-results' }
  | ({ readonly kind: 'waiting-rows' | 'open-matches' } & RowShape)
  | ({ readonly kind: 'frame-rows' } & RowShape)
  | ({ readonly kind: 'newest-rows' } & RowShape)
  | ({ readonly kind: 'last-rows' } & RowShape & LastRowsShape)
  | ({ readonly kind: 'recent-rows' } & RowShape)
  | ({
      readonly kind: 'sorted-rows'
      readonly keys: readonly SortOrder[]
      readonly ties: 'arrival' | 'bytes'
    } & RowShape)
  /** `lines`: are the rows kept with their lines, or what they would print? */
  | ({ readonly kind: 'join-rows' } & RowShape)
  | ({ readonly kind: 'ranked-rows'; readonly orders: readonly SortOrder[]; readonly most: number | null } & RowShape)

export interface AccumulatorsShape {
  readonly each: readonly AccumulatorShape[]
  readonly retractable: boolean
}

/** ms; null: for ever, or none. */
export interface LastRowsShape {
  readonly within: number | null
  readonly allowedLateness: number
  readonly stateTtl: number | null
}

/** The texts of the keys that slots stand for. */
export interface KeyTexts {
  textOf(slot: number): string
  /** A key that has no slot gets one. */
  slotOfText(text: string): number
}

/** The members of one entry of a savepoint: raw JSON text by name. */
export type EntryTexts = ReadonlyMap<string, string>

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
  /** Absent: it cannot be part of a savepoint. */
  readonly shape?: StructureShape
  /**
   * Every entry as the members of a JSON object, in an order that follows from what is kept and not from how. Absent: what it holds is told by the
   * entries of others (a table of keys).
   */
  dump?(keys: KeyTexts): Iterable<string>
  /** Takes an entry of `dump`, in the same order. Throws RangeError or SyntaxError for what is none. */
  load?(entry: EntryTexts, keys: KeyTexts): void
}
