import type { PartitionedWatermark } from '../../time/partitioned-watermark.ts'
import type { FeedOptions } from './kafka-feed.ts'
import type { PartitionReader } from './partition-reader.ts'
import { nameOfPartition, some } from './start-offsets.ts'

/** What there is to say of partitions, each once. */
export class PartitionWarnings {
  readonly #warn: FeedOptions['warn']
  #toldTombstones = false
  #toldEmpty = false

  constructor(warn: FeedOptions['warn']) {
    this.#warn = warn
  }

  /** Records without a value made no rows. */
  tombstones(partitions: readonly PartitionReader[]): void {
    const count = partitions.reduce((sum, { tombstones }) => sum + tombstones, 0)
    if (count === 0 || this.#toldTombstones) return
    this.#toldTombstones = true
    const rows = count === 1 ? '1 record' : `${count} records`
    this.#warn(
      'W_KAFKA_TOMBSTONES',
      `${rows} without a value (tombstones) made no row`,
      '--tombstones row makes rows of them',
    )
  }

  /** Some partitions have had rows, and wait for others that have not. */
  empty(partitions: readonly PartitionReader[], watermark: PartitionedWatermark): void {
    const empty = partitions.filter(({ options }) => watermark.of(options.input) === -Infinity)
    if (this.#toldEmpty || empty.length === partitions.length) return
    this.#toldEmpty = true
    if (empty.length === 0) return
    const names = some(empty.map(({ options }) => nameOfPartition(options)))
    this.#warn(
      'W_KAFKA_EMPTY',
      `no row has come from ${names}: windows wait for them`,
      '--idle-timeout 10s lets the others go on without them',
    )
  }
}
