import type { Slot } from '../data/batch.ts'
import type { Emission } from '../time/emission.ts'
import { lateBy } from '../time/watermark.ts'
import type { AggregateInput } from './aggregate-inputs.ts'
import type { KeyReader } from './key-reader.ts'
import type { LateRow, OperatorContext } from './operator.ts'

export interface SessionAggregateOptions {
  /** ms, more than 0: rows at most so far apart are in one session. */
  readonly gap: number
  readonly keys: KeyReader
  readonly aggregates: readonly AggregateInput[]
  /** How long a session that has fired is kept for updates, ms; 0: not at all, and the output has inserts only. */
  readonly allowedLateness: number
  /** What sessions tell before they fire; but for `final` the output tells changes. */
  readonly emit: Emission
  /** May the input take rows back? Then the accumulators must be retractable. A session stays as long as it was. */
  readonly retractable: boolean
  readonly context: OperatorContext
  /** window_start, window_end, keys, aggregates. */
  readonly slots: readonly Slot[]
  /** Rows per output batch, for tests. */
  readonly capacity?: number
}

/**
 * How far the output's watermark stays behind, ms. A session that was told at one tick and has grown since is taken back at the next one, which the
 * watermark has not passed then: such a row is not late further down.
 */
export const sessionHoldBack = ({ allowedLateness, emit }: SessionAggregateOptions): number =>
  typeof emit === 'string' ? allowedLateness : Math.max(allowedLateness, emit.every)

/** Why a row is late whose time touches no session that is kept. */
export function lateOfSession(
  time: number,
  watermark: number,
  { gap, allowedLateness }: SessionAggregateOptions,
): LateRow {
  const windowEnd = time + gap
  return { lateBy: lateBy(windowEnd, allowedLateness, watermark), windowStart: time, windowEnd, watermark }
}
