import type { Batch } from '../data/batch.ts'
import type { RowWriter } from '../formats/json/row-writer.ts'
import { OutputBuffer } from '../formats/output-buffer.ts'
import type { ByteSink } from '../sinks/sink.ts'
import type { CheckpointedOutput } from './checkpoint.ts'
import type { BatchConsumer } from './graph.ts'

/** Bytes on their way to one sink: collected until there is a good piece of them, or until the input is quiet. */
export class Output implements CheckpointedOutput {
  readonly name: string
  readonly buffer = new OutputBuffer()
  readonly #sink: ByteSink
  #bytes = 0

  constructor(name: string, sink: ByteSink) {
    this.name = name
    this.#sink = sink
  }

  get needsDrain(): boolean {
    return this.#sink.needsDrain
  }

  drain(): Promise<void> {
    return this.#sink.drain()
  }

  /** Hands a full buffer on. Call after each row or batch. */
  spill(): void {
    if (this.buffer.isFull) this.#hand()
  }

  /** True: the sink must be awaited. */
  endRound(): boolean {
    this.spill()
    return this.#sink.needsDrain
  }

  /** Everything out, and on its way no more. */
  async flush(): Promise<void> {
    if (this.buffer.length === 0 && !this.#sink.needsDrain) return
    if (this.buffer.length > 0) this.#hand()
    await this.#sink.drain()
  }

  async prepare(): Promise<unknown> {
    await this.flush()
    return { length: this.#bytes }
  }

  async recover(prepared: unknown): Promise<void> {
    this.#bytes = (prepared as { length: number }).length
    await this.#sink.truncate?.(this.#bytes)
  }

  async close(): Promise<void> {
    await this.flush()
    await this.#sink.close()
  }

  #hand(): void {
    const bytes = this.buffer.contents()
    this.#bytes += bytes.length
    this.#sink.write(bytes)
    this.buffer.clear()
  }
}

/** The end of the graph: rows become text. */
export class RowOutput implements BatchConsumer {
  rows = 0
  readonly #writer: RowWriter
  readonly #output: Output

  constructor(writer: RowWriter, output: Output) {
    this.#writer = writer
    this.#output = output
  }

  take(batch: Batch, from: number): number {
    let next = from
    while (next < batch.length && !this.#output.needsDrain) {
      next = this.#writer.writeFrom(batch, next, this.#output.buffer)
      this.#output.spill()
    }
    this.rows += next - from
    return next
  }
}
