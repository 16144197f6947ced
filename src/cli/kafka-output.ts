import { TidemarkError } from '../base/errors.ts'
import type { KafkaSink } from '../connectors/kafka.ts'
import { placeName } from '../connectors/kafka.ts'
import type { ByteSink } from '../sinks/sink.ts'
import type { Clock } from '../time/clock.ts'
import type { OutputOptions } from './world.ts'

interface Around {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
}

/** A sink that is loaded when it is asked for. Throws E_KAFKA_REFUSED where its secrets cannot be read. */
export async function openKafkaOutput(
  description: KafkaSink,
  { allowRewind = false, segments, incarnation, sink = 'rows' }: OutputOptions,
  { environment, clock }: Around,
): Promise<ByteSink> {
  const { place, topic, compression, delivery, job, transactionTimeout } = description
  const { loadCodecs } = await import('../kafka/compression.ts')
  const { canPack } = await loadCodecs()
  if (!canPack(compression)) {
    throw new TidemarkError('E_FLAG_VALUE', `this Node (${process.version}) cannot write ${compression}`, {
      hint: 'Node 22.15 and later can; or --kafka-compression lz4',
    })
  }
  const { connectionTo } = await import('./kafka-connection.ts')
  const connection = connectionTo(place, environment)
  const name = `Kafka ${placeName(place)} ${topic}`
  const fixedTopic = topic.includes('{') ? null : topic
  if (delivery === 'at-least-once' || segments === null || incarnation === null) {
    const { KafkaStreamSink } = await import('../sinks/kafka/kafka-stream-sink.ts')
    return new KafkaStreamSink({ connection, name, topic: fixedTopic, compression, clock })
  }
  const { KafkaTarget } = await import('../sinks/kafka/kafka-target.ts')
  const { SegmentedSink } = await import('../sinks/segmented.ts')
  const { SYSTEM_DISK } = await import('../sinks/disk.ts')
  const target = new KafkaTarget({
    connection,
    name,
    job: job!,
    sink,
    topic: fixedTopic,
    compression,
    transactionTimeout,
    clock,
  })
  return new SegmentedSink({ target, disk: SYSTEM_DISK, segments, incarnation, allowRewind })
}
