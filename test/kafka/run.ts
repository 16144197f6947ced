import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { Partitioners } from 'kafkajs'
import { REPOSITORY } from '../repository.ts'
import type { Broker } from './broker.ts'

/** No run takes longer, ms. */
const PATIENCE = 60_000

export interface Run {
  readonly stdout: string
  readonly stderr: string
  /** null: killed. */
  readonly exit: number | null
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Run>
}

/** Starts the program of the build. */
export function start(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(join(REPOSITORY, 'bin/tidemark'), words, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
  const texts = { stdout: '', stderr: '' }
  child.stdout!.on('data', (bytes) => {
    texts.stdout += bytes
  })
  child.stderr!.on('data', (bytes) => {
    texts.stderr += bytes
  })
  const ended = new Promise<Run>((resolve) => {
    child.once('close', (exit) => {
      clearTimeout(timer)
      resolve({ ...texts, exit })
    })
  })
  return { child, ended }
}

export const run = (words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Run> =>
  start(words, environment).ended

export interface TestRecord {
  readonly key?: string | null
  readonly value: string | Buffer | null
  readonly partition?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly timestamp?: string
}

/** By the client as its users know it. */
export async function produce(
  broker: Broker,
  topic: string,
  records: readonly TestRecord[],
  compression = 0,
): Promise<void> {
  const producer = broker.client().producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  await producer.send({
    topic,
    compression,
    messages: records.map((record) => ({ ...record, headers: { ...record.headers } })),
  })
  await producer.disconnect()
}

export interface SeenRecord {
  readonly partition: number
  readonly key: string | null
  readonly value: string | null
  readonly headers: Readonly<Record<string, string>>
}

/** All that consumers with read_committed see, in the order of each partition. */
export async function consume(broker: Broker, topic: string): Promise<readonly SeenRecord[]> {
  const ends = await broker.admin((admin) => admin.fetchTopicOffsets(topic))
  const left = new Set(ends.filter(({ low, high }) => Number(high) > Number(low)).map(({ partition }) => partition))
  if (left.size === 0) return []
  const consumer = broker.client().consumer({ groupId: `reader-${process.hrtime.bigint()}`, maxWaitTimeInMs: 50 })
  const seen: SeenRecord[] = []
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await new Promise<void>((resolve) => {
    // behind the last row there may be the end of a transaction, which no batch shows
    let quiet = setTimeout(resolve, 5000)
    consumer.on('consumer.fetch', ({ payload }) => {
      if (payload.numberOfBatches > 0) return
      clearTimeout(quiet)
      quiet = setTimeout(resolve, 300)
    })
    consumer.run({
      eachBatchAutoResolve: true,
      eachBatch: async ({ batch }) => {
        clearTimeout(quiet)
        quiet = setTimeout(resolve, 600)
        for (const { key, value, headers } of batch.messages) {
          const texts = Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)])
          seen.push({
            partition: batch.partition,
            key: key === null ? null : String(key),
            value: value === null ? null : String(value),
            headers: Object.fromEntries(texts),
          })
        }
        const end = ends.find(({ partition }) => partition === batch.partition)
        if (Number(batch.lastOffset()) + 1 >= Number(end!.high)) left.delete(batch.partition)
        if (left.size === 0) resolve()
      },
    })
  })
  await consumer.disconnect()
  return seen
}
