import { type ApiRequest, apiRequest } from './request.ts'

export interface FetchPartition {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Bytes of it at the most, unless its next batch is larger. */
  readonly most: number
}

export interface FetchOptions {
  readonly partitions: readonly FetchPartition[]
  /** 0: read_uncommitted, 1: read_committed. */
  readonly isolation: 0 | 1
  /** ms that the broker waits for something to come. */
  readonly wait: number
  /** Bytes of the answer at the most, likewise. */
  readonly most: number
}

export interface FetchedPartition {
  readonly topic: string
  readonly partition: number
  readonly error: number
  /** Behind the last record that is safe. */
  readonly highWatermark: number
  /** Behind the last record that may be read under read_committed. */
  readonly lastStable: number
  readonly logStart: number
  /** Producers whose records from `firstOffset` on, up to their abort, were taken back. */
  readonly aborted: readonly { readonly producer: number; readonly firstOffset: number }[]
  /** Record batches; the last may be cut. A part of the answer's bytes. */
  readonly records: Buffer
}

export function fetchRequest({
  partitions,
  isolation,
  wait,
  most,
}: FetchOptions): ApiRequest<readonly FetchedPartition[]> {
  const request = apiRequest(
    { key: 1, version: 11, name: 'Fetch' },
    (body) => {
      body.int32(-1).int32(wait).int32(1).int32(most).int8(isolation)
      body.int32(0).int32(-1) // no fetch session
      body.array(partitions, ({ topic, partition, offset, most: bytes }) =>
        body.string(topic).int32(1).int32(partition).int32(-1).int64(offset).int64(-1).int32(bytes),
      )
      body.int32(0).string('')
    },
    (answer) => {
      answer.int32() // throttled
      const error = answer.int16()
      answer.int32()
      const found = answer
        .array(() => {
          const topic = answer.string() ?? ''
          return answer.array(() => {
            const head = {
              partition: answer.int32(),
              error: answer.int16(),
              highWatermark: answer.int64(),
              lastStable: answer.int64(),
              logStart: answer.int64(),
            }
            const aborted = answer.array(() => ({ producer: answer.int64(), firstOffset: answer.int64() }))
            answer.int32() // a replica nearer by
            return { topic, ...head, aborted, records: answer.bytes(Math.max(0, answer.int32())) }
          })
        })
        .flat()
      return error === 0 ? found : partitions.map(({ topic, partition }) => nothing(topic, partition, error))
    },
  )
  return { ...request, timeout: wait + 30_000 }
}

const nothing = (topic: string, partition: number, error: number): FetchedPartition => ({
  topic,
  partition,
  error,
  highWatermark: -1,
  lastStable: -1,
  logStart: -1,
  aborted: [],
  records: Buffer.alloc(0),
})
