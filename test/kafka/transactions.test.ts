import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { Cluster } from '../../src/kafka/cluster.ts'
import { CODE, type KafkaFault } from '../../src/kafka/fault.ts'
import { Producer } from '../../src/kafka/producer.ts'
import { initProducerIdRequest, NOBODY } from '../../src/kafka/requests/transactions.ts'
import { isLost, TransactionalProducer } from '../../src/kafka/transactional-producer.ts'
import { cannotRun } from '../skip.ts'
import { Broker, missing, RELEASES } from './broker.ts'
import { DelayedPort } from './delayed-port.ts'
import { newRecord } from './new-record.ts'
import { consume, produce, run } from './run.ts'

const folder = mkdtempSync(join(tmpdir(), 'tidemark-transactions-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const GROUP = 'tidemark.job.rows'
const MARK = { topic: 'out', partition: 0 }
const record = (text: string) => newRecord({ value: Buffer.from(text) })
const mark = (epoch: number) => [{ ...MARK, offset: epoch, metadata: 'life' }]

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
      assert.deepEqual(
        (await consume(broker, 'out')).map(({ value }) => value),
        ['a', 'b', 'c'],
      )
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

    test('rows go from topic to topic, each once over two runs', { skip: missing(release) ?? false }, async () => {
      for (const topic of ['rows-in', 'rows-out']) await broker!.createTopic(topic, 2)
      const rows = (from: number) =>
        Array.from({ length: 10 }, (_, n) => ({ partition: n % 2, value: `{"n":${from + n}}` }))
      const state = ['--state', join(folder, release)]
      const words = [
        ...['--kafka', broker!.address, '--topic', 'rows-in', '--until', 'rows:10', '--at-eof', 'suspend', ...state],
        ...['--to-kafka', broker!.address, '--to-topic', 'rows-out', '--job', 'rows', '--kafka-compression', 'gzip'],
        ...['--group', 'monitor', 'filter', 'true'],
      ]
      for (const first of [0, 10]) {
        await produce(broker!, 'rows-in', rows(first), 1)
        const ended = await run(words)
        assert.deepEqual({ exit: ended.exit, stderr: ended.stderr }, { exit: 0, stderr: '' })
      }
      const seen = (await consume(broker!, 'rows-out')).map(({ value }) => JSON.parse(value!).n as number)
      assert.deepEqual(
        seen.sort((a, b) => a - b),
        Array.from({ length: 20 }, (_, n) => n),
      )
      const lag = await run(['kafka', 'lag', ...state])
      assert.match(lag.stdout, /\n +total +0\n$/, lag.stderr)
    })
  })
}
