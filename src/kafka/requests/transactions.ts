import { type ApiRequest, apiRequest } from './request.ts'

/** Who writes, as a broker knows it. */
export interface ProducerIdentity {
  readonly producer: number
  readonly epoch: number
}

/** As `ProducerIdentity`, of a transactional producer. */
export interface TransactionalIdentity extends ProducerIdentity {
  readonly transactionalId: string
}

/** Before the first identity. */
export const NOBODY: ProducerIdentity = { producer: -1, epoch: -1 }

/**
 * A new identity. Of a transactional id: shuts out all earlier ones and ends what they left open; `current`, unless `NOBODY`, asks for the
 * next epoch of one's own identity and is refused (PRODUCER_FENCED) where another instance has taken the id meanwhile (KIP-360).
 */
export const initProducerIdRequest = (
  transactionalId: string | null,
  timeout: number,
  current: ProducerIdentity,
): ApiRequest<ProducerIdentity & { readonly error: number }> =>
  apiRequest(
    { key: 22, version: 4, name: 'InitProducerId', isFlexible: true },
    (body) => body.compactString(transactionalId).int32(timeout).int64(current.producer).int16(current.epoch).noTags(),
    (answer) => {
      answer.int32()
      return { error: answer.int16(), producer: answer.int64(), epoch: answer.int16() }
    },
  )

/** Partitions that the transaction will write to. Answers with their errors. */
export const addPartitionsRequest = (
  { transactionalId, producer, epoch }: TransactionalIdentity,
  partitions: readonly { readonly topic: string; readonly partition: number }[],
): ApiRequest<readonly number[]> =>
  apiRequest(
    { key: 24, version: 2, name: 'AddPartitionsToTxn' },
    (body) => {
      body.string(transactionalId).int64(producer).int16(epoch)
      body.array(partitions, ({ topic, partition }) => body.string(topic).int32(1).int32(partition))
    },
    (answer) => {
      answer.int32()
      return answer
        .array(() => {
          answer.string()
          return answer.array(() => {
            answer.int32()
            return answer.int16()
          })
        })
        .flat()
    },
  )

/** The group whose offsets the transaction will commit. Answers with an error. */
export const addOffsetsRequest = (
  { transactionalId, producer, epoch }: TransactionalIdentity,
  group: string,
): ApiRequest<number> =>
  apiRequest(
    { key: 25, version: 2, name: 'AddOffsetsToTxn' },
    (body) => body.string(transactionalId).int64(producer).int16(epoch).string(group),
    (answer) => {
      answer.int32()
      return answer.int16()
    },
  )

/** Answers with an error. */
export const endTransactionRequest = (
  { transactionalId, producer, epoch }: TransactionalIdentity,
  isCommit: boolean,
): ApiRequest<number> =>
  apiRequest(
    { key: 26, version: 2, name: 'EndTxn' },
    (body) => body.string(transactionalId).int64(producer).int16(epoch).boolean(isCommit),
    (answer) => {
      answer.int32()
      return answer.int16()
    },
  )
