import type { Slot } from '../data/batch.ts'
import { DeduplicateFirst } from './deduplicate-first.ts'
import { DeduplicateLast } from './deduplicate-last.ts'
import type { KeyReader } from './key-reader.ts'
import type { Operator, OperatorContext } from './operator.ts'

/**
 * Two rows with the same key repeat each other when their times differ by less than `within` (DESIGN 4.8). What counts is the distance to the
 * first row of a group, the one that came first; repeats do not extend it.
 */
export interface DeduplicateOptions {
  readonly keys: KeyReader
  /** ms; null: for ever, and rows need no time. */
  readonly within: number | null
  /** ms; keys are kept until w >= t0 + within + allowedLateness. */
  readonly allowedLateness: number
  /**
   * ms; only where `within` is null: a key is forgotten when w >= t + stateTtl, t being the time of its kept row, as Flink's state TTL counts
   * from the last write; a row that comes then is the first of its key again. null: never.
   */
  readonly stateTtl: number | null
  readonly context: OperatorContext
  /** Rows per output batch, for tests. */
  readonly capacity?: number
}

export interface DeduplicateLastOptions extends DeduplicateOptions {
  /** How many columns `keys` reads. */
  readonly keyParts: number
  readonly slots: readonly Slot[]
  /** Do the rows have lines that they may leave as? */
  readonly keepsRaw: boolean
}

/** `first` lets the first row of a group through at once; `last` the one with the greatest time, when the group is complete. */
export function deduplicate(keep: 'first' | 'last', options: DeduplicateLastOptions): Operator {
  return keep === 'first' ? new DeduplicateFirst(options) : new DeduplicateLast(options)
}
