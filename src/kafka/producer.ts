import type { Cluster } from './cluster.ts'
import type { Compression } from './compression.ts'
import { CODE, check, KafkaFault } from './fault.ts'
import { MissingTopic, nearestTopic } from './missing-topic.ts'
import { partitionOfKey } from './murmur2.ts'
import { untilItWorks } from './patience.ts'
import { type NewRecord, RecordBatchWriter } from './record-batch-writer.ts'
import { type ProducedPartition, produceRequest } from './requests/produce.ts'
import { initProducerIdRequest, NOBODY, type ProducerIdentity } from './requests/transactions.ts'

/** Bytes of one partition, and of all, that are collected before they go. Brokers take batches of 1 MiB unless told otherwise. */
const BATCH_BYTES = 512 * 1024
const REQUEST_BYTES = 1 << 20
const FIRST_SIZE = 16 * 1024

export interface ProducerOptions {
  readonly cluster: Cluster
  readonly compression: Compression
  /** null: idempotent only. */
  readonly transactionalId: string | null
  /** ms that the cluster lets a transaction be open. */
  readonly transactionTimeout: number
}

/** The batch that grows for one partition. */
interface Growing {
  readonly topic: string
  readonly partition: number
  readonly writer: RecordBatchWriter
}

/** By topic; the place in the list is the number of the partition, and some are missing. */
type Batches = Map<string, Growing[]>

const allOf = (batches: Batches): readonly Growing[] =>
  [...batches.values()].flatMap((some) => some.filter((one) => one !== undefined))

interface Ready {
  readonly topic: string
  readonly partition: number
  readonly batch: Buffer
}

/**
 * Sends records, each once and in order for its partition as long as the identity lives (KIP-98): one request at a time is under way, and
 * what is not acknowledged is sent again as it was. While it is, the next records are collected.
 */
export class Producer {
  identity: ProducerIdentity = NOBODY
  readonly #options: ProducerOptions
  readonly #sequences = new Map<string, number>()
  readonly #partitionCounts = new Map<string, number>()
  /** Two sets of batches: one grows while the other is on its way. */
  #growing: Batches = new Map()
  #spare: Batches = new Map()
  #bytes = 0
  #underWay: Promise<void> | null = null
  /** Records without a key go to one partition until a request is full (KIP-480). */
  #turn = 0
  /** Called with partitions before the first records go there. */
  beforeSend: (partitions: readonly Ready[]) => Promise<void> = async () => {}

  constructor(options: ProducerOptions) {
    this.#options = options
  }

  /** A new identity. With a transactional id: earlier instances are shut out, and what they left open is ended. */
  async begin(): Promise<void> {
    await this.#identify(NOBODY)
  }

  /** After a transaction that cannot go on: one's own next epoch. Throws a KafkaFault (producerFenced) where another instance has taken over. */
  async renew(): Promise<void> {
    await this.#identify(this.#options.transactionalId === null ? NOBODY : this.identity)
  }

  /** Adds a record; `partition` null: by its key, as Java's default partitioner. Await the result where there is one; till then the record must stay. */
  add(topic: string, partition: number | null, record: NewRecord): void | Promise<void> {
    const count = this.#partitionCounts.get(topic)
    if (count === undefined) return this.lookUp(topic).then(() => this.add(topic, partition, record))
    const { writer } = this.#batch(topic, partition ?? this.#partition(record, count))
    const before = writer.length
    writer.add(record)
    this.#bytes += writer.length - before
    if (writer.length >= BATCH_BYTES || this.#bytes >= REQUEST_BYTES) return this.#send()
  }

  #partition({ keyBytes, keyAt, keyLength }: NewRecord, count: number): number {
    return keyLength < 0 ? this.#turn % count : partitionOfKey(keyBytes, count, keyAt, keyAt + keyLength)
  }

