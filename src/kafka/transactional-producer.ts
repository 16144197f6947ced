import type { Cluster, CoordinatorKind } from './cluster.ts'
import { CODE, check, checkEach, KafkaFault } from './fault.ts'
import { untilItWorks } from './patience.ts'
import type { Producer } from './producer.ts'
import { type GroupOffset, offsetFetchRequest, txnOffsetCommitRequest } from './requests/group-offsets.ts'
import type { ApiRequest } from './requests/request.ts'
import {
  addOffsetsRequest,
  addPartitionsRequest,
  endTransactionRequest,
  type TransactionalIdentity,
} from './requests/transactions.ts'

/** What another instance's taking over looks like, or the end of a transaction that took too long. */
const LOST = new Set<number>([
  CODE.invalidProducerEpoch,
  CODE.invalidTransactionState,
  CODE.invalidProducerIdMapping,
  CODE.producerFenced,
  CODE.unknownProducerId,
  CODE.outOfOrderSequence,
])

/** Is the transaction under way gone, so that its rows have to be sent in a new one, if we may still write? */
export const isLost = (error: unknown): boolean => error instanceof KafkaFault && LOST.has(error.code)

/** Transactions of one producer, one after the other (KIP-98). What begins one costs nothing until its first rows go. */
export class TransactionalProducer {
  readonly #cluster: Cluster
  readonly #producer: Producer
  readonly #id: string
  /** Partitions that the transaction under way has written to. */
  readonly #partitions = new Set<string>()
  #isOpen = false

  constructor(cluster: Cluster, producer: Producer, transactionalId: string) {
    this.#cluster = cluster
    this.#producer = producer
    this.#id = transactionalId
    producer.beforeSend = (partitions) => this.#addPartitions(partitions)
  }

  /** Has the transaction begun at the cluster? */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** All rows are there, and the offsets of the group with them, or nothing. */
  async commit(group: string, offsets: readonly GroupOffset[]): Promise<void> {
    await this.#producer.flush()
    const { transactionalId, ...identity } = this.#identity
    this.#isOpen = true
    await this.#ask(addOffsetsRequest(this.#identity, group), (error) => check(error, `group ${group}`))
    const request = txnOffsetCommitRequest({ transactionalId, ...identity }, group, offsets)
    const topics = offsets.map(({ topic }) => topic)
    await this.#askOf(topics, { kind: 'group', key: group }, request, checkEach(`offsets of ${group}`))
    await this.#end(true)
  }

  /** Gives up what is under way. */
  async abort(): Promise<void> {
    await this.#producer.drop()
    if (this.#isOpen) await this.#end(false)
  }

  /** After a loss: see `Producer.renew`. */
  async renew(): Promise<void> {
    await this.#producer.drop()
    await this.#producer.renew()
    this.#forget()
  }

  /** Offsets that the group has committed, once no transaction can change them any more. */
  async committed(
    group: string,
    partitions: readonly { readonly topic: string; readonly partition: number }[],
  ): Promise<readonly GroupOffset[]> {
    const what = `offsets of ${group}`
    const request = offsetFetchRequest(group, partitions, true)
    return await this.#cluster.toCoordinator({ kind: 'group', key: group }, request, ({ error, offsets }) => {
      check(error, what)
      for (const one of offsets) check(one.error, what)
      return offsets.filter(({ offset }) => offset >= 0).map(({ error: _, ...found }) => found)
    })
  }

  get #identity(): TransactionalIdentity {
    return { ...this.#producer.identity, transactionalId: this.#id }
  }

  async #addPartitions(partitions: readonly { readonly topic: string; readonly partition: number }[]): Promise<void> {
    const fresh = partitions.filter(({ topic, partition }) => !this.#partitions.has(`${topic}/${partition}`))
    if (fresh.length === 0) return
    this.#isOpen = true
    const place = { kind: 'transaction', key: this.#id } as const
    const topics = fresh.map(({ topic }) => topic)
    const read = checkEach('partitions of a transaction')
    await this.#askOf(topics, place, addPartitionsRequest(this.#identity, fresh), read)
    for (const { topic, partition } of fresh) this.#partitions.add(`${topic}/${partition}`)
  }

  async #end(isCommit: boolean): Promise<void> {
    await this.#ask(endTransactionRequest(this.#identity, isCommit), (error) =>
      check(error, 'the end of a transaction'),
    )
    this.#forget()
  }

  async #ask<T>(request: ApiRequest<T>, read: (answer: T) => void): Promise<void> {
    const place = { kind: 'transaction', key: this.#id } as const
    await this.#cluster.toCoordinator(place, request, read)
  }

  /** As often as it takes, unless a topic is gone: then throws MissingTopic. */
  async #askOf<T>(
    topics: readonly string[],
    place: { readonly kind: CoordinatorKind; readonly key: string },
    request: ApiRequest<T>,
    read: (answer: T) => void,
  ): Promise<void> {
    await untilItWorks(this.#cluster.patience(), async () => {
      try {
        await this.#cluster.toCoordinator({ ...place, ms: 0 }, request, read)
      } catch (error) {
        if (error instanceof KafkaFault && error.code === CODE.unknownTopicOrPartition)
          for (const topic of new Set(topics)) await this.#producer.lookUp(topic)
        throw error
      }
    })
  }

  #forget(): void {
    this.#partitions.clear()
    this.#isOpen = false
  }
}
