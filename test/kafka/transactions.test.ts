import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Cluster } from '../../src/kafka/cluster.ts'
import { CODE, type KafkaFault } from '../../src/kafka/fault.ts'
import { Producer } from '../../src/kafka/producer.ts'
import { initProducerIdRequest, NOBODY } from '../../src/kafka/requests/transactions.ts'
import { isLost, TransactionalProducer } from '../../src/kafka/transactional-producer.ts'
import { cannotRun } from '../skip.ts'
import { Broker, missing, RELEASES } from './broker.ts'
import { DelayedPort } from './delayed-port.ts'
import { newRecord } from './new-record.ts'

const GROUP = 'tidemark.job.rows'
const MARK = { topic: 'out', partition: 0 }
const record = (text: string) => newRecord({ value: Buffer.from(text) })
const mark = (epoch: number) => [{ ...MARK, offset: epoch, metadata: 'life' }]

/** Everything that a read_committed consumer sees of the topic, by the client's own consumer. */
async function committedRows(broker: Broker): Promise<readonly string[]> {
  const ends = await broker.admin((admin) => admin.fetchTopicOffsets('out'))
  const end = Number(ends[0]!.high)
  const consumer = broker.client().consumer({ groupId: `reader-${process.hrtime.bigint()}`, maxWaitTimeInMs: 100 })
  const rows: string[] = []
  await consumer.connect()
  await consumer.subscribe({ topic: 'out', fromBeginning: true })
  const isThrough = new Promise<void>((resolve) => {
    consumer.on('consumer.end_batch_process', ({ payload }) => {
      if (Number(payload.lastOffset) + 1 >= end) resolve()
    })
  })
  await consumer.run({
    eachBatchAutoResolve: true,
    eachBatch: async ({ batch }) => {
      for (const { value } of batch.messages) rows.push(String(value))
    },
  })
  await Promise.race([isThrough, sleep(3000)])
  await consumer.disconnect()
  return rows
}

for (const release of RELEASES) {
  describe(`transactions of Apache Kafka ${release}`, () => {
    const port = new DelayedPort()
    let broker: Broker | null = null
    const clusters: Cluster[] = []
    after(async () => {
      for (const cluster of clusters) await cluster.close()
      port.close()
      await broker?.remove()
    })

    async function instance(): Promise<TransactionalProducer & { readonly rows: Producer }> {
      const cluster = await Cluster.connect({ brokers: [broker!.address], clientId: 'test', tls: null, login: null })
      clusters.push(cluster)
      const rows = new Producer({ cluster, compression: 'none', transactionalId: GROUP, transactionTimeout: 10_000 })
      await rows.begin()
      return Object.assign(new TransactionalProducer(cluster, rows, GROUP), { rows })
    }

    test('the recovery protocol holds', async (t) => {
      const why = missing(release)
      if (why !== null) return cannotRun(t, why)
      broker = await Broker.start({ release, internalAt: (internal) => port.open(internal) })
      await broker.createTopic('out')
      const first = await instance()
      assert.deepEqual(await first.committed(GROUP, [MARK]), [], 'a new job has no mark')
      await first.rows.add('out', 0, record('a'))
      await first.commit(GROUP, mark(1))
      assert.deepEqual(await first.committed(GROUP, [MARK]), mark(1))

      // a transaction that was never ended: the next instance ends it before it gets its identity
      await first.rows.add('out', 0, record('lost'))
      await first.rows.flush()
      const second = await instance()
      assert.deepEqual(await second.committed(GROUP, [MARK]), mark(1))
      await assert.rejects(first.commit(GROUP, mark(2)), isLost, 'the first instance is shut out')
      await assert.rejects(
        first.renew(),
        (error: KafkaFault) => error.code === CODE.producerFenced || error.code === CODE.invalidProducerEpoch,
      )

      // the end of a transaction was decided, but its markers are on their way: who comes next waits for them
      await second.rows.add('out', 0, record('b'))
      port.isHeld = true
      await second.commit(GROUP, mark(2))
      const begun = performance.now()
      setTimeout(() => port.release(), 700)
      const third = await instance()
      assert.ok(performance.now() - begun > 600, 'an identity is not given before')
      assert.deepEqual(await third.committed(GROUP, [MARK]), mark(2), 'the mark of the transaction is there')

      // a transaction that took too long is ended by the cluster: we get our next epoch, and begin anew
      await third.rows.add('out', 0, record('slow'))
      await third.rows.flush()
      await third.abort()
      await third.renew()
      await third.rows.add('out', 0, record('c'))
      await third.commit(GROUP, mark(3))
      assert.deepEqual(await committedRows(broker), ['a', 'b', 'c'])
    })

    test('an offset of a transaction that is not over is told apart', { skip: missing(release) ?? false }, async () => {
      const one = await instance()
      await one.rows.add('out', 0, record('d'))
      port.isHeld = true
      await one.commit(GROUP, mark(4))
      const cluster = await Cluster.connect({ brokers: [broker!.address], clientId: 'test', tls: null, login: null })
      clusters.push(cluster)
      const answer = await cluster.toCoordinator(
        { kind: 'transaction', key: GROUP, ms: 0 },
        initProducerIdRequest(GROUP, 10_000, NOBODY),
        (found) => found.error,
      )
      assert.equal(answer, CODE.concurrentTransactions)
      const asked = one.committed(GROUP, [MARK])
      setTimeout(() => port.release(), 300)
      assert.deepEqual(await asked, mark(4), 'asked for what is stable, it waits')
    })
  })
}
