import type { Cluster } from '../../kafka/cluster.ts'
import { LONG_MS } from '../../kafka/cluster.ts'
import { CODE, check, KafkaFault } from '../../kafka/fault.ts'
import { sleep } from '../../kafka/patience.ts'
import { type FetchedPartition, fetchRequest } from '../../kafka/requests/fetch.ts'
import { monotonicTime } from '../../time/clock.ts'
import type { PartitionReader } from './partition-reader.ts'

/** How long a broker that has nothing is asked to wait for something, ms. */
const WAIT_MS = 500
/** A pause where some partitions are not asked because much of them waits, ms. */
const PACE_MS = 20
const PARTITION_BYTES = 1 << 20
const ANSWER_BYTES = 8 << 20
/** What may wait of one partition, and of all, before no more is asked for: this is the back-pressure. */
const PARTITION_QUEUE = 1 << 20
const QUEUE = 32 << 20
const NEXT_TRY_MS = 200

export interface FetcherOptions {
  readonly cluster: Cluster
  readonly isolation: 0 | 1
  /** Something came, or went wrong: whoever waits may look. */
  readonly wake: () => void
  /** The rows at `fetchAt` are gone (a code of the protocol); moves the partition elsewhere, or throws. */
  readonly lost: (partition: PartitionReader, code: number) => Promise<void>
}

/** Keeps one request under way to every broker that leads partitions of which little waits. */
export class Fetcher {
  /** What ended it. */
  error: unknown = null
  readonly #options: FetcherOptions
  #partitions: readonly PartitionReader[] = []
  readonly #busy = new Set<number>()
  /** No broker is asked for partitions without a leader before this. */
  #refreshing: Promise<void> | null = null
  #workedAt = monotonicTime()

  constructor(options: FetcherOptions) {
    this.#options = options
  }

  /** From now on these are read. */
  setPartitions(partitions: readonly PartitionReader[]): void {
    this.#partitions = partitions
  }

  /** Asks for more where that is wanted. Call whenever something was read. */
  pump(): void {
    if (this.error !== null || this.#options.cluster.isClosed) return
    const queued = this.#partitions.reduce((sum, partition) => sum + partition.queued, 0)
    if (queued >= QUEUE) return
    const byLeader = new Map<number, PartitionReader[]>()
    const full = new Set<number>()
    for (const partition of this.#partitions) {
      if (partition.fetchAt < 0 || partition.fetchAt >= partition.end) continue
      const { topic, partition: number } = partition.options
      const leader = this.#options.cluster.leaderOf(topic, number)
      if (leader === undefined) this.#refresh()
      else if (partition.queued >= PARTITION_QUEUE) full.add(leader)
      else byLeader.set(leader, [...(byLeader.get(leader) ?? []), partition])
    }
    for (const [leader, partitions] of byLeader) {
      if (!this.#busy.has(leader)) this.#start(leader, partitions, full.has(leader))
    }
  }

  #start(leader: number, partitions: readonly PartitionReader[], isSome: boolean): void {
    this.#busy.add(leader)
    this.#fetch(leader, partitions, isSome)
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#busy.delete(leader)
        this.#options.wake()
        this.pump()
      })
  }

  async #fetch(leader: number, partitions: readonly PartitionReader[], isSome: boolean): Promise<void> {
    const { cluster, isolation } = this.#options
    const asked = partitions.map((partition) => ({
      topic: partition.options.topic,
      partition: partition.options.partition,
      offset: partition.fetchAt,
      most: PARTITION_BYTES,
    }))
    const wait = isSome ? 0 : WAIT_MS
    const request = fetchRequest({ partitions: asked, isolation, wait, most: ANSWER_BYTES })
    let isEmpty = true
    for (const fetched of await cluster.send(leader, request)) {
      const i = asked.findIndex(({ topic, partition }) => topic === fetched.topic && partition === fetched.partition)
      const partition = partitions[i]
      // a partition that was moved meanwhile has no use for it
      if (partition === undefined || partition.fetchAt !== asked[i]!.offset) continue
      if (fetched.records.length > 0) isEmpty = false
      await this.#take(partition, fetched)
    }
    this.#workedAt = monotonicTime()
    if (isEmpty && isSome) await sleep(PACE_MS)
  }

  async #take(partition: PartitionReader, fetched: FetchedPartition): Promise<void> {
    const { error } = fetched
    if (error === 0) {
      partition.take(fetched)
      const isSilent = !partition.hasData && partition.position >= fetched.lastStable
      partition.silentSince = isSilent ? (partition.silentSince ?? monotonicTime()) : null
      return
    }
    if (error === CODE.offsetOutOfRange || error === CODE.unknownTopicOrPartition || error === CODE.unknownTopicId) {
      await this.#options.lost(partition, error)
      return
    }
    check(error, partition.source)
  }

  async #failed(error: unknown): Promise<void> {
    const { cluster } = this.#options
    if (cluster.isClosed) return
    const isHopeless = !(error instanceof KafkaFault && error.isPassing)
    if (isHopeless || monotonicTime() - this.#workedAt > LONG_MS) {
      this.error = error
      return
    }
    await sleep(NEXT_TRY_MS)
    await this.#refresh()
  }

  /** Looks up who leads what. */
  #refresh(): Promise<void> {
    const topics = [...new Set(this.#partitions.map(({ options }) => options.topic))]
    this.#refreshing ??= sleep(NEXT_TRY_MS)
      .then(() => this.#options.cluster.metadata(topics))
      .then(
        () => {},
        () => {}, // the next request tells
      )
      .finally(() => {
        this.#refreshing = null
        this.pump()
      })
    return this.#refreshing
  }
}
