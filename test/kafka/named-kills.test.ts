import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Broker, missing } from './broker.ts'
import { bundleKafkaChild, fillInput, JOB_KINDS, KafkaJob, rowsOf } from './kafka-job.ts'
import { POINTS } from './points.ts'

const why = missing('4.3.1')
const folder = mkdtempSync(join(tmpdir(), 'tidemark-named-'))
let broker: Broker
let child: string

describe('a job from Kafka to Kafka that dies at a moment with a name', {
  skip: why !== null && process.env['CI'] !== 'true' ? why : false,
}, () => {
  before(async () => {
    assert.equal(why, null)
    child = await bundleKafkaChild()
    broker = await Broker.start()
    await fillInput(broker, rowsOf(12_000))
  })
  after(async () => {
    await broker?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  for (const [i, kind] of JOB_KINDS.entries()) {
    test(`${kind}: killed at one after the other, each key has what it has undisturbed`, async () => {
      const options = { kind, broker, folder, child, interval: 'rows:200' }
      const calm = await KafkaJob.create({ ...options, name: `calm${i}` })
      const { exit, stderr, passed } = await calm.start().ended
      assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
      const undisturbed = await calm.outcome()
      const job = await KafkaJob.create({ ...options, name: `killed${i}` })
      for (const { name, nth } of POINTS.filter((_, k) => k % JOB_KINDS.length === i)) {
        const died = await job.start(`kill ${nth} ${name}`).ended
        assert.equal(died.exit, null, `${name}: ${died.stderr} ${JSON.stringify(died.passed)}`)
      }
      const last = await job.start().ended
      assert.deepEqual({ exit: last.exit, stderr: last.stderr }, { exit: 0, stderr: '' })
      assert.deepEqual(await job.outcome(), undisturbed, JSON.stringify(passed))
    })
  }
})
