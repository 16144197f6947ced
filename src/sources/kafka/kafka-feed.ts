import { assert } from '../../base/assert.ts'
import type { WarningCode } from '../../base/error-codes.ts'
import { TidemarkError } from '../../base/errors.ts'
import type { KafkaSource as Description } from '../../connectors/kafka.ts'
import type { Cluster } from '../../kafka/cluster.ts'
import { CODE } from '../../kafka/fault.ts'
import { kafkaError } from '../../kafka/kafka-error.ts'
import { EARLIEST, LATEST } from '../../kafka/requests/list-offsets.ts'
import type { TopicMetadata } from '../../kafka/requests/metadata.ts'
import type { PartitionedWatermark } from '../../time/partitioned-watermark.ts'
import { Fetcher } from './fetcher.ts'
import { GroupMonitor } from './group-monitor.ts'
import type { Feed } from './kafka-reader.ts'
import { PartitionReader } from './partition-reader.ts'
import { nameOfPartition, offsetsAt, startOffsets, type TopicPartition } from './start-offsets.ts'

/** How often new partitions and topics are looked for, ms. */
const DISCOVERY_MS = 15_000
/** A partition that has had nothing for so long while others have is told of once, ms. */
const EMPTY_MS = 10_000

export interface FeedOptions {
  readonly cluster: Cluster
  /** Of the cluster, for messages. */
  readonly name: string
  readonly description: Description
  readonly topics: readonly TopicMetadata[]
  readonly watermark: PartitionedWatermark
  readonly limit: number
  readonly hasMetadata: boolean
  /** Does a partition without rows hold the watermark back for ever? */
  readonly holdsBack: boolean
  readonly warn: (code: WarningCode, message: string, hint?: string) => void
}

/** What a later run has to know. */
interface Facts {
  /** Where the reading ends, by partition; null: nowhere. */
  readonly ends: Readonly<Record<string, number>> | null
  /** The ids of the topics by name: a topic that was made anew has another. */
  readonly ids: Readonly<Record<string, string>>
  readonly brokers: readonly string[]
}

/** The partitions of a source: which there are, where each begins and ends, and what becomes of those whose rows are gone. */
export class KafkaFeed implements Feed {
  readonly partitions: PartitionReader[] = []
  hasClosed = false
  readonly #options: FeedOptions
  readonly #fetcher: Fetcher
  readonly #monitor: GroupMonitor | null
  readonly #isolation: 0 | 1
  #ids: Record<string, string> = {}
  #ends: Record<string, number> | null = null
  #error: unknown = null
  #wake: () => void = () => {}
  #hasNews = false
  #timers: NodeJS.Timeout[] = []
  #toldTombstones = false

