import type { Batch } from '../data/batch.ts'
import type { IntakeOptions } from './intake-options.ts'
import type { Fault, Reject, SourceCounters } from './row-gate.ts'

/** Where an input stands: a place before some lines, and how many rows and dead letters behind it were taken. */
export interface IntakePosition {
  /** A `LinePosition`, or its mark. */
  readonly reader: unknown
  readonly watermark: number | null
  readonly counters: SourceCounters
  readonly taken: number
  readonly told: number
  /** Rows that had passed when the run began that the limit counts from. */
  readonly from: number
  /** What the scanner knows of the file at hand. */
  readonly format?: unknown
  /** Of the partitions of the input, where they have watermarks of their own. */
  readonly parts?: unknown
}

/** Of a place that nothing behind it was taken from. */
export const UNTAKEN = { taken: 0, told: 0 } as const

export const isKept = (fault: Fault): fault is Fault & Reject => fault.text !== null

/** Rows and faults behind the place were read, but never taken. */
export function countersAt({ counters, taken }: IntakePosition, faults: readonly Fault[]): SourceCounters {
  const then = { ...counters, passed: counters.passed + taken }
  for (const { before, counter } of faults) if (before <= taken) then[counter] += 1
  return { ...then, read: then.passed + then.bad + then.refused }
}

/**
 * A place within a batch as a place before its next row, for readers that can go on at any. What stood in the batch before that row was taken.
 */
export function exactPlace(
  place: IntakePosition,
  batch: Batch,
  faults: readonly Fault[],
  { reader, watermark }: Pick<IntakeOptions, 'reader' | 'watermark'>,
): IntakePosition {
  const { taken } = place
  const lines = batch.raw!.lines
  const told = faults.filter(({ before }) => before <= taken).map(({ line }) => line)
  const last = Math.max(...told, ...(taken > 0 ? [lines[taken - 1]!] : []))
  const parts = watermark.placeAfter?.(place.parts, batch.time, taken)
  const reached = taken > 0 ? (taken < batch.watermark.length ? batch.watermark[taken]! : batch.watermarkAfter) : null
  return {
    ...place,
    reader: reader.positionAt(0, last + 1),
    watermark: reached !== null && Number.isFinite(reached) ? reached : place.watermark,
    counters: countersAt(place, faults),
    ...UNTAKEN,
    ...(parts === undefined ? {} : { parts }),
  }
}
