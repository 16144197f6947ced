import type { RowError } from '../base/errors.ts'
import type { Batch } from '../data/batch.ts'
import type { Column } from '../data/column.ts'

/**
 * The keys of a step, one column each, in the order of `--by`. Row i of the columns is the key of row i of the batch, for
 * from <= i < to; valid until the next call. Rows whose key cannot be computed go to `onError`; their columns hold nothing of use.
 */
export interface KeyReader {
  columns(batch: Batch, from: number, to: number, onError: (row: number, error: RowError) => void): readonly Column[]
}
