import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kafka, logLevel } from 'kafkajs'
import { REPOSITORY } from '../repository.ts'

/** The newest of each line that the tests know; CI runs both. */
export const RELEASES = ['4.3.1', '3.9.2'] as const
export type Release = (typeof RELEASES)[number]

export const USER = { username: 'ann', password: 'of-green-gables' }
const CLUSTER = '4L6g3nShT-eMCtK--X86sw'
const START_MS = 60_000

export interface BrokerOptions {
  readonly release?: Release
  /** Lines of server.properties that come on top. */
  readonly properties?: Readonly<Record<string, string | number>>
  /** Listeners besides the open one, by name. Where one asks for logins there is a USER. */
  readonly listeners?: Readonly<Record<string, Listener>>
  /** PEM files, for the listeners with TLS. */
  readonly tls?: { readonly keystore: string; readonly truststore: string }
  /** Where the broker's messages to itself go (end-of-transaction markers): a port that passes them on to `internal`. */
  readonly internalAt?: (internal: number) => Promise<number>
}

export interface Listener {
  readonly protocol: 'SSL' | 'SASL_SSL' | 'SASL_PLAINTEXT'
  /** Must clients show a certificate? */
  readonly isMutual: boolean
}

/** Why no broker can be had here; null: one can. */
export function missing(release: Release): string | null {
  if (spawnSync('java', ['-version']).status !== 0) return 'there is no java'
  try {
    jarsOf(release)
    return null
  } catch (error) {
    return `Apache Kafka ${release} cannot be had: ${(error as Error).message.split('\n')[0]}`
  }
}

export const jarsOf = (release: Release): string =>
  execFileSync('node', [join(REPOSITORY, 'scripts/kafka-jars.mjs'), release], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim()

/** Apache Kafka's own server: one node, KRaft, data in a temporary folder, on free ports. */
export class Broker {
  readonly port: number
  readonly folder: string
  readonly #release: Release
  /** By the names of further listeners. */
  readonly #ports: ReadonlyMap<string, number>
  #process: ChildProcess | null = null

  private constructor(release: Release, folder: string, ports: readonly [number, ReadonlyMap<string, number>]) {
    this.#release = release
    this.folder = folder
    this.port = ports[0]
    this.#ports = ports[1]
  }

  static async start(options: BrokerOptions = {}): Promise<Broker> {
    const release = options.release ?? RELEASES[0]
    const names = Object.keys(options.listeners ?? {})
    const [open, controller, internal, ...others] = (await freePorts(3 + names.length)) as [number, number, number]
    const further = new Map(names.map((name, i) => [name, others[i]!]))
    const broker = new Broker(release, mkdtempSync(join(tmpdir(), 'tidemark-kafka-')), [open, further])
    const announced = options.internalAt ? await options.internalAt(internal) : internal
    const ports = { controller, internal, announced, further }
    writeFileSync(join(broker.folder, 'server.properties'), propertiesOf(broker, ports, options))
    broker.#format(hasLogins(options))
    await broker.restart()
    return broker
  }

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  /** Of a further listener, by the name in the broker's certificate. */
  addressOf(listener: string): string {
    return `localhost:${this.#ports.get(listener)}`
  }

  /** After `kill` or `stop`, on the same ports and data. */
  async restart(): Promise<void> {
    const log = openSync(join(this.folder, 'server.log'), 'a')
    this.#process = spawn('java', [...JVM, ...this.#classes(), 'kafka.Kafka', join(this.folder, 'server.properties')], {
      stdio: ['ignore', log, log],
    })
    const deadline = Date.now() + START_MS
    for (;;) {
      if (this.#process.exitCode !== null || Date.now() > deadline)
        throw new Error(
          `the broker did not start:\n${readFileSync(join(this.folder, 'server.log'), 'utf8').slice(-3000)}`,
        )
      if (await this.#isReady()) return
      await sleep(100)
    }
  }

  /** As a crash: SIGKILL. Its data stay. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** As a machine that hangs. */
  pause(): void {
    this.#process?.kill('SIGSTOP')
  }

  resume(): void {
    this.#process?.kill('SIGCONT')
  }

  /** Ends it, and removes its data. */
  async remove(): Promise<void> {
    await this.#end('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Returns when it can be read and written. */
  async createTopic(topic: string, partitions = 1, config: Readonly<Record<string, string>> = {}): Promise<void> {
    const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }))
    const wanted = { topic, numPartitions: partitions, replicationFactor: 1, configEntries }
    await this.admin(async (admin) => {
      await admin.createTopics({ waitForLeaders: false, topics: [wanted] })
      // the broker learns of it a moment after the controller, and kafkajs' own waiting takes that for an error
      for (const deadline = Date.now() + START_MS; ; await sleep(20)) {
        const found = await admin.fetchTopicOffsets(topic).catch(() => [])
        if (found.length === partitions) return
        if (Date.now() > deadline) throw new Error(`topic ${topic} does not come`)
      }
    })
  }

  async admin<T>(use: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
    const admin = this.client().admin()
    await admin.connect()
    try {
      return await use(admin)
    } finally {
      await admin.disconnect()
    }
  }

  /** kafkajs as its users know it: the tests' own witness. */
  client(): Kafka {
    return new Kafka({ brokers: [this.address], logLevel: logLevel.NOTHING, connectionTimeout: 5000 })
  }

  async #isReady(): Promise<boolean> {
    if (!(await canConnect(this.port))) return false
    try {
      await this.admin((admin) => admin.describeCluster())
      return true
    } catch {
      return false
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const running = this.#process
    this.#process = null
    if (!running || running.exitCode !== null || running.signalCode !== null) return
    const ended = new Promise((resolve) => running.once('exit', resolve))
    running.kill(signal)
    await ended
  }

  #classes(): readonly string[] {
    return ['-cp', `${jarsOf(this.#release)}/*`]
  }

  /** Formats the data folder; done once for a release, and copied afterwards. */
  #format(hasUsers: boolean): void {
    const template = join(
      tmpdir(),
      `tidemark-kafka-template-${this.#release}-${hasUsers ? 'users' : 'plain'}-${process.getuid?.() ?? 0}`,
    )
    const data = join(this.folder, 'data')
    if (!existsSync(template)) {
      const users = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
        '--add-scram',
        `${mechanism}=[name=${USER.username},password=${USER.password}]`,
      ])
      const words = ['format', '-t', CLUSTER, '-c', join(this.folder, 'server.properties'), ...(hasUsers ? users : [])]
      execFileSync('java', [...JVM, ...this.#classes(), 'kafka.tools.StorageTool', ...words], { stdio: 'pipe' })
      const made = mkdtempSync(join(tmpdir(), 'tidemark-kafka-making-'))
      cpSync(data, made, { recursive: true })
      try {
        renameSync(made, template)
      } catch {
        rmSync(made, { recursive: true }) // another process was faster
      }
      return
    }
    cpSync(template, data, { recursive: true })
  }

  /** For a look after a failed test. */
  note(text: string): void {
    appendFileSync(join(this.folder, 'server.log'), `${text}\n`)
  }
}

