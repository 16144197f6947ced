import { TidemarkError } from '../../base/errors.ts'
import { CODE, KafkaFault } from '../../kafka/fault.ts'
import { kafkaError } from '../../kafka/kafka-error.ts'
import { MissingTopic } from '../../kafka/missing-topic.ts'

/** Of a row, and what helps. */
const REFUSALS: Readonly<Record<number, string>> = {
  [CODE.invalidRecord]: 'a compacted topic takes rows with a key only: --kafka-key',
  [CODE.unsupportedCompression]: 'another --kafka-compression: gzip is known everywhere',
  [CODE.invalidTopic]: 'the name of a topic has letters, digits, and . _ - only, 249 at the most',
}

/** What went wrong while rows were sent. */
export function sinkError(error: unknown, cluster: string): unknown {
  if (error instanceof MissingTopic) {
    const hint = error.near
      ? `did you mean '${error.near}'?`
      : 'topics are not made by a job: make it, or mend its name'
    return new TidemarkError('E_KAFKA_TOPIC', `no topic '${error.topic}' at ${cluster}`, { hint })
  }
  if (!(error instanceof KafkaFault)) return error
  if (error.code === CODE.messageTooLarge || error.code === CODE.recordListTooLarge) {
    const hint = "the topic's max.message.bytes says how large a row may be; --kafka-compression makes rows smaller"
    return new TidemarkError('E_KAFKA_RECORD', `${cluster} does not take a row: it is too large`, { hint })
  }
  const hint = REFUSALS[error.code]
  if (hint !== undefined)
    return new TidemarkError('E_KAFKA_RECORD', `${cluster} does not take a row: ${error.message}`, { hint })
  return kafkaError(error, cluster)
}

/** Another process has begun to write as the same job. */
export const fencedError = (name: string, job: string): TidemarkError =>
  new TidemarkError('E_KAFKA_FENCED', `another process writes to ${name} as job '${job}'`, {
    hint: 'stop one of them: a job of that name runs once; another job needs another --job',
  })
