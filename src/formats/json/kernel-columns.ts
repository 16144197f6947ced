import type { Batch } from '../../data/batch.ts'
import type { Kernel } from './kernel-module.ts'

/** The columns of a batch where the kernel can write them. */
export interface KernelColumns {
  /** Bytes [ids[i], ends[i]) of what the host has to finish in row i, for each column. */
  readonly spans: readonly { readonly ids: Int32Array; readonly ends: Int32Array }[]
  /** Lets the kernel write into this batch from now on. */
  use(): void
}

/** As the kernel's columns.ts counts them. */
const ENCODINGS = { span: 0, interned: 1, plain: 2 } as const

/**
 * Puts the columns of a batch and its raw lines into the kernel's memory. They are views that stay valid for good.
 */
export function bindColumns(kernel: Kernel, batch: Batch): KernelColumns {
  const { capacity } = batch
  const raw = batch.raw!
  const ints = () => {
    const address = kernel.allocate(capacity * 4)
    return { address, view: new Int32Array(kernel.memory.buffer, address, capacity) }
  }
  const doubles = () => {
    const address = kernel.allocate(capacity * 8)
    return { address, view: new Float64Array(kernel.memory.buffer, address, capacity) }
  }
  const columns = batch.columns.map((column) => {
    const tags = kernel.allocate(capacity)
    const [numbers, ids, ends] = [doubles(), ints(), ints()]
    column.tags = new Uint8Array(kernel.memory.buffer, tags, capacity)
    column.numbers = numbers.view
    if (column.encoding !== 'plain') column.ids = ids.view
    if (column.encoding === 'span') column.ends = ends.view
    return { encoding: ENCODINGS[column.encoding], tags, numbers, ids, ends }
  })
  const [starts, ends, lines, shapes] = [ints(), ints(), doubles(), ints()]
  raw.starts = starts.view
  raw.ends = ends.view
  raw.lines = lines.view
  raw.shapes = { of: kernel, numbers: shapes.view }
  return {
    spans: columns.map(({ ids, ends }) => ({ ids: ids.view, ends: ends.view })),
    use: () => {
      columns.forEach(({ encoding, tags, numbers, ids, ends }, field) => {
        kernel.setColumns(field, tags, numbers.address, ids.address, ends.address, encoding)
      })
      kernel.setRowColumns(starts.address, ends.address, lines.address, shapes.address)
    },
  }
}
