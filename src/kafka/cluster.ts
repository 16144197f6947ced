import { loadCodecs } from './compression.ts'
import { clusterName, hostAndPort, type KafkaConnection } from './connection.ts'
import { CODE, check, faultOf, KafkaFault } from './fault.ts'
import type { RawBroker } from './kafkajs.ts'
import { type Patience, untilItWorks } from './patience.ts'
import { findCoordinatorRequest } from './requests/group-offsets.ts'
import { type BrokerNode, type Metadata, metadataRequest } from './requests/metadata.ts'
import type { ApiRequest } from './requests/request.ts'

const CONNECTION_TIMEOUT_MS = 5000
const REQUEST_TIMEOUT_MS = 30_000
/** How long the first contact is tried: a wrong address is told soon, and a broker that just starts is waited for. */
const CONTACT_MS = 2000
/** How long a running job waits for brokers to come back. */
export const LONG_MS = 300_000

export type CoordinatorKind = 'group' | 'transaction'

/**
 * A Kafka cluster as one job knows it: which broker is where and leads what, and connections to those that are asked. All requests of the
 * connectors go through here. Rejects with `KafkaFault`s.
 */
export class Cluster {
  readonly name: string
  readonly #connection: KafkaConnection
  readonly #raw: new (
    options: ConstructorParameters<typeof RawBroker>[0],
  ) => RawBroker
  readonly #brokers = new Map<string, RawBroker>()
  #nodes: readonly BrokerNode[] = []
  readonly #leaders = new Map<string, number>()
  readonly #coordinators = new Map<string, number>()
  #isClosed = false
  #nextSeed = 0

  private constructor(connection: KafkaConnection, raw: typeof RawBroker) {
    this.name = clusterName(connection)
    this.#connection = connection
    this.#raw = raw
  }

  /** Finds a broker. */
  static async connect(connection: KafkaConnection): Promise<Cluster> {
    const { RawBroker: raw } = await import('./client.ts')
    await loadCodecs()
    const cluster = new Cluster(connection, raw)
    try {
      await untilItWorks(cluster.patience(CONTACT_MS), () => cluster.#refresh([]))
    } catch (error) {
      await cluster.close()
      throw error
    }
    return cluster
  }

  /** That ends when the cluster is closed. */
  patience(ms: number = LONG_MS): Patience {
    return { ms, isOver: () => this.#isClosed }
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Asks once who leads the partitions of these topics; null: of all. */
  async metadata(topics: readonly string[] | null): Promise<Metadata> {
    return await this.#refresh(topics)
  }

  /** The broker that leads a partition; undefined: not known, or there is none now. */
  leaderOf(topic: string, partition: number): number | undefined {
    const leader = this.#leaders.get(`${topic}/${partition}`)
    return leader !== undefined && leader >= 0 ? leader : undefined
  }

  /** Once, to one broker. */
  async send<T>(node: number, request: ApiRequest<T>): Promise<T> {
    const found = this.#nodes.find(({ id }) => id === node)
    if (!found) throw new KafkaFault('answer', `broker ${node} is not known`, CODE.coordinatorNotAvailable)
    return await this.#sendTo(found, request)
  }

  /** To one broker after the other until one answers. */
  async toAny<T>(request: ApiRequest<T>): Promise<T> {
    return await this.#sendToAny(request)
  }

  /** To whoever coordinates the group or transactional id; `read` checks the answer. Tried again as long as the patience lasts. */
  async toCoordinator<T, R>(
    { kind, key, ms }: { readonly kind: CoordinatorKind; readonly key: string; readonly ms?: number },
    request: ApiRequest<T>,
    read: (answer: T) => R,
  ): Promise<R> {
    const place = `${kind} ${key}`
    return await untilItWorks(this.patience(ms), async () => {
      try {
        const node = this.#coordinators.get(place) ?? (await this.#findCoordinator(kind, key))
        this.#coordinators.set(place, node)
        return read(await this.send(node, request))
      } catch (error) {
        const isElsewhere = error instanceof KafkaFault && error.isPassing && error.code !== CODE.concurrentTransactions
        if (isElsewhere && error.code !== CODE.unstableOffset) this.#coordinators.delete(place)
        throw error
      }
    })
  }

  /** Gives up what is under way. */
  async close(): Promise<void> {
    this.#isClosed = true
    const brokers = [...this.#brokers.values()]
    this.#brokers.clear()
    await Promise.allSettled(brokers.map((broker) => broker.close()))
  }

  async #findCoordinator(kind: CoordinatorKind, key: string): Promise<number> {
    await this.#refresh([])
    const { error, id } = await this.#sendToAny(findCoordinatorRequest(key, kind))
    check(error, `the coordinator of ${kind} ${key}`)
    return id
  }

  async #refresh(topics: readonly string[] | null): Promise<Metadata> {
    const metadata = await this.#sendToAny(metadataRequest(topics))
    if (metadata.brokers.length > 0) this.#nodes = metadata.brokers
    for (const { name, partitions } of metadata.topics) {
      for (const { partition, leader } of partitions) this.#leaders.set(`${name}/${partition}`, leader)
    }
    return metadata
  }

  /** To one broker after the other until one answers. */
  async #sendToAny<T>(request: ApiRequest<T>): Promise<T> {
    const seeds = this.#connection.brokers.map(hostAndPort)
    const places = [...this.#nodes, ...seeds]
    let last: unknown = null
    for (let i = 0; i < places.length; i += 1) {
      const place = places[(this.#nextSeed + i) % places.length]!
      try {
        return await this.#sendTo(place, request)
      } catch (error) {
        last = error
        if (error instanceof KafkaFault && (error.kind === 'login' || error.kind === 'certificate')) throw error
        this.#nextSeed += 1
      }
    }
    throw last
  }

  async #sendTo<T>({ host, port }: { host: string; port: number }, request: ApiRequest<T>): Promise<T> {
    const place = `${host}:${port}`
    if (this.#isClosed) throw new KafkaFault('connection', `${place}: the connection was closed`)
    const known = this.#brokers.get(place)
    const broker = known ?? this.#newBroker(host, port)
    if (!known) this.#brokers.set(place, broker)
    try {
      return await broker.send(request)
    } catch (error) {
      const fault = faultOf(error, place)
      if (fault.kind === 'connection' && this.#brokers.get(place) === broker) {
        this.#brokers.delete(place)
        broker.close().catch(() => {}) // it is broken: what it says does not matter
      }
      throw fault
    }
  }

  #newBroker(host: string, port: number): RawBroker {
    const { clientId, tls, login } = this.#connection
    return new this.#raw({
      host,
      port,
      clientId,
      ssl: tls && {
        ...(tls.ca === null ? {} : { ca: [tls.ca] }),
        ...(tls.certificate === null ? {} : { cert: tls.certificate }),
        ...(tls.key === null ? {} : { key: tls.key }),
      },
      sasl: login && { ...login, mechanism: login.mechanism },
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
    })
  }
}
