import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaSource } from '../../src/connectors/kafka.ts'
import { readKafkaSource } from '../../src/connectors/read-kafka.ts'
import type { RowReader } from '../../src/formats/lines.ts'
import { KafkaRecords } from '../../src/sources/kafka/kafka-source.ts'
import { PartitionedWatermark } from '../../src/time/partitioned-watermark.ts'
import { type Broker, missing, RELEASES } from './broker.ts'
import { produce } from './run.ts'
import { sharedBroker } from './shared-broker.ts'

const why = missing(RELEASES[0])
const PACE = { discovery: 100, empty: 300 }
let broker: Broker
const open: KafkaRecords[] = []

/** A source that looks around more often than others, and what it has warned of. */
async function source(topics: readonly string[], options: Partial<KafkaSource> = {}) {
  const values = { brokers: broker.address }
  const described = readKafkaSource({ values, lists: { topic: topics }, nameOf: (name) => name }, false)
  const warnings: string[] = []
  const records = new KafkaRecords({
    description: { ...described, ...options },
    connection: { brokers: [broker.address], clientId: 'test', tls: null, login: null },
    warn: (code, message, hint) => warnings.push(`${message} [${code}] ${hint ?? ''}`),
    pace: PACE,
  })
  open.push(records)
  await records.open()
  const watermark = new PartitionedWatermark(0)
  const reader = records.reader({
    buffer: { inputBuffer: (size) => Buffer.alloc(size) },
    watermark,
    idleTimeout: null,
    limit: 1000,
    wantsMetadata: false,
  })
  return { records, reader, watermark, warnings }
}

/** The next rows, whichever partition they are from. */
async function next(reader: RowReader): Promise<string> {
  const lines = (await reader.next())!
  return `${lines.file.slice('kafka:'.length)} ${lines.buffer.toString('utf8', lines.from, lines.to).trim()}`
}

async function told(warnings: readonly string[]): Promise<string> {
  while (warnings.length === 0) await sleep(20)
  return warnings[0]!
}

describe('partitions and topics that come and go while they are read', {
  skip: why !== null && process.env['CI'] !== 'true' ? why : false,
}, () => {
  before(async () => {
    assert.equal(why, null)
    broker = await sharedBroker()
  })
  after(async () => {
    for (const records of open) await records.close()
  })

  test('a new partition is found, and read from its first row', async () => {
    await broker.createTopic('grows')
    await produce(broker, 'grows', [{ value: '1' }])
    const { records, reader, warnings } = await source(['grows'])
    assert.equal(await next(reader), 'grows/0 1')
    await broker.admin((admin) => admin.createPartitions({ topicPartitions: [{ topic: 'grows', count: 2 }] }))
    await produce(broker, 'grows', [{ partition: 1, value: '2' }])
    assert.equal(await next(reader), 'grows/1 2')
    await records.close()
    assert.deepEqual(warnings, [])
  })

  test('a partition that holds all windows back is told of', async () => {
    await broker.createTopic('uneven', 3)
    await produce(broker, 'uneven', [{ partition: 1, value: '1' }])
    const { records, reader, watermark, warnings } = await source(['uneven'])
    const rows = await next(reader)
    assert.equal(rows, 'uneven/1 1')
    watermark.select(1)
    watermark.observe(1000)
    const waiting = reader.next()
    assert.equal(
      await told(warnings),
      'no row has come from uneven/0, uneven/2: windows wait for them [W_KAFKA_EMPTY] --idle-timeout 10s lets the others go on without them',
    )
    await records.close()
    assert.equal(await waiting, null)
  })

  test('a topic that is not there yet is waited for where that is asked for', async () => {
    const { records, reader, warnings } = await source(['later'], { missingTopic: 'wait' })
    const waiting = next(reader)
    assert.match(warnings[0]!, /^no topic 'later' at .*: it is waited for \[W_KAFKA_TOPIC\]/)
    await broker.createTopic('later')
    await produce(broker, 'later', [{ value: '1' }])
    assert.equal(await waiting, 'later/0 1')
    await records.close()
  })

  test('a topic that is deleted and made anew is read from its first row where that is asked for', async () => {
    await broker.createTopic('twice')
    await produce(broker, 'twice', [{ value: '1' }, { value: '2' }])
    const { records, reader, warnings } = await source(['twice'], { missingTopic: 'wait', offsetReset: 'earliest' })
    assert.equal(await next(reader), 'twice/0 1\n2')
    const waiting = next(reader)
    await broker.admin((admin) => admin.deleteTopics({ topics: ['twice'] }))
    assert.match(
      await told(warnings),
      /^topic twice at .* was deleted while it was read: it is waited for \[W_KAFKA_TOPIC\]/,
    )
    await broker.createTopic('twice')
    await produce(broker, 'twice', [{ value: '3' }])
    assert.equal(await waiting, 'twice/0 3')
    assert.match(
      warnings[1]!,
      /rows at .* are gone: topic twice was deleted and made anew; it goes on at the earliest \[W_KAFKA_OFFSET\]/,
    )
    await records.close()
  })

  test('a topic that was made anew and has as many rows again is not taken for the old one', async () => {
    await broker.createTopic('swapped')
    await produce(broker, 'swapped', [{ value: '1' }])
    const { records, reader } = await source(['swapped'])
    assert.equal(await next(reader), 'swapped/0 1')
    await records.close()
    const mark = reader.mark(reader.position())
    await broker.admin((admin) => admin.deleteTopics({ topics: ['swapped'] }))
    await sleep(300)
    await broker.createTopic('swapped')
    await produce(broker, 'swapped', [{ value: '2' }, { value: '3' }])
    const strict = await source(['swapped'])
    await strict.reader.resume(mark)
    await assert.rejects(async () => await strict.reader.next(), /topic swapped was deleted and made anew/)
    const lenient = await source(['swapped'], { offsetReset: 'latest' })
    await lenient.reader.resume(mark)
    const waiting = next(lenient.reader)
    await told(lenient.warnings)
    await sleep(300)
    await produce(broker, 'swapped', [{ value: '4' }])
    assert.equal(await waiting, 'swapped/0 4')
  })

  test('rows that are deleted while a slow job is behind them are missed by name of their offsets', async () => {
    await broker.createTopic('cut')
    // more than is fetched ahead
    const wide = Array.from({ length: 40 }, (_, n) => ({ value: JSON.stringify({ n, pad: 'x'.repeat(90_000) }) }))
    for (const row of wide) await produce(broker, 'cut', [row])
    const { records, reader } = await source(['cut'])
    await reader.next()
    await sleep(300)
    await broker.admin(async (admin) => {
      await admin.fetchTopicMetadata({ topics: ['cut'] })
      await admin.deleteTopicRecords({ topic: 'cut', partitions: [{ partition: 0, offset: '35' }] })
    })
    await assert.rejects(
      async () => {
        for (;;) await reader.next()
      },
      (error: Error) =>
        /^rows at .* are gone: cut\/0 is to be read on at offset \d+, but has the offsets 35 to 40 only$/.test(
          error.message,
        ),
    )
    await records.close()
  })
})