  #batch(topic: string, partition: number): Growing {
    let batches = this.#growing.get(topic)
    if (batches === undefined) {
      batches = []
      this.#growing.set(topic, batches)
    }
    batches[partition] ??= { topic, partition, writer: new RecordBatchWriter(FIRST_SIZE) }
    return batches[partition]
  }

  /** Resolves when all that was added is acknowledged. */
  async flush(): Promise<void> {
    await this.#send()
    await this.#underWay
  }

  /** Forgets what was not acknowledged. */
  async drop(): Promise<void> {
    await this.#underWay?.catch(() => {})
    this.#underWay = null
    for (const { writer } of allOf(this.#growing)) writer.clear()
    this.#bytes = 0
  }

  /** Asks the cluster for a topic. Throws MissingTopic where there is none. */
  async lookUp(topic: string): Promise<void> {
    const { cluster } = this.#options
    const count = await untilItWorks(cluster.patience(), async () => {
      const { topics } = await cluster.metadata([topic])
      const { error, partitions } = topics.find(({ name }) => name === topic) ?? { error: -1, partitions: [] }
      // it passes elsewhere, but here the topic must be there before rows are
      if (error === CODE.unknownTopicOrPartition) throw new MissingTopic(topic, await nearestTopic(cluster, topic))
      check(error, `topic ${topic}`)
      return partitions.length
    })
    this.#partitionCounts.set(topic, count)
  }

  async #identify(current: ProducerIdentity): Promise<void> {
    const { cluster, transactionalId, transactionTimeout } = this.#options
    const timeout = transactionalId === null ? 0x7fffffff : transactionTimeout
    const request = initProducerIdRequest(transactionalId, timeout, current)
    const read = ({ error, ...identity }: ProducerIdentity & { readonly error: number }) => {
      check(error, `a producer id${transactionalId === null ? '' : ` for ${transactionalId}`}`)
      return identity
    }
    this.identity =
      transactionalId === null
        ? await untilItWorks(cluster.patience(), async () => read(await cluster.toAny(request)))
        : await cluster.toCoordinator({ kind: 'transaction', key: transactionalId }, request, read)
    this.#sequences.clear()
  }

  /** Starts a request with all that was collected, once the one before it is through. */
  async #send(): Promise<void> {
    await this.#underWay
    const full = this.#growing
    if (this.#bytes === 0) return
    this.#growing = this.#spare
    this.#spare = full
    this.#bytes = 0
    this.#turn += 1
    const sending = this.#deliver(allOf(full).filter(({ writer }) => writer.count > 0))
    sending.catch(() => {}) // told by the next one, or by `flush`
    this.#underWay = sending.finally(() => {
      for (const { writer } of allOf(full)) writer.clear()
    })
    this.#underWay.catch(() => {})
  }

  async #deliver(growing: readonly Growing[]): Promise<void> {
    const { transactionalId, compression } = this.#options
    const ready = growing.map(({ topic, partition, writer }) => {
      const place = `${topic}/${partition}`
      const sequence = this.#sequences.get(place) ?? 0
      this.#sequences.set(place, (sequence + writer.count) % 2 ** 31)
      const isTransactional = transactionalId !== null
      return { topic, partition, batch: writer.finish({ ...this.identity, sequence, isTransactional, compression }) }
    })
    await this.beforeSend(ready)
    let left: readonly Ready[] = ready
    await untilItWorks(this.#options.cluster.patience(), async () => {
      left = await this.#sendOnce(left)
      if (left.length > 0) throw new KafkaFault('connection', 'not all partitions have acknowledged')
    })
  }

  /** Returns what has to be sent again. Throws what does not pass. */
  async #sendOnce(ready: readonly Ready[]): Promise<readonly Ready[]> {
    const { cluster, transactionalId } = this.#options
    const byLeader = new Map<number, Ready[]>()
    for (const one of ready) {
      const leader = cluster.leaderOf(one.topic, one.partition)
      if (leader !== undefined) byLeader.set(leader, [...(byLeader.get(leader) ?? []), one])
    }
    const answers = await Promise.allSettled(
      [...byLeader].map(([leader, some]) => cluster.send(leader, produceRequest(transactionalId, some))),
    )
    const done = new Set<string>()
    const unknown = new Set<string>()
    for (const answer of answers) {
      if (answer.status === 'rejected') {
        if (!(answer.reason instanceof KafkaFault && answer.reason.isPassing)) throw answer.reason
      } else {
        for (const one of answer.value) {
          if (isDone(one)) done.add(`${one.topic}/${one.partition}`)
          else if (one.error === CODE.unknownTopicOrPartition) unknown.add(one.topic)
        }
      }
    }
    // a leader that has just come may not know it yet, but if nobody does it was deleted
    for (const topic of unknown) await this.lookUp(topic)
    const left = ready.filter(({ topic, partition }) => !done.has(`${topic}/${partition}`))
    if (left.length > 0) await cluster.metadata([...new Set(left.map(({ topic }) => topic))])
    return left
  }
}

/** A batch that came twice was not written twice. Throws what does not pass. */
function isDone({ topic, partition, error }: ProducedPartition): boolean {
  if (error === 0 || error === CODE.duplicateSequence) return true
  const fault = new KafkaFault('answer', '', error)
  if (!fault.isPassing) check(error, `${topic}/${partition}`)
  return false
}
