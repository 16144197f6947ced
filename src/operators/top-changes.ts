import { RowKind } from '../data/row-kind.ts'
import type { NewRow, RankedRows } from '../state/ranked-rows.ts'
import type { RankedGroup } from '../state/ranked-windows.ts'

/** A row that is told of. */
export interface TopChange {
  readonly kind: RowKind
  readonly row: number
  /** From 0. */
  readonly rank: number
}

/**
 * How the first rows of a group change with each row, as Flink tells it: where ranks are shown each row that moves is an update of its rank; else
 * one row goes (-D) and one comes (+I). Rows that left the group are released once that is told.
 */
export class TopChanges {
  readonly #rows: RankedRows
  readonly #most: number
  readonly #isRanked: boolean
  #changes: TopChange[] = []
  #told = 0
  #leaving = -1

  constructor(rows: RankedRows, { most, isRanked }: { readonly most: number; readonly isRanked: boolean }) {
    this.#rows = rows
    this.#most = most
    this.#isRanked = isRanked
  }

  get isEmpty(): boolean {
    return this.#changes.length === 0
  }

  peek(): TopChange | undefined {
    return this.#changes[this.#told]
  }

  pop(): void {
    this.#told += 1
    if (this.#told === this.#changes.length) this.#end()
  }

  /** Takes a row into its group, or back out of it; `peek` and `pop` tell what changed. */
  take(group: RankedGroup, row: NewRow, isRetraction: boolean): void {
    if (isRetraction) this.#retract(group, row)
    else this.#insert(group, row)
    if (this.isEmpty) this.#end()
  }

  #insert(group: RankedGroup, row: NewRow): void {
    const { list } = group
    const rank = this.#rows.insert(group, row)
    if (rank < 0) return
    const most = this.#most
    const pushed = list.size > most ? list.at(most) : -1
    if (rank < most) {
      if (this.#isRanked) this.#shiftDown(group, rank)
      else {
        if (pushed >= 0) this.#tell(RowKind.Delete, pushed, most)
        this.#tell(RowKind.Insert, list.at(rank), rank)
      }
    }
    if (pushed >= 0 && group.byText === null) this.#leaving = this.#rows.remove(group, most)
  }

  /** The new row is at `rank`, all behind it moved by one. */
  #shiftDown({ list }: RankedGroup, rank: number): void {
    const end = Math.min(list.size, this.#most)
    for (let r = rank; r < end; r += 1) {
      if (r === list.size - 1) this.#tell(RowKind.Insert, list.at(r), r)
      else this.#tellUpdate(list.at(r + 1), list.at(r), r)
    }
  }

  #retract(group: RankedGroup, row: NewRow): void {
    const { list } = group
    const most = this.#most
    const rank = this.#rows.find(group, row)
    if (rank < 0) {
      this.#rows.dropIfEmpty(group)
      return
    }
    if (rank < most) {
      if (this.#isRanked) this.#shiftUp(group, rank)
      else {
        this.#tell(RowKind.Delete, list.at(rank), rank)
        if (list.size > most) this.#tell(RowKind.Insert, list.at(most), most - 1)
      }
    }
    this.#leaving = this.#rows.remove(group, rank)
  }

  /** The row at `rank` is about to go, and all behind it to move by one. */
  #shiftUp({ list }: RankedGroup, rank: number): void {
    const end = Math.min(list.size, this.#most)
    for (let r = rank; r < end; r += 1) {
      if (r === list.size - 1) this.#tell(RowKind.Delete, list.at(r), r)
      else this.#tellUpdate(list.at(r), list.at(r + 1), r)
    }
  }

  #tellUpdate(before: number, after: number, rank: number): void {
    this.#tell(RowKind.UpdateBefore, before, rank)
    this.#tell(RowKind.UpdateAfter, after, rank)
  }

  #tell(kind: RowKind, row: number, rank: number): void {
    this.#changes.push({ kind, row, rank })
  }

  #end(): void {
    if (this.#leaving >= 0) this.#rows.release(this.#leaving)
    this.#changes = []
    this.#told = 0
    this.#leaving = -1
  }
}
