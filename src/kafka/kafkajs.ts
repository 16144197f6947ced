// The only file that knows kafkajs, and a chunk of its own in the build: nothing but a job with Kafka loads it. What is taken of it is its
// lower half: sockets, TLS, SASL, the queue of requests of a connection, and the negotiation of versions. Its upper half cannot do what is
// needed here, each for a reason that its tracker knows: the consumer has no manual partitions (#373, #1664), decodes every record into
// objects, and keeps no idle fetch from blocking the rest; the producer waits outside its retrier on CONCURRENT_TRANSACTIONS (#430, #1315);
// its OffsetFetch (v5) cannot wait for a stable offset, and its InitProducerId (v1) cannot tell a time-out from a fencing (KIP-360, KIP-447).
import Broker from 'kafkajs/src/broker/index.js'
import ConnectionPool from 'kafkajs/src/network/connectionPool.js'
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js'
import createSocket from 'kafkajs/src/network/socketFactory.js'

/** Levels of kafkajs' loggers that say nothing: what goes wrong is told by our own errors, and secrets stay out of logs. */
const SILENT = {
  info: ignore,
  error: ignore,
  warn: ignore,
  debug: ignore,
  namespace: () => SILENT,
  setLogLevel: ignore,
}

function ignore(): void {}

/** What kafkajs sends and how it reads the answer. */
export interface RawRequest<T> {
  readonly apiKey: number
  readonly apiVersion: number
  readonly apiName: string
  readonly body: Buffer
  readonly decode: (answer: Buffer) => T
  /** How long the answer may take, ms; less than the connection's own limit counts as that. */
  readonly timeout?: number
}

export interface RawBrokerOptions {
  readonly host: string
  readonly port: number
  readonly clientId: string
  /** Of `tls.connect`; null: no TLS. */
  readonly ssl: object | null
  readonly sasl: { readonly mechanism: string; readonly username: string; readonly password: string } | null
  /** ms */
  readonly connectionTimeout: number
  /** ms */
  readonly requestTimeout: number
}

/**
 * One broker. Two connections: what waits for rows (Fetch) has its own, so that nothing else waits behind it. Connects, authenticates (again
 * before the session ends, KIP-368) and negotiates by itself.
 */
export class RawBroker {
  readonly #broker: InstanceType<typeof Broker>
  readonly #pool: InstanceType<typeof ConnectionPool>

  constructor({ host, port, clientId, ssl, sasl, connectionTimeout, requestTimeout }: RawBrokerOptions) {
    healRequestQueue()
    this.#pool = new ConnectionPool({
      host,
      port,
      clientId,
      ssl,
      // kafkajs writes its authenticator into the object
      sasl: sasl && { ...sasl },
      connectionTimeout,
      requestTimeout,
      enforceRequestTimeout: true,
      socketFactory: createSocket(),
      logger: SILENT,
    })
    this.#broker = new Broker({ connectionPool: this.#pool, logger: SILENT, allowAutoTopicCreation: false })
  }

  /** Rejects with kafkajs' errors. */
  async send<T>({ apiKey, apiVersion, apiName, body, decode, timeout }: RawRequest<T>): Promise<T> {
    if (!this.#broker.isConnected()) await this.#broker.connect()
    return (await this.#pool.send({
      request: { apiKey, apiVersion, apiName, encode: async () => ({ buf: body, buffer: body }) },
      response: {
        decode: async (answer: Buffer) => ({ answer, clientSideThrottleTime: null }),
        parse: parseOf(decode),
      },
      requestTimeout: timeout ?? null,
      logResponseError: false,
    })) as T
  }

  /** Requests under way are given up: kafkajs itself would wait for their answers. */
  async close(): Promise<void> {
    for (const connection of this.#pool.pool) connection.rejectRequests(new Error('the connection was closed'))
    await this.#broker.disconnect()
    for (const connection of this.#pool.pool) connection.socket?.destroy()
  }
}

const parseOf =
  <T>(decode: (answer: Buffer) => T) =>
  async ({ answer }: { answer: Buffer }): Promise<T> =>
    decode(answer)

/**
 * kafkajs looks every millisecond, for ever, after requests that wait because the broker asked for less of them, and asks Node for negative
 * times, of which newer Nodes warn (#1751). Here it looks only while some wait.
 */
function healRequestQueue(): void {
  const { prototype } = RequestQueue
  if (isHealed) return
  isHealed = true
  prototype.scheduleCheckPendingRequests = function schedule(this: InstanceType<typeof RequestQueue>): void {
    if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return
    const wait = Math.max(10, this.throttledUntil - performance.timeOrigin - performance.now())
    this.throttleCheckTimeoutId = setTimeout(() => {
      this.throttleCheckTimeoutId = null
      this.checkPendingRequests()
    }, wait)
  }
}

let isHealed = false
