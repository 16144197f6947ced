import type { KafkaSource } from '../connectors/kafka.ts'
import type { KafkaSourceOptions } from '../sources/kafka/kafka-source.ts'
import type { RecordSource } from '../sources/source.ts'
import type { World } from './world.ts'

/** A source that is loaded when it is opened: nothing but a job with Kafka pays for it. */
export function kafkaInput(
  description: KafkaSource,
  { environment }: World,
  warn: KafkaSourceOptions['warn'],
): RecordSource {
  let records: RecordSource | null = null
  return {
    kind: 'records',
    isBounded: description.isBounded,
    totalBytes: undefined,
    open: async () => {
      const { KafkaRecords } = await import('../sources/kafka/kafka-source.ts')
      const { connectionTo } = await import('./kafka-connection.ts')
      const connection = connectionTo(description.place, environment)
      records = new KafkaRecords({ description, connection, warn })
      await records.open()
    },
    reader: (reading) => records!.reader(reading),
    close: async () => {
      await records?.close()
    },
  }
}