const JVM = ['-Xmx400m', '-Xms64m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto']

interface Ports {
  readonly controller: number
  readonly internal: number
  /** Where clients are told that the internal one is. */
  readonly announced: number
  readonly further: ReadonlyMap<string, number>
}

const hasLogins = ({ listeners }: BrokerOptions): boolean =>
  Object.values(listeners ?? {}).some(({ protocol }) => protocol !== 'SSL')

function propertiesOf(broker: Broker, ports: Ports, options: BrokerOptions): string {
  const { controller, internal, announced, further } = ports
  const { tls, listeners = {}, properties } = options
  const furtherAt = (host: string) => [...further].map(([name, port]) => `,${name}://${host}:${port}`).join('')
  const protocols = Object.entries(listeners).map(([name, { protocol }]) => `,${name}:${protocol}`)
  const lines = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${broker.port},INTERNAL://127.0.0.1:${internal},CONTROLLER://127.0.0.1:${controller}${furtherAt('127.0.0.1')}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${broker.port},INTERNAL://127.0.0.1:${announced}${furtherAt('localhost')}`,
    'listener.security.protocol.map': `PLAINTEXT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT${protocols.join('')}`,
    'inter.broker.listener.name': 'INTERNAL',
    'log.dirs': join(broker.folder, 'data'),
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 2,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 2,
    'auto.create.topics.enable': false,
    'num.network.threads': 2,
    'num.io.threads': 2,
    'background.threads': 2,
    'log.cleaner.threads': 1,
    'log.cleaner.dedupe.buffer.size': 1_500_000,
    'group.initial.rebalance.delay.ms': 0,
    // rows of the tests are years old
    'log.retention.ms': -1,
    // a broker that was killed is let in again when its last life's session is over
    'broker.session.timeout.ms': 2000,
    'broker.heartbeat.interval.ms': 300,
    ...(hasLogins(options) ? { 'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512' } : {}),
    ...(tls ? tlsLines(tls) : {}),
    ...Object.assign({}, ...Object.entries(listeners).map(([name, listener]) => linesOf(name, listener))),
    ...properties,
  }
  return Object.entries(lines)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

function linesOf(name: string, { protocol, isMutual }: Listener): Readonly<Record<string, string>> {
  const prefix = `listener.name.${name.toLowerCase()}`
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;'
  return {
    ...(protocol !== 'SASL_PLAINTEXT' && { [`${prefix}.ssl.client.auth`]: isMutual ? 'required' : 'none' }),
    ...(protocol !== 'SSL' && {
      [`${prefix}.plain.sasl.jaas.config`]: `org.apache.kafka.common.security.plain.PlainLoginModule required user_${USER.username}="${USER.password}";`,
      [`${prefix}.scram-sha-256.sasl.jaas.config`]: scram,
      [`${prefix}.scram-sha-512.sasl.jaas.config`]: scram,
    }),
  }
}

const tlsLines = ({ keystore, truststore }: NonNullable<BrokerOptions['tls']>) => ({
  'ssl.keystore.type': 'PEM',
  'ssl.keystore.location': keystore,
  'ssl.truststore.type': 'PEM',
  'ssl.truststore.location': truststore,
})

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/** Ports that nothing listens on now. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
