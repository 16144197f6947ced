import type { Batch } from '../data/batch.ts'
import type { OutputWriter } from '../formats/output/output-writer.ts'
import { OutputBuffer } from '../formats/output-buffer.ts'
import { refuseUnsettled } from '../sinks/left-behind.ts'
import { type ByteSink, isEpochSink, type LastCommit } from '../sinks/sink.ts'
import type { CheckpointedOutput } from './checkpoint.ts'
import type { BatchConsumer } from './graph.ts'

/** Bytes on their way to one sink: collected until there is a good piece of them, or until the input is quiet. */
export class Output implements CheckpointedOutput {
  readonly name: string
  readonly buffer = new OutputBuffer()
  /** What makes the rows and may hold some back; several where several steps write to the sink. */
  readonly writers: OutputWriter[] = []
  #current: OutputWriter | null = null
  readonly #sink: ByteSink

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
    this.flushWriters()
    if (this.buffer.length === 0 && !this.#sink.needsDrain) return
    if (this.buffer.length > 0) this.#hand()
    await this.#sink.drain()
  }

  /** The input has ended: no row follows. */
  end(): void {
    this.flushWriters()
    for (const writer of this.writers) writer.end?.(this.buffer)
    if (this.buffer.length > 0) this.#hand()
    this.#sink.end?.()
  }

  /** At the barrier: what was made so far belongs to the epoch. What cannot go back must at least have left before the epoch is decided. */
  async prepare(epoch: number): Promise<unknown> {
    this.flushWriters()
    if (this.buffer.length > 0) this.#hand()
    if (isEpochSink(this.#sink)) return this.#sink.prepare(epoch)
    await this.#sink.drain()
    return null
  }

  async commit(epoch: number, committable: unknown): Promise<void> {
    if (isEpochSink(this.#sink)) await this.#sink.commit(epoch, committable)
  }

  async recover(last: LastCommit | null): Promise<void> {
    if (isEpochSink(this.#sink)) await this.#sink.recover(last)
    else refuseUnsettled(last)
  }

  async close(): Promise<void> {
    await this.flush()
    await this.#sink.close()
  }

  /** What comes next is this writer's; what another one holds back stands before it. */
  turnTo(writer: OutputWriter): void {
    if (this.#current === writer) return
    this.#current?.flush?.(this.buffer)
    this.#current = writer
  }

  /** Nothing that a writer was given waits any longer. */
  flushWriters(): void {
    for (const writer of this.writers) writer.flush?.(this.buffer)
  }

  #hand(): void {
    this.#sink.write(this.buffer.contents())
    this.buffer.clear()
  }
}

/** The end of the graph: rows become text. */
export class RowOutput implements BatchConsumer {
  rows = 0
  readonly #writer: OutputWriter
  readonly #output: Output

  constructor(writer: OutputWriter, output: Output) {
    this.#writer = writer
    output.writers.push(writer)
    this.#output = output
  }

  take(batch: Batch, from: number, to: number): number {
    const { buffer } = this.#output
    this.#output.turnTo(this.#writer)
    let next = from
    while (next < to && !this.#output.needsDrain) {
      if (to === batch.length) next = this.#writer.writeFrom(batch, next, buffer)
      else while (next < to && !buffer.isFull) this.#writer.write(batch, next++, buffer)
      this.#output.spill()
    }
    this.rows += next - from
    return next
  }
}
