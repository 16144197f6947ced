import type { WarningCode } from '../../base/error-codes.ts'
import { TidemarkError } from '../../base/errors.ts'
import type { KafkaSource as Description } from '../../connectors/kafka.ts'
import type { RowReader } from '../../formats/lines.ts'
import { Cluster } from '../../kafka/cluster.ts'
import { clusterName, type KafkaConnection } from '../../kafka/connection.ts'
import { CODE, check } from '../../kafka/fault.ts'
import { kafkaError } from '../../kafka/kafka-error.ts'
import { nearestTopic } from '../../kafka/missing-topic.ts'
import type { TopicMetadata } from '../../kafka/requests/metadata.ts'
import type { RecordReading, RecordSource } from '../source.ts'
import { KafkaFeed, type Pace } from './kafka-feed.ts'
import { KafkaReader } from './kafka-reader.ts'

export interface KafkaSourceOptions {
  readonly description: Description
  readonly connection: KafkaConnection
  readonly warn: (code: WarningCode, message: string, hint?: string) => void
  readonly pace?: Pace
}

/** Topics of a Kafka cluster, their partitions read side by side. Offsets live in the job's checkpoint. */
export class KafkaRecords implements RecordSource {
  readonly kind = 'records'
  readonly totalBytes = undefined
  readonly isBounded: boolean
  readonly #options: KafkaSourceOptions
  #cluster: Cluster | null = null
  #topics: readonly TopicMetadata[] = []
  #feed: KafkaFeed | null = null

  constructor(options: KafkaSourceOptions) {
    this.#options = options
    this.isBounded = options.description.isBounded
  }

  /** Throws E_KAFKA_UNREACHABLE, E_KAFKA_REFUSED, and E_KAFKA_TOPIC for a topic that is not there. */
  async open(): Promise<void> {
    const { connection, description, warn } = this.#options
    try {
      this.#cluster = await Cluster.connect(connection)
      const { topics } = await this.#cluster.metadata(description.topics)
      this.#topics = topics
      for (const { name, error } of topics) {
        if (error === 0) continue
        if (error !== CODE.unknownTopicOrPartition && error !== CODE.invalidTopic) check(error, `topic ${name}`)
        const missing = await this.#missing(name)
        if (description.missingTopic === 'fail') throw missing
        warn('W_KAFKA_TOPIC', `${missing.message}: it is waited for`, missing.details.hint)
      }
    } catch (error) {
      throw kafkaError(error, clusterName(connection))
    }
  }

  /** Call once, after `open`. */
  reader({ buffer, watermark, idleTimeout, limit, wantsMetadata }: RecordReading): RowReader {
    const { description, connection, warn, pace } = this.#options
    this.#feed = new KafkaFeed({
      cluster: this.#cluster!,
      name: clusterName(connection),
      description,
      topics: this.#topics,
      watermark,
      limit,
      hasMetadata: wantsMetadata || description.metadata,
      holdsBack: idleTimeout === null,
      warn,
      ...(pace && { pace }),
    })
    return new KafkaReader({ buffer, watermark, idleTimeout, feed: this.#feed })
  }

  async close(): Promise<void> {
    await this.#feed?.close()
    await this.#cluster?.close()
  }

  async #missing(name: string): Promise<TidemarkError> {
    const near = await nearestTopic(this.#cluster!, name)
    const hint = near === undefined ? '--missing-topic wait waits until it is made' : `did you mean '${near}'?`
    return new TidemarkError('E_KAFKA_TOPIC', `no topic '${name}' at ${clusterName(this.#options.connection)}`, {
      hint,
    })
  }
}
