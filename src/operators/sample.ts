import { BATCH_ROWS, type Batch } from '../data/batch.ts'
import type { Column } from '../data/column.ts'
import { viewOf } from '../data/key-bytes.ts'
import { KeyText } from '../data/key-text.ts'
import { stableHash } from '../data/stable-hash.ts'
import type { StateStructure } from '../state/structure.ts'
import { ForwardBatch } from './forwarding.ts'
import type { KeyReader } from './key-reader.ts'
import type { Operator, OperatorContext } from './operator.ts'
import { RowSelection } from './row-selection.ts'

export interface SampleOptions {
  /** From 0 to 1: of the possible hashes, so many pass. */
  readonly share: number
  /** What the hash is made of, and whether the line that the row came from belongs to it. */
  readonly keys: KeyReader
  readonly hashesLine: boolean
  readonly context: OperatorContext
  /** Rows per output batch, for tests. */
  readonly capacity?: number
}

/** Lets rows through by a hash of what is in them, so that equal rows share their fate, in every run. */
export class Sample implements Operator {
  readonly structures: readonly StateStructure[] = []
  readonly #options: SampleOptions
  readonly #selection: RowSelection
  readonly #below: number
  readonly #text = new KeyText()
  #lines = viewOf(Buffer.alloc(0))
  #linesOf: Buffer | null = null

  constructor(options: SampleOptions) {
    this.#options = options
    this.#selection = new RowSelection(options.context)
    this.#below = options.share * 2 ** 32
  }

  createOutput(): ForwardBatch {
    return new ForwardBatch(this.#options.capacity ?? BATCH_ROWS)
  }

  process(batch: Batch, _port: number, from: number, out: ForwardBatch): number {
    const selection = this.#selection
    if (from === 0) {
      selection.begin(batch)
      const columns = this.#options.keys.columns(batch, 0, batch.length, selection.errors.add)
      for (let i = 0; i < batch.length; i += 1) {
        if (!selection.errors.has(i) && this.#hashOf(batch, columns, i) < this.#below)
          selection.rows[selection.count++] = i
      }
    }
    return selection.handOver({ batch, columns: batch.columns }, from, out)
  }

  #hashOf(batch: Batch, columns: readonly Column[], i: number): number {
    const hash = this.#options.hashesLine ? this.#hashOfLine(batch, i) : 0
    if (columns.length === 0) return hash
    const text = this.#text
    text.clear()
    for (let k = 0; k < columns.length; k += 1) {
      if (k > 0) text.comma()
      text.value(columns[k]!, i)
    }
    const { view, start, end } = text.key()
    return stableHash(view, start, end, hash)
  }

  #hashOfLine({ raw }: Batch, i: number): number {
    const { buffer, starts, ends } = raw!
    if (this.#linesOf !== buffer) {
      this.#linesOf = buffer
      this.#lines = viewOf(buffer)
    }
    return stableHash(this.#lines, starts[i]!, ends[i]!, 0)
  }

  facts(): unknown {
    return null
  }

  restoreFacts(): void {}
}
