import { type ApiRequest, apiRequest } from './request.ts'

export interface BrokerNode {
  readonly id: number
  readonly host: string
  readonly port: number
}

export interface TopicMetadata {
  readonly name: string
  /** New each time a topic of that name is made. */
  readonly id: string
  readonly error: number
  readonly partitions: readonly PartitionMetadata[]
}

export interface PartitionMetadata {
  readonly partition: number
  readonly error: number
  /** -1: there is none now. */
  readonly leader: number
}

export interface Metadata {
  readonly brokers: readonly BrokerNode[]
  readonly topics: readonly TopicMetadata[]
}

/** Who leads which partition. No topic is made by asking. null: all topics. */
export function metadataRequest(topics: readonly string[] | null): ApiRequest<Metadata> {
  const none = Buffer.alloc(16)
  return apiRequest(
    { key: 3, version: 10, name: 'Metadata', isFlexible: true },
    (body) => {
      body.compactArray(topics, (topic) => body.bytes(none).compactString(topic).noTags())
      body.boolean(false).boolean(false).boolean(false).noTags()
    },
    (answer) => {
      answer.int32()
      const brokers = answer.compactArray(() => {
        const broker = { id: answer.int32(), host: answer.compactString() ?? '', port: answer.int32() }
        answer.compactString() // rack
        answer.skipTags()
        return broker
      })
      answer.compactString() // cluster
      answer.int32() // controller
      const found = answer.compactArray(() => {
        const error = answer.int16()
        const name = answer.compactString() ?? ''
        const id = answer.bytes(16).toString('hex')
        answer.boolean() // internal
        const partitions = answer.compactArray(() => {
          const partition = { error: answer.int16(), partition: answer.int32(), leader: answer.int32() }
          answer.int32() // leader epoch
          for (let list = 0; list < 3; list += 1) answer.compactArray(() => answer.int32())
          answer.skipTags()
          return partition
        })
        answer.int32() // operations
        answer.skipTags()
        return { name, id, error, partitions }
      })
      return { brokers, topics: found }
    },
  )
}
