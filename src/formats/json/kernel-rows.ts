import type { Batch } from '../../data/batch.ts'
import { type Column, setNumberText, Tag } from '../../data/column.ts'
import { JsonText } from '../../data/value.ts'
import type { KernelColumns } from './kernel-columns.ts'
import type { KernelDictionary } from './kernel-dictionary.ts'
import type { Kernel } from './kernel-module.ts'
import { putValue } from './number-text.ts'
import { unescaped } from './unescaped.ts'

/** Tags of the kernel for what it leaves to the host, see kernel/columns.ts. */
const ESCAPED_TEXT = 8
const NUMBER_TEXT = 9

interface Finished {
  readonly kernel: Kernel
  readonly batch: Batch
  readonly bound: KernelColumns
  readonly dictionary: KernelDictionary
}

/** Makes the values of rows from `first` on that take JavaScript: strings of plain columns, nested values, texts with escapes, rare numbers. */
export function finishRows({ kernel, batch, bound, dictionary }: Finished, first: number): void {
  for (let c = 0; c < batch.columns.length; c += 1) {
    const column = batch.columns[c]!
    if (kernel.takeHostWork(c) === 0) continue
    const { ids, ends } = bound.spans[c]!
    for (let row = first; row < batch.length; row += 1) {
      if (column.tags[row]! >= Tag.String) finishRow(column, row, { start: ids[row]!, end: ends[row]!, dictionary })
    }
  }
}

interface Stretch {
  readonly start: number
  readonly end: number
  readonly dictionary: KernelDictionary
}

function finishRow(column: Column, row: number, { start, end, dictionary }: Stretch): void {
  const bytes = column.buffer!
  switch (column.tags[row]) {
    case NUMBER_TEXT:
      // the array stays dense
      putValue(column, row, null)
      setNumberText(column, row, bytes.toString('latin1', start, end))
      break
    case ESCAPED_TEXT:
      column.tags[row] = Tag.String
      column.ids[row] = dictionary.internText(unescaped(bytes, start, end))
      break
    case Tag.String:
      if (column.encoding === 'plain') putValue(column, row, unescaped(bytes, start, end))
      break
    case Tag.Json:
      if (column.encoding !== 'span') putValue(column, row, new JsonText(bytes.toString('utf8', start, end)))
      break
  }
}
