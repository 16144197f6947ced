import type { RowError } from '../base/errors.ts'
import type { Batch } from '../data/batch.ts'
import type { StateStructure } from '../state/structure.ts'
import type { PartialsReport } from './partials-report.ts'

/** Counted rows of one step. `in = used + filtered + duplicate + late + bad + held`, always. */
export interface StepCounters {
  in: number
  used: number
  filtered: number
  duplicate: number
  late: number
  /** Rows with a value that the step's expressions cannot take. */
  bad: number
  /** Rows kept whole for later (dedup --keep last, sort, joins). */
  held: number
  out: number
  /** Windows that a used row came too late for while it still counted in others. Not part of the sum. */
  lateWindows: number
  /** Partial matches that were not followed, there being too many. Only where that is how it is meant. */
  droppedPartials?: number
}

export const newCounters = (): StepCounters => ({
  in: 0,
  used: 0,
  filtered: 0,
  duplicate: 0,
  late: 0,
  bad: 0,
  held: 0,
  out: 0,
  lateWindows: 0,
})

/** Why and by how much a row is late; window and watermark in ms. Windows only where the step has them. */
export interface LateRow {
  /** The least that the watermark delay would have to grow for the row to be in time, ms, at least 1. */
  readonly lateBy: number
  readonly windowStart?: number
  readonly windowEnd?: number
  readonly watermark: number
}

/** What an operator may tell besides its output rows. Both decide by policy: they may throw (`fail`), keep or drop the row. */
export interface OperatorContext {
  /** The step's id: `tumble`, `dedup-2`, or its `--name`. */
  readonly step: string
  readonly counters: StepCounters
  /** `port`: the input that the row came from, where there are several. */
  late(batch: Batch, row: number, late: LateRow, port?: number): void
  /** Late rows are counted, and that is all: it does not matter when, as long as their batch is at hand. */
  readonly countsLate?: boolean
  /** Takes a line of text for the side output of partial matches that ran out of time; absent: nobody wants to know. */
  timeout?(text: string, sequence: number): void
  badRow(batch: Batch, row: number, error: RowError, port?: number): void
  /** Told once, when the input has ended and before that ends what is open, if the step was asked for its partial matches; absent: nobody wants to know. */
  partials?(report: PartialsReport): void
}

/**
 * Runs between a source and a sink. Synchronous; waiting is for the edges.
 *
 * `process` takes rows of `batch` (from input `port`) beginning with `from` and appends to `out`. It returns the row to go on with:
 * - i < batch.length: `out` is full (`isFull(out)`) after a whole number of input rows or in the middle of firing for row i; or, whatever is in
 *   `out`, some milliseconds of work on what row i frees are done, and there is more;
 * - batch.length: all rows are taken, but `watermarkAfter` still has rows to free;
 * - batch.length + 1: done with this batch.
 * It is called again with that number once `out` has been emptied. Before row i it advances to `watermark[i]`, after the last row to
 * `watermarkAfter`; it takes time from nowhere else. It sets `out.watermarkAfter` and `out.sequenceAfter` on every return.
 * Operators with several inputs get `to`: they return at that row at the latest; the runner merges their ports by (sequence, port) and puts the
 * watermark of all inputs together into `batch.watermark`, so no operator ever merges watermarks.
 * Output rows freed by watermark w carry, in their own `watermark` column, the output watermark from before w.
 */
export interface Operator {
  /** How far the output watermark stays behind the input's, ms; 0 if absent. Held-back rows are then not late further down. */
  readonly holdBack?: number
  /** With several inputs: does it append to an output that has rows already, from whichever port? Then rows of many turns go out together. */
  readonly collects?: boolean
  readonly structures: readonly StateStructure[]
  process(batch: Batch, port: number, from: number, out: Batch, to?: number): number
  /** A new empty output batch of this operator's shape; operators that forward columns re-point them in `process`. */
  createOutput(): Batch
  /** Small facts besides the structures (watermarks, sequence counters), as JSON. Rows counted as held are restored from the structures. */
  facts(): unknown
  restoreFacts(facts: unknown): void
  /** The partial matches that it was asked for, as of now; null: it was not asked. Between two calls of `process`. */
  partials?(): PartialsReport | null
}

/** Must an operator hand over its output before it appends another row? */
export const isFull = (out: Batch): boolean => out.length >= out.capacity
