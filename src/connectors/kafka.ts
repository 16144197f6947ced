/** How to reach a cluster, as a front end describes it: secrets only by the files that hold them. */
export interface KafkaPlace {
  /** `host:port` of some of its brokers. */
  readonly brokers: readonly string[]
  readonly tls: boolean
  /** PEM files; null: none is named. */
  readonly ca: string | null
  readonly certificate: string | null
  readonly privateKey: string | null
  readonly login: 'plain' | 'scram-sha-256' | 'scram-sha-512' | null
  readonly user: string | null
  readonly passwordFile: string | null
}

/** Where a source begins that has no checkpoint. */
export type KafkaStart =
  | { readonly kind: 'earliest' | 'latest' | 'committed' }
  /** ms */
  | { readonly kind: 'timestamp'; readonly time: number }
  /** By partition (of every topic) or `topic/partition`; others begin at the earliest. */
  | { readonly kind: 'offsets'; readonly offsets: Readonly<Record<string, number>> }

export interface KafkaSource {
  readonly place: KafkaPlace
  readonly topics: readonly string[]
  readonly from: KafkaStart
  /** Ends at what was there when the job began (`until: latest`). */
  readonly isBounded: boolean
  /** Whose committed offsets are read by `from: committed`, and kept up to date for monitors; null: nobody's. */
  readonly group: string | null
  /** Of the partitions, those whose number modulo `count` is `index`; null: all. */
  readonly shard: { readonly index: number; readonly count: number } | null
  readonly isolation: 'committed' | 'uncommitted'
  /** Where to go on when the rows to go on at are gone. */
  readonly offsetReset: 'fail' | 'earliest' | 'latest'
  readonly missingTopic: 'fail' | 'wait'
  /** Add `_kafka` to every row, even if no step names it. */
  readonly metadata: boolean
  readonly tombstones: 'skip' | 'row'
  /** Nobody has said what becomes of tombstones: then it is told how many there were. */
  readonly tellsTombstones: boolean
}

export interface KafkaSink {
  readonly place: KafkaPlace
  /** A name, or one with `{field}`s of the row. */
  readonly topic: string
  /** An expression over the row; null: none, or under `upsert` the keys of the result. */
  readonly key: string | null
  /** `NAME: EXPRESSION` */
  readonly headers: readonly string[]
  readonly compression: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'
  readonly delivery: 'exactly-once' | 'at-least-once'
  /** By which the cluster knows whose rows are whose; null: none, and then nothing is exactly once. */
  readonly job: string | null
  /** ms that the cluster lets a transaction be open. */
  readonly transactionTimeout: number
}

export const placeName = ({ brokers }: KafkaPlace): string => brokers.join(',')
