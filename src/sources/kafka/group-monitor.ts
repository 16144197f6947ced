import type { Cluster } from '../../kafka/cluster.ts'
import { checkEach, KafkaFault } from '../../kafka/fault.ts'
import { offsetCommitRequest } from '../../kafka/requests/group-offsets.ts'
import type { FeedOptions } from './kafka-feed.ts'
import { partitionOfName } from './start-offsets.ts'

/** How long offsets are tried to be committed, ms. */
const COMMIT_MS = 3000

export interface GroupMonitorOptions {
  readonly cluster: Cluster
  /** Of the cluster, for messages. */
  readonly name: string
  readonly group: string
  readonly warn: FeedOptions['warn']
}

/** Commits offsets to a consumer group for whoever watches the lag. Nothing is read back, so an error is told, once, and changes nothing. */
export class GroupMonitor {
  readonly #options: GroupMonitorOptions
  #commit: Promise<unknown> | null = null
  #hasTold = false

  constructor(options: GroupMonitorOptions) {
    this.#options = options
  }

  /** By `topic/partition`. While a commit is under way it is left out: the next one takes its place. */
  tell(offsets: Readonly<Record<string, number>>): void {
    if (this.#commit !== null) return
    const { cluster, group } = this.#options
    const committed = Object.entries(offsets).map(([name, offset]) => ({
      ...partitionOfName(name),
      offset,
      metadata: '',
    }))
    const request = offsetCommitRequest(group, committed)
    this.#commit = cluster
      .toCoordinator({ kind: 'group', key: group, ms: COMMIT_MS }, request, checkEach(`offsets of group ${group}`))
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#commit = null
      })
  }

  async close(): Promise<void> {
    await this.#commit
  }

  #failed(error: unknown): void {
    const { cluster, name, warn } = this.#options
    if (this.#hasTold || cluster.isClosed || !(error instanceof KafkaFault) || error.isPassing) return
    this.#hasTold = true
    warn(
      'W_KAFKA_GROUP',
      `${name} does not take offsets for monitors: ${error.message}`,
      'rows are not touched by it; --group names a group that nobody reads by, and that may be written (help kafka)',
    )
  }
}
