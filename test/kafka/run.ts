import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
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
  /** It has written to standard output; rejects where it ends without. */
  readonly hasWritten: Promise<void>
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
  const hasWritten = new Promise<void>((resolve, reject) => {
    child.stdout!.once('data', () => resolve())
    ended.then(({ stderr }) => reject(new Error(`it wrote no row: ${stderr}`)))
  })
  hasWritten.catch(() => {}) // not all wait for it
  return { child, hasWritten, ended }
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
  const left = new Map(
    ends.filter(({ low, high }) => Number(high) > Number(low)).map(({ partition, high }) => [partition, Number(high)]),
  )
  if (left.size === 0) return []
  const consumer = broker.client().consumer({ groupId: `reader-${process.hrtime.bigint()}`, maxWaitTimeInMs: 50 })
  const seen: SeenRecord[] = []
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  const isThrough = new Promise<void>((resolve, reject) => {
    consumer.on('consumer.crash', ({ payload }) => reject(payload.error))
    // told of the ends of transactions too, which are the last of their partitions and no rows
    consumer.on('consumer.end_batch_process', ({ payload: { partition, lastOffset } }) => {
      if (Number(lastOffset) + 1 >= (left.get(partition) ?? 0)) left.delete(partition)
      if (left.size === 0) resolve()
    })
  })
  await consumer.run({
    eachBatchAutoResolve: true,
    eachBatch: async ({ batch }) => {
      for (const { key, value, headers } of batch.messages) {
        const texts = Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)])
        seen.push({
          partition: batch.partition,
          key: key === null ? null : String(key),
          value: value === null ? null : String(value),
          headers: Object.fromEntries(texts),
        })
      }
    },
  })
  const timer = new AbortController()
  const isLate = sleep(PATIENCE, true, { signal: timer.signal }).catch(() => false)
  const hasFailed = await Promise.race([isThrough, isLate]).finally(async () => {
    timer.abort()
    await consumer.disconnect()
  })
  assert.ok(!hasFailed, `${topic} is not read to its ends: ${JSON.stringify([...left])}`)
  return seen
}
