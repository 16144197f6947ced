import { Cluster } from '../../kafka/cluster.ts'
import type { Compression } from '../../kafka/compression.ts'
import { clusterName, type KafkaConnection } from '../../kafka/connection.ts'
import { Producer } from '../../kafka/producer.ts'
import type { Clock } from '../../time/clock.ts'
import { TO_STREAM } from '../delivery.ts'
import type { ByteSink, Guarantee } from '../sink.ts'
import { RecordLines } from './record-line.ts'
import { sinkError } from './sink-error.ts'

/** Bytes that may wait before the maker of rows must. */
const QUEUE_BYTES = 4 << 20

export interface KafkaStreamOptions {
  readonly connection: KafkaConnection
  /** As the user named it. */
  readonly name: string
  /** That it writes to; null: it depends on the row. */
  readonly topic: string | null
  readonly compression: Compression
  readonly clock: Clock
}

/** Rows go to the cluster as they are made. What left after the last checkpoint comes again after a crash; nothing else does: the producer is idempotent. */
export class KafkaStreamSink implements ByteSink {
  readonly name: string
  readonly guarantee: Guarantee = TO_STREAM
  readonly #options: KafkaStreamOptions
  readonly #lines = new RecordLines()
  #cluster: Cluster | null = null
  #producer: Producer | null = null
  #queue: Buffer[] = []
  #queued = 0
  #sending: Promise<void> | null = null
  #error: unknown = null

  constructor(options: KafkaStreamOptions) {
    this.#options = options
    this.name = options.name
  }

  async open(): Promise<void> {
    const { connection, compression, topic } = this.#options
    try {
      this.#cluster = await Cluster.connect(connection)
      this.#producer = new Producer({
        cluster: this.#cluster,
        compression,
        transactionalId: null,
        transactionTimeout: 0,
      })
      if (topic !== null) await this.#producer.lookUp(topic)
      await this.#producer.begin()
    } catch (error) {
      throw sinkError(error, clusterName(connection))
    }
  }

  write(bytes: Buffer): void {
    this.#queue.push(Buffer.from(bytes))
    this.#queued += bytes.length
    if (this.#sending !== null) return
    this.#sending = this.#send().finally(() => {
      this.#sending = null
    })
    this.#sending.catch(() => {}) // `drain` tells
  }

  get needsDrain(): boolean {
    return this.#queued > QUEUE_BYTES || this.#error !== null
  }

  async drain(): Promise<void> {
    while (this.#sending !== null) await this.#sending
    if (this.#error !== null) throw this.#error
  }

  async close(): Promise<void> {
    try {
      await this.drain()
    } finally {
      await this.#cluster?.close()
    }
  }

  /** Until nothing waits. What is made while a request is under way goes with the next one. */
  async #send(): Promise<void> {
    while (this.#queue.length > 0) {
      for (let bytes = this.#queue.shift(); bytes !== undefined; bytes = this.#queue.shift()) await this.#add(bytes)
      await this.#told(() => this.#producer!.flush())
    }
  }

  async #add(bytes: Buffer): Promise<void> {
    const time = this.#options.clock.wallTime()
    await this.#told(() => this.#lines.read(bytes, time, (line) => this.#producer!.add(line.topic, null, line)))
    this.#queued -= bytes.length
  }

  async #told(act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (error) {
      this.#error = sinkError(error, clusterName(this.#options.connection))
      throw this.#error
    }
  }
}
