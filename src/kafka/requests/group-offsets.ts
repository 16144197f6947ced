import type { WireReader } from '../wire-reader.ts'
import type { WireWriter } from '../wire-writer.ts'
import { type ApiRequest, apiRequest } from './request.ts'

export interface GroupOffset {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly metadata: string
}

export interface FoundOffset extends GroupOffset {
  readonly error: number
}

/** Who keeps a group's offsets (`group`), or the state of a transactional id. */
export const findCoordinatorRequest = (
  key: string,
  kind: 'group' | 'transaction',
): ApiRequest<{ readonly error: number; readonly id: number }> =>
  apiRequest(
    { key: 10, version: 2, name: 'FindCoordinator' },
    (body) => body.string(key).int8(kind === 'group' ? 0 : 1),
    (answer) => {
      answer.int32()
      const error = answer.int16()
      answer.string() // message
      return { error, id: answer.int32() }
    },
  )

/**
 * Offsets that a group has committed; -1: none. `isStable`: an offset that an open transaction may still change is an error
 * (UNSTABLE_OFFSET_COMMIT, KIP-447) instead of the one before it. null: of all partitions.
 */
export const offsetFetchRequest = (
  group: string,
  partitions: readonly { readonly topic: string; readonly partition: number }[] | null,
  isStable: boolean,
): ApiRequest<{ readonly error: number; readonly offsets: readonly FoundOffset[] }> =>
  apiRequest(
    { key: 9, version: 7, name: 'OffsetFetch', isFlexible: true },
    (body) => {
      body.compactString(group)
      body.compactArray(partitions, ({ topic, partition }) =>
        body.compactString(topic).uvarint(2).int32(partition).noTags(),
      )
      body.boolean(isStable).noTags()
    },
    (answer) => {
      answer.int32()
      const offsets = answer
        .compactArray(() => {
          const topic = answer.compactString() ?? ''
          const found = answer.compactArray(() => {
            const partition = answer.int32()
            const offset = answer.int64()
            answer.int32() // leader epoch
            const metadata = answer.compactString() ?? ''
            const error = answer.int16()
            answer.skipTags()
            return { topic, partition, offset, metadata, error }
          })
          answer.skipTags()
          return found
        })
        .flat()
      return { error: answer.int16(), offsets }
    },
  )

const writeOffsets = (body: WireWriter, offsets: readonly GroupOffset[]): void => {
  body.array(offsets, ({ topic, partition, offset, metadata }) =>
    body.string(topic).int32(1).int32(partition).int64(offset).int32(-1).string(metadata),
  )
}

const readErrors = (answer: WireReader): readonly number[] => {
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
}

/** Commits offsets of a group without members, outside of any transaction. Answers with the errors of the partitions. */
export const offsetCommitRequest = (group: string, offsets: readonly GroupOffset[]): ApiRequest<readonly number[]> =>
  apiRequest(
    { key: 8, version: 6, name: 'OffsetCommit' },
    (body) => {
      body.string(group).int32(-1).string('')
      writeOffsets(body, offsets)
    },
    readErrors,
  )

/** Commits offsets of a group as a part of a transaction. */
export const txnOffsetCommitRequest = (
  { transactionalId, producer, epoch }: { transactionalId: string; producer: number; epoch: number },
  group: string,
  offsets: readonly GroupOffset[],
): ApiRequest<readonly number[]> =>
  apiRequest(
    { key: 28, version: 2, name: 'TxnOffsetCommit' },
    (body) => {
      body.string(transactionalId).string(group).int64(producer).int16(epoch)
      writeOffsets(body, offsets)
    },
    readErrors,
  )
