import { type ApiRequest, apiRequest } from './request.ts'

/** Instead of a time: behind the last record that may be read. */
export const LATEST = -1
/** Instead of a time: the first record that is still there. */
export const EARLIEST = -2

export interface PartitionTime {
  readonly topic: string
  readonly partition: number
  /** ms, `LATEST` or `EARLIEST`. */
  readonly time: number
}

export interface PartitionOffset {
  readonly topic: string
  readonly partition: number
  readonly error: number
  /** Of the first record at or after the time; -1: there is none. */
  readonly offset: number
}

/** Where a time stands in partitions that the asked broker leads. */
export const listOffsetsRequest = (
  partitions: readonly PartitionTime[],
  isolation: 0 | 1,
): ApiRequest<readonly PartitionOffset[]> =>
  apiRequest(
    { key: 2, version: 5, name: 'ListOffsets' },
    (body) => {
      body.int32(-1).int8(isolation)
      body.array(partitions, ({ topic, partition, time }) =>
        body.string(topic).int32(1).int32(partition).int32(-1).int64(time),
      )
    },
    (answer) => {
      answer.int32()
      return answer
        .array(() => {
          const topic = answer.string() ?? ''
          return answer.array(() => {
            const partition = answer.int32()
            const error = answer.int16()
            answer.int64() // time
            const offset = answer.int64()
            answer.int32() // leader epoch
            return { topic, partition, error, offset }
          })
        })
        .flat()
    },
  )
