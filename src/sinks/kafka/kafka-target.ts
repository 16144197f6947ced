import { TidemarkError } from '../../base/errors.ts'
import { Cluster } from '../../kafka/cluster.ts'
import type { Compression } from '../../kafka/compression.ts'
import { clusterName, type KafkaConnection } from '../../kafka/connection.ts'
import { CODE, KafkaFault } from '../../kafka/fault.ts'
import { Producer } from '../../kafka/producer.ts'
import { isLost, TransactionalProducer } from '../../kafka/transactional-producer.ts'
import { type Clock, monotonicTime } from '../../time/clock.ts'
import { type Marker, type TransactionalTarget, TransactionLost } from '../transactional-target.ts'
import { RecordLines } from './record-line.ts'
import { fencedError, sinkError } from './sink-error.ts'

/** Of the time that the cluster lets a transaction be open, how much is used before it is committed. */
const USED = 0.3
/** A group without members forgets its offsets after a week: an older mark is set anew first. */
const OLD_MARK_MS = 86_400_000

export interface KafkaTargetOptions {
  readonly connection: KafkaConnection
  /** As the user named it. */
  readonly name: string
  readonly job: string
  /** Of the job's sinks. */
  readonly sink: string
  /** Under whose partition 0 the mark is kept; null: the sink writes to many topics. */
  readonly topic: string | null
  readonly compression: Compression
  /** ms */
  readonly transactionTimeout: number
  readonly clock: Clock
}

/**
 * A cluster that takes the rows of an epoch in a transaction, with the mark: the offset of a group of the sink's own, whose number is the epoch
 * (DESIGN 4.12). Opening it gets a new identity (InitProducerId), which ends what an earlier instance left open and shuts it out; what that one
 * had decided to commit is committed when it resolves, and the mark is asked for as a stable offset (KIP-447).
 */
export class KafkaTarget implements TransactionalTarget {
  readonly name: string
  readonly #options: KafkaTargetOptions
  readonly #id: string
  readonly #lines = new RecordLines()
  #cluster: Cluster | null = null
  #producer: Producer | null = null
  #transactions: TransactionalProducer | null = null
  #begunAt: number | null = null
  #mark: { readonly marker: Marker; readonly at: number } | null = null

  constructor(options: KafkaTargetOptions) {
    this.#options = options
    this.name = options.name
    this.#id = `tidemark.${options.job}.${options.sink}`
  }

  async open(): Promise<void> {
    const { connection, compression, transactionTimeout } = this.#options
    await this.#told(async () => {
      this.#cluster = await Cluster.connect(connection)
      const options = { cluster: this.#cluster, compression, transactionalId: this.#id, transactionTimeout }
      this.#producer = new Producer(options)
      this.#transactions = new TransactionalProducer(this.#cluster, this.#producer, this.#id)
      // before another instance is shut out
      if (this.#options.topic !== null) await this.#producer.lookUp(this.#options.topic)
      await this.#producer.begin()
    })
  }

  async committedEpoch(): Promise<Marker | null> {
    const [found] = await this.#told(() => this.#transactions!.committed(this.#id, [this.#place]))
    return found ? { epoch: found.offset, ...(JSON.parse(found.metadata) as Omit<Marker, 'epoch'>) } : null
  }

  /** The transaction has been open for long: commit it, and go on in another. */
  get isDue(): boolean {
    return this.#begunAt !== null && monotonicTime() - this.#begunAt > USED * this.#options.transactionTimeout
  }

  async begin(): Promise<void> {
    await this.#told(async () => {
      await this.#transactions!.abort()
      const mark = this.#mark
      if (mark && monotonicTime() - mark.at > OLD_MARK_MS) await this.#commit(mark.marker)
    })
    this.#begunAt = null
  }

  async write(bytes: Buffer): Promise<void> {
    this.#begunAt ??= monotonicTime()
    const time = this.#options.clock.wallTime()
    await this.#told(() => this.#lines.read(bytes, time, (line) => this.#producer!.add(line.topic, null, line)))
  }

  async commit(marker: Marker): Promise<void> {
    await this.#told(() => this.#commit(marker))
    this.#begunAt = null
  }

  async close(): Promise<void> {
    await this.#cluster?.close()
  }

  async #commit(marker: Marker): Promise<void> {
    const { epoch, ...rest } = marker
    await this.#transactions!.commit(this.#id, [{ ...this.#place, offset: epoch, metadata: JSON.stringify(rest) }])
    this.#mark = { marker, at: monotonicTime() }
  }

  get #place(): { readonly topic: string; readonly partition: number } {
    return { topic: this.#options.topic ?? '__consumer_offsets', partition: 0 }
  }

  /** What went wrong, in words. A transaction that is lost, but not to another instance, may begin again. */
  async #told<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act()
    } catch (error) {
      const { name, job, connection } = this.#options
      if (error instanceof KafkaFault && error.code === CODE.invalidTransactionTimeout) {
        throw new TidemarkError(
          'E_KAFKA_ANSWER',
          `${clusterName(connection)} does not allow a transaction to be open so long`,
          {
            hint: 'a shorter --transaction-timeout; the cluster has a limit of its own, 15 minutes unless told otherwise',
          },
        )
      }
      if (!isLost(error) || this.#cluster!.isClosed) throw sinkError(error, clusterName(connection))
      try {
        await this.#transactions!.renew()
      } catch (later) {
        throw isLost(later) ? fencedError(name, job) : sinkError(later, clusterName(connection))
      }
      throw new TransactionLost(this.name)
    }
  }
}
