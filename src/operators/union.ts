import { BATCH_ROWS, type Batch } from '../data/batch.ts'
import { Column } from '../data/column.ts'
import type { StateStructure } from '../state/structure.ts'
import { ForwardBatch, forwardAll, forwardRange } from './forwarding.ts'
import type { Operator, OperatorContext } from './operator.ts'

export interface UnionOptions {
  /** For each port, the input's slot of each output column. */
  readonly slots: readonly (readonly number[])[]
  readonly context: OperatorContext
  /** Rows per output batch, for tests. */
  readonly capacity?: number
}

/**
 * The rows of all ports, in the order in which the runner merges them, with the watermark it has put together for them. A port's columns may
 * be encoded unlike another's: what is handed over at once always comes from one port.
 */
export class Union implements Operator {
  readonly structures: readonly StateStructure[] = []
  readonly #slots: readonly (readonly number[])[]
  readonly #context: OperatorContext
  readonly #capacity: number
  /** The output's watermark; it never goes back. */
  #watermark = -Infinity

  constructor({ slots, context, capacity = BATCH_ROWS }: UnionOptions) {
    this.#slots = slots
    this.#context = context
    this.#capacity = capacity
  }

  createOutput(): ForwardBatch {
    const out = new ForwardBatch(this.#capacity)
    out.columns = this.#slots[0]!.map(() => new Column('any', 'plain', 0)) // before any rows came, to be read all the same
    return out
  }

  /** `to`: the row to stop before; by default all rows are taken, and then the watermark behind them. */
  process(batch: Batch, port: number, from: number, out: ForwardBatch, to: number = batch.length + 1): number {
    const next = Math.min(from + out.capacity, to, batch.length)
    if (next > from) this.#forward(batch, port, { from, to: next }, out)
    const isDone = next === batch.length && to > batch.length
    if (isDone) this.#watermark = Math.max(this.#watermark, batch.watermarkAfter)
    else if (next > 0) this.#watermark = Math.max(this.#watermark, batch.watermark[next - 1]!)
    out.watermarkAfter = this.#watermark
    out.sequenceAfter = isDone || next === 0 ? batch.sequenceAfter : batch.sequence[next - 1]!
    return isDone ? next + 1 : next
  }

  #forward(batch: Batch, port: number, { from, to }: { from: number; to: number }, out: ForwardBatch): void {
    const rows = { batch, columns: this.#slots[port]!.map((slot) => batch.columns[slot]!) }
    if (from === 0 && to === batch.length) forwardAll(rows, out)
    else forwardRange(rows, from, to, out)
    const { counters } = this.#context
    counters.in += to - from
    counters.used += to - from
    counters.out += to - from
  }

  facts(): unknown {
    return null
  }

  restoreFacts(): void {}
}
