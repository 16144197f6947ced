import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Broker, missing } from './broker.ts'
import { DelayedPort } from './delayed-port.ts'
import { expireOffsets } from './expire-offsets.ts'
import { bundleKafkaChild, fillInput, JOB_KINDS, type JobKind, KafkaJob, rowsOf } from './kafka-job.ts'
import { POINTS } from './points.ts'

const why = missing('4.3.1')
const folder = mkdtempSync(join(tmpdir(), 'tidemark-named-'))
const ROWS = 15_000
const port = new DelayedPort()
let broker: Broker
let child: string

/** A job that has read from both partitions, so that any few rows more close a window. */
async function begun(kind: JobKind, name: string): Promise<KafkaJob> {
  const job = await KafkaJob.create({ kind, broker, folder, child, interval: 'rows:200', name })
  assert.equal((await job.start({ rows: ROWS / 2 + 100 }).ended).exit, 0)
  return job
}

/** Goes on until it dies there: by the second start at the latest, since the first may have nothing to do but to end what was killed before. */
async function killAt(job: KafkaJob, point: string): Promise<void> {
  for (let starts = 1; ; starts += 1) {
    const { exit, stderr, passed } = await job.start({ plan: `kill 1 ${point}`, rows: 400 }).ended
    if (exit === null) return
    assert.ok(exit === 0 && starts === 1, `${point} was not passed: ${stderr} ${JSON.stringify(passed)}`)
  }
}

async function finish(job: KafkaJob): Promise<Readonly<Record<string, readonly string[]>>> {
  const { exit, stderr } = await job.start().ended
  assert.equal(exit, 0, stderr)
  return await job.outcome()
}

describe('a job from Kafka to Kafka that dies at a moment with a name', {
  skip: why !== null && process.env['CI'] !== 'true' ? why : false,
}, () => {
  const undisturbed: Record<string, Readonly<Record<string, readonly string[]>>> = {}

  before(async () => {
    assert.equal(why, null)
    child = await bundleKafkaChild()
    broker = await Broker.start({
      properties: { 'offsets.retention.check.interval.ms': 200 },
      internalAt: (internal) => port.open(internal),
    })
    await fillInput(broker, rowsOf(ROWS))
    for (const [i, kind] of JOB_KINDS.entries()) undisturbed[kind] = await finish(await begun(kind, `calm${i}`))
  })
  after(async () => {
    port.close()
    await broker?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  for (const [i, kind] of JOB_KINDS.entries()) {
    test(`${kind}: killed at one after the other, each key has what it has undisturbed`, async () => {
      const job = await begun(kind, `killed${i}`)
      for (const point of POINTS.filter((_, k) => k % JOB_KINDS.length === i)) await killAt(job, point)
      assert.deepEqual(await finish(job), undisturbed[kind])
    })
  }

  test('killed while the end of its transaction is on its way: the next run waits for it and sends nothing twice', async () => {
    const job = await begun('dedup, tumble', 'delayed')
    port.isHeld = true
    await killAt(job, 'after EndTxn')
    const ended = job.start().ended
    const isOver = await Promise.race([ended.then(() => true), sleep(1000).then(() => false)])
    port.release()
    assert.ok(!isOver, 'what was decided is not known before')
    const { exit, stderr } = await ended
    assert.equal(exit, 0, stderr)
    assert.deepEqual(await job.outcome(), undisturbed['dedup, tumble'])
  })

  test('where the mark has expired, what was confirmed is gone on with', async () => {
    const job = await begun('dedup, tumble', 'confirmed')
    await expireOffsets(broker, 'tidemark.confirmed.rows', 'confirmed')
    assert.deepEqual(await finish(job), undisturbed['dedup, tumble'])
  })

  test('where the mark has expired, what was not confirmed is refused', async () => {
    const job = await begun('dedup, tumble', 'unknown')
    await killAt(job, 'before AddPartitionsToTxn')
    await expireOffsets(broker, 'tidemark.unknown.rows', 'unknown')
    const { exit, stderr } = await job.start().ended
    assert.match(stderr, /Kafka .* unknown has no mark of this job, but held its epoch \d+ \[E_SINK_MARKER\]/)
    assert.equal(exit, 6)
  })
})
