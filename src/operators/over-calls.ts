import type { Slot } from '../data/batch.ts'
import { type Column, Tag } from '../data/column.ts'
import type { Value } from '../data/value.ts'
import type { GroupTable } from '../state/group-table.ts'
import type { AggregateInput, AggregateInputs } from './aggregate-inputs.ts'

/** One call of the step. */
export interface OverCall extends AggregateInput {
  /** Does it look at all rows up to the row itself, one after the other, whatever the frame is (LAG, ROW_NUMBER)? */
  readonly isRunning: boolean
  /** Its arguments and filter, as they are kept for as long as the frame holds them. */
  readonly slots: readonly Slot[]
}

/** A call, and what is read for it. */
export interface PlacedCall {
  /** Its number among all calls. */
  readonly number: number
  readonly call: OverCall
  /** What the frames keep of it. */
  readonly kept: readonly Column[]
  columns: readonly Column[]
  /** By row of the batch: the group it is added to; below 0: none. */
  targets: Int32Array
}

/** Rows [from, to) of the loaded batch, which enter the frames of their keys one after the other. */
export interface Stretch {
  readonly from: number
  readonly to: number
  /** By row of the batch: the key's slot; -1: the row is not taken. */
  readonly slots: Int32Array
  /** By row of the batch: how many of `left` leave before it or before rows ahead of it. null: none ever does. */
  readonly leftEnds: Int32Array | null
  /** Rows that the frames kept, in the order in which they leave. */
  readonly left: Int32Array
  /** Where rows of one time end: the first `endCount` of these. null: rows do not see their peers. */
  readonly ends: Int32Array | null
  readonly endCount: number
  /** The first row that has no results yet: of the time of row `from`, or `from` itself. */
  readonly resultsFrom: number
}

/** Rows of an earlier batch that wait for their peers. */
export interface HeldRows {
  readonly slots: readonly number[]
  readonly rows: readonly number[]
  /** Of each call. */
  readonly columns: readonly Column[]
}

/** Reads a new batch for the calls. */
export function loadCalls(calls: readonly PlacedCall[], inputs: AggregateInputs, slots: Int32Array, to: number): void {
  for (const placed of calls) {
    const { columns, passes } = inputs.loaded(placed.number)
    placed.columns = columns
    placed.targets = slots
    if (passes === null) continue
    placed.targets = slots.slice(0, to)
    for (let i = 0; i < to; i += 1) if (passes[i] === 0) placed.targets[i] = -1
  }
}

/** What a call that takes one row after the other comes to at each row, into the column. */
export function runCall(
  { number, call, columns, targets }: PlacedCall,
  groups: GroupTable,
  stretch: Stretch,
  column: Column,
): void {
  const { accumulator } = call
  const at = groups.layout.offsets[number]!
  const { from, to, slots } = stretch
  for (let i = from; i < to; i += 1) {
    const slot = slots[i]!
    if (slot < 0) continue
    accumulator.add(groups, at, targets, columns, i, i + 1)
    setResult(column, i, accumulator.result(groups, at, slot))
  }
}

/** The same of a call that looks at the frame, where rows do not see their peers. */
export function frameCall(placed: PlacedCall, groups: GroupTable, stretch: Stretch, column: Column): void {
  const { accumulator } = placed.call
  const at = groups.layout.offsets[placed.number]!
  const { columns, targets } = placed
  const { from, to, slots } = stretch
  for (let i = from; i < to; i += 1) {
    const slot = slots[i]!
    if (slot < 0) continue
    retractLeft(placed, groups, stretch, i)
    accumulator.add(groups, at, targets, columns, i, i + 1)
    setResult(column, i, accumulator.result(groups, at, slot))
  }
}

/** The same where they do: rows of one time are all added before any of them has a result; `held` are those of the first time. */
export function peerCall(placed: PlacedCall, groups: GroupTable, stretch: Stretch, out: PeerResults): void {
  const { accumulator } = placed.call
  const at = groups.layout.offsets[placed.number]!
  const { to, slots, ends, endCount } = stretch
  const { column, held } = out
  let { from, resultsFrom } = stretch
  for (let e = 0; e < endCount; e += 1) {
    const end = ends![e]!
    addPeers(placed, groups, stretch, [from, end])
    if (e === 0 && held) {
      for (let h = 0; h < held.rows.length; h += 1)
        setResult(held.columns[placed.number]!, held.rows[h]!, accumulator.result(groups, at, held.slots[h]!))
    }
    for (let i = resultsFrom; i < end; i += 1)
      if (slots[i]! >= 0) setResult(column, i, accumulator.result(groups, at, slots[i]!))
    from = end
    resultsFrom = end
  }
  addPeers(placed, groups, stretch, [from, to])
}

export interface PeerResults {
  readonly column: Column
  readonly held: HeldRows | null
}

function addPeers(
  placed: PlacedCall,
  groups: GroupTable,
  stretch: Stretch,
  [from, to]: readonly [number, number],
): void {
  const { accumulator } = placed.call
  const { columns, targets } = placed
  const at = groups.layout.offsets[placed.number]!
  if (stretch.leftEnds === null) {
    if (from < to) accumulator.add(groups, at, targets, columns, from, to)
    return
  }
  for (let i = from; i < to; i += 1) {
    if (stretch.slots[i]! < 0) continue
    retractLeft(placed, groups, stretch, i)
    accumulator.add(groups, at, targets, columns, i, i + 1)
  }
}

/** Takes the rows back that leave the frame before row i enters it. */
function retractLeft({ number, call, kept }: PlacedCall, groups: GroupTable, stretch: Stretch, i: number): void {
  const { from, slots, left, leftEnds } = stretch
  if (leftEnds === null) return
  const condition = call.filter === null ? null : kept.at(-1)!
  for (let l = i === from ? 0 : leftEnds[i - 1]!; l < leftEnds[i]!; l += 1) {
    const row = left[l]!
    if (condition !== null && condition.tags[row] !== Tag.True) continue
    call.accumulator.retract!(groups, groups.layout.offsets[number]!, slots[i]!, kept, row)
  }
}

/** Numbers need no entry among the values; other values are set behind all before them, since an array with holes is a slow one. */
export function setResult(column: Column, row: number, value: Value): void {
  if (typeof value === 'number') {
    column.tags[row] = Tag.Number
    column.numbers[row] = value
    return
  }
  if (value !== null) while (column.values.length < row) column.values.push(null)
  column.set(row, value)
}
