import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { COMPRESSIONS, canPack } from '../../src/kafka/codecs.ts'
import { partitionOfKey } from '../../src/kafka/murmur2.ts'
import { type Broker, missing, RELEASES } from './broker.ts'
import { javaClient } from './java.ts'
import { run } from './run.ts'
import { sharedBroker } from './shared-broker.ts'

const why = missing(RELEASES[0])
const PARTITIONS = 5
/** Of all lengths that the hash treats in another way, and beyond ASCII. */
const KEYS = [
  '',
  'a',
  'bc',
  'def',
  'ghij',
  'klmno',
  'Ärger',
  '日本',
  '🌊',
  'long '.repeat(2000),
  ...Array.from({ length: 40 }, (_, i) => `user-${i * i}`),
]
let broker: Broker

describe("with Java's own client", { skip: why !== null && process.env['CI'] !== 'true' ? why : false }, () => {
  before(async () => {
    assert.equal(why, null)
    broker = await sharedBroker()
    await broker.createTopic('java', PARTITIONS)
    await broker.createTopic('ours', PARTITIONS)
  })

  test('what it packs with each codec is read; the same key is in the same partition', async () => {
    const pad = 'waves '.repeat(20)
    const sent = COMPRESSIONS.flatMap((codec) =>
      KEYS.map((key) => ({ codec, key, value: JSON.stringify({ codec, key, pad }) })),
    )
    const partitions = javaClient(
      'produce',
      broker,
      'java',
      sent.map(({ codec, key, value }) => `${codec}\t${key}\t${value}`),
    )
    assert.deepEqual(
      partitions,
      sent.map(({ key }) => String(partitionOfKey(Buffer.from(key), PARTITIONS))),
    )
    const read = await run(['--kafka', broker.address, '--topic', 'java', '--until', 'latest', 'filter', 'true'])
    assert.deepEqual({ exit: read.exit, stderr: read.stderr }, { exit: 0, stderr: '' })
    assert.deepEqual(read.stdout.trimEnd().split('\n').sort(), sent.map(({ value }) => value).sort())
  })

  test('what is packed here with each codec is read by it, where it would have put it', async () => {
    const codecs = COMPRESSIONS.filter(canPack)
    for (const codec of codecs) {
      const ended = await run([
        ...['--kafka', broker.address, '--topic', 'java', '--until', 'latest'],
        ...['--to-kafka', broker.address, '--to-topic', 'ours', '--kafka-key', 'key', '--kafka-compression', codec],
        ...['filter', `codec = '${codec}'`],
      ])
      assert.deepEqual({ exit: ended.exit, stderr: ended.stderr }, { exit: 0, stderr: '' })
    }
    const seen = javaClient('consume', broker, 'ours').map((line) => line.split('\t'))
    assert.equal(seen.length, codecs.length * KEYS.length)
    for (const [partition, key, value] of seen) {
      assert.equal(partition, String(partitionOfKey(Buffer.from(key!), PARTITIONS)), key)
      assert.equal(JSON.parse(value!).key, key)
    }
  })
})
