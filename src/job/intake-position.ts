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
