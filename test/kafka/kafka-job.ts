import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleChild } from '../crash/crashes.ts'
import type { Broker } from './broker.ts'
import { consume, produce, type TestRecord } from './run.ts'

/** No start of a job takes longer, ms. */
const PATIENCE = 60_000
const USERS = 8
const PARTITIONS = 2

/** One file that starts fast; see crash-child.ts. */
export const bundleKafkaChild = (): Promise<string> =>
  bundleChild(fileURLToPath(new URL('./crash-child.js', import.meta.url)), 'kafka-crash-child.mjs')

/**
 * Rows of 8 users, each user in one of two partitions and in order; one row in 7 comes a second time. A partition of so few rows is read whole before
 * the next: from half of the rows on, any few rows more move the least watermark.
 */
export function rowsOf(count: number): readonly TestRecord[] {
  return Array.from({ length: count }, (_, n) => {
    const user = `u${n % USERS}`
    const id = n % 7 === 0 && n >= USERS ? n - USERS : n
    return {
      key: user,
      partition: n % PARTITIONS,
      value: JSON.stringify({ id, user, ts: 1714557600000 + n * 100, v: (n * 7919) % 101 }),
    }
  })
}

export type JobKind = 'dedup, tumble' | 'dedup, tumble and match'
export const JOB_KINDS: readonly JobKind[] = ['dedup, tumble', 'dedup, tumble and match']

export interface JobOptions {
  readonly kind: JobKind
  readonly broker: Broker
  /** Of the job, and the beginning of the names of its topics. */
  readonly name: string
  readonly folder: string
  readonly child: string
  /** As in --checkpoint-interval. */
  readonly interval: string
}

export interface Start {
  /** When it ends itself, see crash-child.ts. */
  readonly plan?: string
  readonly rows?: number
  /** Called while it stands still. */
  readonly held?: () => Promise<void>
}

export interface Ended {
  /** null: killed. */
  readonly exit: number | null
  readonly stderr: string
  /** How often each moment was passed, if it came to its end. */
  readonly passed: Readonly<Record<string, number>>
}

/** From the topic `in` to topics of its own, exactly once; started over and over again. */
export class KafkaJob {
  readonly topics: readonly string[]
  readonly #options: JobOptions
  readonly #words: readonly string[]

  private constructor(options: JobOptions) {
    this.#options = options
    const { kind, name } = options
    this.topics = kind === 'dedup, tumble' ? [name] : [`${name}-counts`, `${name}-rises-odd`, `${name}-rises-even`]
    this.#words = kind === 'dedup, tumble' ? flagsOf(options) : ['run', pipelineOf(options), ...stateOf(options)]
  }

  /** Makes its topics. */
  static async create(options: JobOptions): Promise<KafkaJob> {
    const job = new KafkaJob(options)
    for (const topic of job.topics) await options.broker.createTopic(topic, 2)
    return job
  }

  /** Reads to the end, or so many rows on and stops there with a checkpoint. */
  start({ plan = 'go', rows, held = async () => {} }: Start = {}): { child: ChildProcess; ended: Promise<Ended> } {
    const toTheEnd = this.#options.kind === 'dedup, tumble' ? ['--until', 'latest'] : [] // a pipeline file says it itself
    const until = rows === undefined ? toTheEnd : ['--until', `rows:${rows}`, '--at-eof', 'suspend']
    const child = spawn(process.execPath, [this.#options.child, plan, ...this.#words, ...until], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    })
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
    const said = { stderr: '', passed: '' }
    child.stderr!.on('data', (bytes) => {
      said.stderr += bytes
    })
    child.stdio[3]!.on('data', (bytes: Buffer) => {
      const text = String(bytes)
      if (!text.endsWith('\n')) said.passed += text
      else held().then(() => child.kill('SIGCONT'))
    })
    const ended = new Promise<Ended>((resolve) => {
      child.once('close', (exit) => {
        clearTimeout(timer)
        resolve({ exit, stderr: said.stderr, passed: said.passed === '' ? {} : JSON.parse(said.passed) })
      })
    })
    return { child, ended }
  }

  /** What consumers with read_committed see of its topics, by topic and key, in order. */
  async outcome(): Promise<Readonly<Record<string, readonly string[]>>> {
    const seen: Record<string, string[]> = {}
    for (const topic of this.topics) {
      for (const { key, value } of await consume(this.#options.broker, topic)) {
        const place = `${topic.slice(this.#options.name.length)} ${key}`
        seen[place] ??= []
        seen[place].push(String(value))
      }
    }
    return seen
  }
}

/** Makes the topic `in` and fills it. */
export async function fillInput(broker: Broker, rows: readonly TestRecord[]): Promise<void> {
  await broker.createTopic('in', PARTITIONS)
  await produce(broker, 'in', rows)
}

const stateOf = ({ folder, name, interval }: JobOptions): readonly string[] => [
  ...['--state', join(folder, name), '--checkpoint-interval', interval],
]

const flagsOf = (options: JobOptions): readonly string[] => [
  ...['--kafka', options.broker.address, '--topic', 'in', '-t', 'ts'],
  ...['--to-kafka', options.broker.address, '--to-topic', options.name, '--kafka-key', 'user'],
  ...['--job', options.name, '--transaction-timeout', '10s', ...stateOf(options)],
  ...['dedup', '--by', 'id', '--within', '1m', 'then', 'tumble', '5s', '--by', 'user', '-a', 'count(*) AS n'],
]

/** Two sinks, one of them with many topics. */
function pipelineOf({ folder, name, broker: { address } }: JobOptions): string {
  const path = join(folder, `${name}.yaml`)
  const kafka = (topic: string) =>
    `{ brokers: '${address}', topic: '${topic}', key: user, job: ${name}, transaction-timeout: 10s }`
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    path,
    `tidemark: 1
sources:
  rows: { kafka: { brokers: '${address}', topic: in, until: latest }, time: ts }
steps:
  - { name: once, from: rows, dedup: { by: id, within: 1m } }
  - { name: counts, from: once, tumble: { size: 5s, by: user, agg: count(*) AS n } }
  - name: rises
    from: once
    match:
      by: user
      pattern: LOW HIGH{1,3}
      define: { LOW: v < 50, HIGH: v > LAST(LOW.v) }
      within: 1m
      measures: ["LOW.id AS id", "count(HIGH.v) AS higher", "CASE WHEN MOD(LOW.id, 2) = 0 THEN 'even' ELSE 'odd' END AS kind"]
sinks:
  counts: { from: counts, kafka: ${kafka(`${name}-counts`)} }
  rises: { from: rises, kafka: ${kafka(`${name}-rises-{kind}`)} }
`,
  )
  return path
}