  constructor(options: FeedOptions) {
    this.#options = options
    const { cluster, name, warn } = options
    const { isolation, group } = options.description
    this.#isolation = isolation === 'committed' ? 1 : 0
    this.#monitor = group === null ? null : new GroupMonitor({ cluster, name, group, warn })
    this.#fetcher = new Fetcher({
      cluster: options.cluster,
      isolation: this.#isolation,
      wake: () => this.#tell(),
      lost: (partition, code) => this.#lost(partition, code),
    })
  }

  get hasEnded(): boolean {
    return this.#options.description.isBounded && this.partitions.every(({ hasEnded, hasData }) => hasEnded && !hasData)
  }

  check(): void {
    const error = this.#error ?? this.#fetcher.error
    if (error !== null) throw kafkaError(error, this.#options.name)
  }

  pump(): void {
    this.#fetcher.pump()
  }

  async news(): Promise<void> {
    if (!this.#hasNews) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    this.#hasNews = false
  }

  async begin(offsets: ReadonlyMap<string, number>, facts: unknown): Promise<void> {
    const before = facts as Facts | null
    try {
      this.#ends = before?.ends ? { ...before.ends } : null
      const anew = this.#checkIds(before?.ids ?? {})
      const known = new Map([...offsets].filter(([name]) => !anew.has(topicOf(name))))
      await this.#add(this.#mine(this.#options.topics), known, before === null)
    } catch (error) {
      throw kafkaError(error, this.#options.name)
    }
    if (this.#options.description.isBounded) return
    this.#timers.push(setInterval(() => this.#discover(), DISCOVERY_MS))
    if (this.#options.holdsBack) this.#timers.push(setTimeout(() => this.#tellEmpty(), EMPTY_MS))
    for (const timer of this.#timers) timer.unref()
  }

  facts(): Facts {
    return { ends: this.#ends, ids: this.#ids, brokers: this.#options.description.place.brokers }
  }

  checkpointed(offsets: Readonly<Record<string, number>>): void {
    this.#monitor?.tell(offsets)
  }

  async close(): Promise<void> {
    this.hasClosed = true
    for (const timer of this.#timers) clearInterval(timer)
    this.#tellTombstones()
    this.#tell()
    await this.#monitor?.close()
  }

  #tell(): void {
    this.#hasNews = true
    this.#wake()
  }

  /** Those of this process's share. */
  #mine(topics: readonly TopicMetadata[]): readonly TopicPartition[] {
    const { shard } = this.#options.description
    return topics
      .flatMap(({ name, partitions }) => partitions.map(({ partition }) => ({ topic: name, partition })))
      .filter(({ partition }) => shard === null || partition % shard.count === shard.index)
      .sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1))
  }

  /** Topics that were made anew since the last run. Throws E_KAFKA_OFFSET where that must not be. */
  #checkIds(before: Readonly<Record<string, string>>): ReadonlySet<string> {
    const anew = new Set<string>()
    for (const { name, id, error } of this.#options.topics) {
      if (error !== 0) continue
      if (before[name] !== undefined && before[name] !== id) {
        anew.add(name)
        this.#tellLost(`topic ${name} was deleted and made anew`)
      }
      this.#ids[name] = id
    }
    return anew
  }

  /** `isStart`: the job begins; else partitions without an offset are new, and read from their first row. */
  async #add(
    partitions: readonly TopicPartition[],
    known: ReadonlyMap<string, number>,
    isStart: boolean,
  ): Promise<void> {
    const { cluster, description, watermark, limit, hasMetadata } = this.#options
    const unknown = partitions.filter((partition) => !known.has(nameOfPartition(partition)))
    const isolation = this.#isolation
    const { group } = description
    const from = isStart ? description.from : ({ kind: 'earliest' } as const)
    const starts = unknown.length === 0 ? known : await startOffsets(cluster, unknown, { from, group, isolation })
    if (description.isBounded && this.#ends === null)
      this.#ends = Object.fromEntries(await offsetsAt(cluster, partitions, LATEST, isolation))
    const added = partitions.map(({ topic, partition }) => {
      const name = nameOfPartition({ topic, partition })
      const keepsTombstones = description.tombstones === 'row'
      const input = watermark.add(name)
      const reader = new PartitionReader({ topic, partition, input, hasMetadata, keepsTombstones, limit })
      reader.seek(known.get(name) ?? starts.get(name) ?? 0)
      if (this.#ends) reader.end = this.#ends[name] ?? 0
      return reader
    })
    this.partitions.push(...added)
    if (unknown.length === 0) await cluster.metadata([...new Set(partitions.map(({ topic }) => topic))])
    this.#fetcher.setPartitions(this.partitions)
    this.#fetcher.pump()
    this.#tell()
  }

  #discover(): void {
    const { cluster, description } = this.#options
    cluster
      .metadata(description.topics)
      .then(async ({ topics }) => {
        const known = new Set(this.partitions.map(({ options }) => nameOfPartition(options)))
        const found = topics.filter(({ error }) => error === 0)
        for (const { name, id } of found) this.#ids[name] ??= id
        const added = this.#mine(found).filter((partition) => !known.has(nameOfPartition(partition)))
        if (added.length > 0) await this.#add(added, new Map(), false)
        this.#tellTombstones()
      })
      .catch(() => {}) // the next time
  }

  /** Rows at the place to go on at are gone: the topic was truncated, or deleted. */
  async #lost(partition: PartitionReader, code: number): Promise<void> {
    const { cluster, description } = this.#options
    const { topic } = partition.options
    if (code !== CODE.offsetOutOfRange) return await this.#topicGone(partition, topic)
    const mine = [partition.options]
    const name = nameOfPartition(partition.options)
    const first = (await offsetsAt(cluster, mine, EARLIEST, this.#isolation)).get(name)!
    const last = (await offsetsAt(cluster, mine, LATEST, this.#isolation)).get(name)!
    const at = partition.fetchAt
    if (at >= first && at <= last) return
    this.#tellLost(`${name} is to be read on at offset ${at}, but has the offsets ${first} to ${last} only`)
    // what was fetched before the gap is still handed out, when it is through
    if (partition.hasData) return
    partition.seek(description.offsetReset === 'latest' ? last : first)
  }

  async #topicGone(partition: PartitionReader, topic: string): Promise<void> {
    const { cluster, description, name, warn } = this.#options
    const { topics } = await cluster.metadata([topic])
    const found = topics.find((one) => one.name === topic)
    assert(found !== undefined, 'a topic that is asked for is answered')
    if (found.error === 0 && found.id === this.#ids[topic]) return
    if (found.error === 0) {
      this.#tellLost(`topic ${topic} was deleted and made anew`)
      this.#ids[topic] = found.id
      for (const one of this.partitions) if (one.options.topic === topic) one.seek(0)
      return
    }
    const hint = '--missing-topic wait waits until it is made again'
    const text = `topic ${topic} at ${name} was deleted while it was read`
    if (description.missingTopic === 'fail') throw new TidemarkError('E_KAFKA_TOPIC', text, { hint })
    if (partition.silentSince === null) warn('W_KAFKA_TOPIC', `${text}: it is waited for`)
    partition.silentSince ??= 0
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }

  /** Throws E_KAFKA_OFFSET, unless --lost-offset says where to go on. */
  #tellLost(what: string): void {
    const { description, name, warn } = this.#options
    if (description.offsetReset === 'fail') {
      throw new TidemarkError('E_KAFKA_OFFSET', `rows at ${name} are gone: ${what}`, {
        hint: '--lost-offset earliest or latest goes on all the same, without the rows that are gone',
      })
    }
    warn('W_KAFKA_OFFSET', `rows at ${name} are gone: ${what}; it goes on at the ${description.offsetReset}`)
  }

  #tellTombstones(): void {
    const count = this.partitions.reduce((sum, { tombstones }) => sum + tombstones, 0)
    if (count === 0 || this.#toldTombstones || !this.#options.description.tellsTombstones) return
    this.#toldTombstones = true
    const rows = count === 1 ? '1 record' : `${count} records`
    this.#options.warn(
      'W_KAFKA_TOMBSTONES',
      `${rows} without a value (tombstones) made no row`,
      '--tombstones row makes rows of them',
    )
  }

  #tellEmpty(): void {
    const { watermark, warn } = this.#options
    const empty = this.partitions.filter(({ options }) => watermark.of(options.input) === -Infinity)
    if (empty.length === 0 || empty.length === this.partitions.length) return
    const names = empty.slice(0, 3).map(({ options }) => nameOfPartition(options))
    const more = empty.length > 3 ? ` and ${empty.length - 3} more` : ''
    warn(
      'W_KAFKA_EMPTY',
      `no row has come from ${names.join(', ')}${more}: windows wait for them`,
      '--idle-timeout 10s lets the others go on without them',
    )
  }
}

const topicOf = (name: string): string => name.slice(0, name.lastIndexOf('/'))
