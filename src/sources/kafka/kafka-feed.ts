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
import { checkStart } from './check-start.ts'
import { Fetcher } from './fetcher.ts'
import { GroupMonitor } from './group-monitor.ts'
import type { Feed } from './kafka-reader.ts'
import { PartitionReader } from './partition-reader.ts'
import { PartitionWarnings } from './partition-warnings.ts'
import { nameOfPartition, offsetsAt, startOffsets, type TopicPartition } from './start-offsets.ts'

/** How often and how long, ms. */
export interface Pace {
  /** New partitions and topics are looked for so often. */
  readonly discovery: number
  /** A partition that has had nothing for so long while others have is told of once. */
  readonly empty: number
}

const PACE: Pace = { discovery: 15_000, empty: 10_000 }

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
  readonly pace?: Pace
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
  readonly #warnings: PartitionWarnings
  readonly #monitor: GroupMonitor | null
  readonly #isolation: 0 | 1
  #ids: Record<string, string> = {}
  /** Topics that were deleted, and are waited for. */
  readonly #gone = new Set<string>()
  #ends: Record<string, number> | null = null
  #error: unknown = null
  #wake: () => void = () => {}
  #hasNews = false
  #timers: NodeJS.Timeout[] = []

  constructor(options: FeedOptions) {
    this.#options = options
    const { cluster, name, warn } = options
    const { isolation, group } = options.description
    this.#isolation = isolation === 'committed' ? 1 : 0
    this.#warnings = new PartitionWarnings(warn)
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
      const mine = this.#mine(this.#options.topics)
      checkStart(this.#options, mine, before === null)
      const known = new Map([...offsets].filter(([name]) => !anew.has(topicOf(name))))
      const resets = await this.#resetOffsets(mine.filter(({ topic }) => anew.has(topic)))
      await this.#add(mine, new Map([...known, ...resets]), before === null)
    } catch (error) {
      throw kafkaError(error, this.#options.name)
    }
    if (this.#options.description.isBounded) return
    const { discovery, empty } = this.#options.pace ?? PACE
    this.#timers.push(setInterval(() => this.#discover(), discovery))
    if (this.#options.holdsBack)
      this.#timers.push(setInterval(() => this.#warnings.empty(this.partitions, this.#options.watermark), empty))
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
    const options = { from, group, isolation, warn: this.#options.warn }
    const starts = unknown.length === 0 ? known : await startOffsets(cluster, unknown, options)
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
    this.#look().catch((error: unknown) => {
      if (!(error instanceof TidemarkError)) return // the next time
      this.#error = error
      this.#tell()
    })
  }

  /** New partitions and topics; topics that were made anew, or are back. */
  async #look(): Promise<void> {
    const { topics } = await this.#options.cluster.metadata(this.#options.description.topics)
    const found = topics.filter(({ error }) => error === 0)
    for (const topic of found) await this.#isThere(topic)
    const known = new Set(this.partitions.map(({ options }) => nameOfPartition(options)))
    const added = this.#mine(found).filter((partition) => !known.has(nameOfPartition(partition)))
    if (added.length > 0) await this.#add(added, new Map(), false)
    this.#tellTombstones()
  }

  async #isThere({ name, id }: TopicMetadata): Promise<void> {
    const its = this.partitions.filter(({ options }) => options.topic === name)
    const isAnew = this.#ids[name] !== undefined && this.#ids[name] !== id
    this.#ids[name] = id
    if (isAnew) {
      this.#tellLost(`topic ${name} was deleted and made anew`)
      const resets = await this.#resetOffsets(its.map(({ options }) => options))
      for (const partition of its) partition.seek(resets.get(nameOfPartition(partition.options)) ?? 0)
    } else if (this.#gone.has(name)) for (const partition of its) partition.resume()
    this.#gone.delete(name)
    this.#fetcher.pump()
  }

  /** Where --lost-offset says to go on. */
  async #resetOffsets(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, number>> {
    if (partitions.length === 0) return new Map()
    const { cluster, description } = this.#options
    const time = description.offsetReset === 'latest' ? LATEST : EARLIEST
    return await offsetsAt(cluster, partitions, time, this.#isolation)
  }

  /** Rows at the place to go on at are gone: the topic was truncated, or deleted. */
  async #lost(partition: PartitionReader, code: number): Promise<void> {
    const { cluster, description } = this.#options
    const { topic } = partition.options
    if (code !== CODE.offsetOutOfRange) return await this.#topicGone(topic)
    const found = (await cluster.metadata([topic])).topics.find((one) => one.name === topic && one.error === 0)
    if (found && found.id !== this.#ids[topic]) return await this.#isThere(found)
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

  /** Until it is back none of its partitions is asked for. */
  async #topicGone(topic: string): Promise<void> {
    const { cluster, description, name, warn } = this.#options
    const { topics } = await cluster.metadata([topic])
    const found = topics.find((one) => one.name === topic)
    assert(found !== undefined, 'a topic that is asked for is answered')
    if (found.error === 0) return await this.#isThere(found)
    const hint = '--missing-topic wait waits until it is made again'
    const text = `topic ${topic} at ${name} was deleted while it was read`
    if (description.missingTopic === 'fail') throw new TidemarkError('E_KAFKA_TOPIC', text, { hint })
    if (this.#gone.has(topic)) return
    this.#gone.add(topic)
    warn('W_KAFKA_TOPIC', `${text}: it is waited for`)
    for (const partition of this.partitions) if (partition.options.topic === topic) partition.pause()
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
    if (this.#options.description.tellsTombstones) this.#warnings.tombstones(this.partitions)
  }
}

const topicOf = (name: string): string => name.slice(0, name.lastIndexOf('/'))
