import type { Batch } from '../data/batch.ts'
import type { RowReader } from '../formats/lines.ts'
import type { Scanner } from '../formats/scanner.ts'
import type { RowGateOptions } from './row-gate.ts'
import type { RowLimit } from './until.ts'

export interface IntakeOptions extends RowGateOptions {
  readonly name: string
  readonly reader: RowReader
  readonly scanner: Scanner
  /** Rows per batch at the most; for tests, results never depend on it. */
  readonly batchRows: number
  /** At the end of the input: the watermark passes all times, or stays for a later run. */
  readonly atEnd: 'flush' | 'suspend'
  /** Where the input ends before its end; null: nowhere, or several inputs share a limit. */
  readonly limit: RowLimit | null
  /** Looks at every batch, for warnings about fields. */
  readonly watch?: (batch: Batch) => void
}
