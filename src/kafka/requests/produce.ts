import { type ApiRequest, apiRequest } from './request.ts'

export interface ProducePartition {
  readonly topic: string
  readonly partition: number
  /** One record batch, whole. */
  readonly batch: Buffer
}

export interface ProducedPartition {
  readonly topic: string
  readonly partition: number
  readonly error: number
}

/** Record batches for partitions that the asked broker leads, acknowledged by all replicas in sync. At most one batch a partition. */
export const produceRequest = (
  transactionalId: string | null,
  partitions: readonly ProducePartition[],
): ApiRequest<readonly ProducedPartition[]> =>
  apiRequest(
    { key: 0, version: 7, name: 'Produce' },
    (body) => {
      body.string(transactionalId).int16(-1).int32(30_000)
      body.array(partitions, ({ topic, partition, batch }) =>
        body.string(topic).int32(1).int32(partition).int32(batch.length).bytes(batch),
      )
    },
    (answer) =>
      answer
        .array(() => {
          const topic = answer.string() ?? ''
          return answer.array(() => {
            const produced = { topic, partition: answer.int32(), error: answer.int16() }
            answer.at += 24 // offset, time of the log, its start
            return produced
          })
        })
        .flat(),
  )
