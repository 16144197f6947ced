import { BATCH_ROWS, Batch, rawLines } from '../../data/batch.ts'
import { Column } from '../../data/column.ts'
import type { Dictionary } from '../../data/dictionary.ts'
import type { ScanField } from '../scanner.ts'

/** An empty batch with a column per field, and raw lines. */
export function createScanBatch(fields: readonly ScanField[], dictionary: Dictionary): Batch {
  const columns = fields.map(({ encoding, keepsDigits }) => {
    const column = new Column('any', encoding, BATCH_ROWS)
    if (encoding === 'interned') column.dictionary = dictionary
    column.keepsDigits = keepsDigits ?? false
    return column
  })
  const batch = new Batch(columns)
  batch.raw = rawLines(BATCH_ROWS)
  return batch
}
