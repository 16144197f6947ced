import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import kafkajs from 'kafkajs'
import { pack } from '../../src/kafka/codecs.ts'
import { type Broker, missing, RELEASES } from './broker.ts'
import { produce, run, start } from './run.ts'
import { sharedBroker } from './shared-broker.ts'

const why = missing(RELEASES[0])
const folder = mkdtempSync(join(tmpdir(), 'tidemark-source-'))
let broker: Broker

describe('Kafka as a source', { skip: why !== null && process.env['CI'] !== 'true' ? why : false }, () => {
  before(async () => {
    assert.equal(why, null)
    broker = await sharedBroker()
    // kafkajs writes gzip only; the others it takes from whoever has them
    const codecs = kafkajs.CompressionCodecs as unknown as Record<number, () => object>
    for (const [number, codec] of [
      [2, 'snappy'],
      [3, 'lz4'],
    ] as const) {
      codecs[number] = () => ({
        compress: async ({ buffer }: { buffer: Buffer }) => pack(codec, buffer),
        decompress: async () => {},
      })
    }
  })
  after(async () => {
    rmSync(folder, { recursive: true, force: true })
  })

  const from = (topic: string, ...words: string[]) => ['--kafka', broker.address, '--topic', topic, ...words]

  test('rows come with their keys, headers, partitions, offsets and times where a step names them', async () => {
    await broker.createTopic('meta', 2)
    await produce(broker, 'meta', [
      { partition: 0, key: 'a', value: '{"n":1}', headers: { trace: 't1' }, timestamp: '1714557600000' },
      { partition: 1, key: null, value: '{ "n": 2,\n "m": "x" }', timestamp: '1714557601000' },
      { partition: 1, key: 'b', value: '{}', timestamp: '1714557602000' },
    ])
    const bare = await run([...from('meta', '--until', 'latest'), 'filter', 'true'])
    assert.deepEqual(bare.stdout.trim().split('\n').sort(), ['{ "n": 2,  "m": "x" }', '{"n":1}', '{}'])
    const full = await run([...from('meta', '--until', 'latest', '-t', '_kafka.timestamp'), 'filter', 'true'])
    assert.deepEqual(full.stdout.trim().split('\n').sort(), [
      '{ "n": 2,  "m": "x" ,"_kafka":{"topic":"meta","partition":1,"offset":0,"timestamp":1714557601000,"key":null,"headers":{}}}',
      '{"_kafka":{"topic":"meta","partition":1,"offset":1,"timestamp":1714557602000,"key":"b","headers":{}}}',
      '{"n":1,"_kafka":{"topic":"meta","partition":0,"offset":0,"timestamp":1714557600000,"key":"a","headers":{"trace":"t1"}}}',
    ])
  })

  test('every compression is read, and offsets and times say where to begin', async () => {
    await broker.createTopic('packed')
    for (const [i, codec] of [0, 1, 2, 3].entries()) {
      const rows = Array.from({ length: 50 }, (_, k) => ({
        value: `{"n":${50 * i + k}}`,
        timestamp: `${1714557600000 + 50 * i + k}`,
      }))
      await produce(broker, 'packed', rows, codec)
    }
    const all = await run([...from('packed', '--until', 'latest'), 'aggregate', '-a', 'count(*) AS n, sum(n) AS total'])
    assert.equal(all.stdout, '{"n":200,"total":19900}\n', all.stderr)
    const some = await run([
      ...from('packed', '--until', 'latest', '--from', 'offsets:0=120'),
      'aggregate',
      '-a',
      'min(n) AS first',
    ])
    assert.equal(some.stdout, '{"first":120}\n')
    const later = await run([
      ...from('packed', '--until', 'latest', '--from', 'timestamp:1714557600150'),
      'aggregate',
      '-a',
      'min(n) AS first',
    ])
    assert.equal(later.stdout, '{"first":150}\n')
    const none = await run([
      ...from('packed', '--until', 'latest', '--from', 'latest'),
      'aggregate',
      '-a',
      'count(*) AS n',
    ])
    assert.equal(none.stdout, '', none.stderr)
  })

  test('rows of aborted transactions are left out, unless they are asked for', async () => {
    await broker.createTopic('undone')
    const producer = broker.client().producer({ transactionalId: 't', idempotent: true, maxInFlightRequests: 1 })
    await producer.connect()
    for (const [i, isKept] of [true, false, true, false].entries()) {
      const transaction = await producer.transaction()
      await transaction.send({ topic: 'undone', messages: [{ value: `{"n":${i}}` }] })
      await (isKept ? transaction.commit() : transaction.abort())
    }
    await producer.disconnect()
    const committed = await run([...from('undone', '--until', 'latest'), 'filter', 'true'])
    assert.equal(committed.stdout, '{"n":0}\n{"n":2}\n', committed.stderr)
    const all = await run([...from('undone', '--until', 'latest', '--isolation', 'uncommitted'), 'select', 'n'])
    assert.equal(all.stdout, '{"n":0}\n{"n":1}\n{"n":2}\n{"n":3}\n')
  })

  test('poison records go to the dead letters with their coordinates, tombstones are counted', async () => {
    await broker.createTopic('poison')
    await produce(broker, 'poison', [
      { value: '{"n":1}' },
      { value: 'oops' },
      { key: 'k', value: null },
      { value: '{"n":2}' },
    ])
    const bad = join(folder, 'bad.ndjson')
    const ended = await run([...from('poison', '--until', 'latest', '--on-error', bad), 'filter', 'true'])
    assert.equal(ended.stdout, '{"n":1}\n{"n":2}\n')
    assert.match(ended.stderr, /warning: 1 record without a value \(tombstones\) made no row \[W_KAFKA_TOMBSTONES\]/)
    assert.equal(
      readFileSync(bad, 'utf8'),
      '{"_error":{"code":"E_ROW_JSON","topic":"poison","partition":0,"offset":1,"reason":"expected a value, not \'o\'"},"_raw":"oops"}\n',
    )
    const failed = await run([...from('poison', '--until', 'latest'), 'filter', 'true'])
    assert.match(failed.stderr, /at poison\/0, offset 1, column 1/)
    assert.equal(failed.exit, 3)
    const rows = await run([
      ...from('poison', '--until', 'latest', '--tombstones', 'row', '--on-error', 'skip'),
      'filter',
      "_kafka.key = 'k'",
      'then',
      'select',
      '_kafka.offset AS o',
    ])
    assert.equal(rows.stdout, '{"o":2}\n')
  })

  test('partitions have watermarks of their own: one far ahead makes no rows of the others late', async () => {
    await broker.createTopic('apart', 3)
    const at = (minute: number) => `{"ts":"2024-05-01T10:${String(minute).padStart(2, '0')}:00Z"}`
    await produce(
      broker,
      'apart',
      Array.from({ length: 30 }, (_, k) => ({ partition: 0, value: at(30 + (k % 30)) })).sort(),
    )
    await produce(
      broker,
      'apart',
      Array.from({ length: 30 }, (_, k) => ({ partition: 1, value: at(k) })),
    )
    const ended = await run([...from('apart', '--until', 'latest', '-t', 'ts'), 'tumble', '30m'])
    assert.equal(ended.stderr, '')
    assert.match(ended.stdout, /10:00:00Z.*"count":30}\n.*10:30:00Z.*"count":30}\n/)
  })

  test('a partition in which nothing comes holds no window back where inputs may be idle', async () => {
    await broker.createTopic('quiet', 2)
    const values = ['{"ts":"2024-05-01T10:00:00Z"}', '{"ts":"2024-05-01T10:01:00Z"}']
    const words = from('quiet', '-t', 'ts', '--idle-timeout', '300ms')
    const running = start([...words, 'tumble', '1m'])
    await produce(
      broker,
      'quiet',
      values.map((value) => ({ partition: 0, value })),
    )
    await running.hasWritten
    running.child.kill('SIGTERM')
    const ended = await running.ended
    assert.match(ended.stdout, /^{"window_start":"2024-05-01T10:00:00Z",.*"count":1}\n$/, ended.stderr)
  })

  test('who begins at the latest rows sees those that come after, and goes on', async () => {
    await broker.createTopic('fresh', 1)
    await produce(broker, 'fresh', [{ value: '{"n":-1}' }])
    const running = start([...from('fresh', '--from', 'latest'), 'filter', 'true'])
    let isSeen = false
    running.hasWritten.finally(() => {
      isSeen = true
    })
    let n = 0
    for (; !isSeen; n += 1) await produce(broker, 'fresh', [{ value: `{"n":${n}}` }])
    running.child.kill('SIGTERM')
    const { stdout, stderr } = await running.ended
    const seen = stdout
      .trimEnd()
      .split('\n')
      .map((row) => (JSON.parse(row) as { n: number }).n)
    assert.ok(seen[0]! >= 0 && seen[0]! < n, stderr)
    assert.deepEqual(
      seen,
      seen.map((_, i) => seen[0]! + i),
    )
  })

  test('shares of the partitions are disjoint and complete; several topics are one input', async () => {
    await broker.createTopic('shared-a', 4)
    await broker.createTopic('shared-b', 1)
    await produce(
      broker,
      'shared-a',
      Array.from({ length: 40 }, (_, n) => ({ partition: n % 4, value: `{"n":${n}}` })),
    )
    await produce(broker, 'shared-b', [{ value: '{"n":100}' }])
    const counts = await Promise.all(
      ['1/2', '2/2'].map((shard) =>
        run([
          ...from('shared-a', '--topic', 'shared-b', '--until', 'latest', '--shard', shard),
          'aggregate',
          '-a',
          'count(*) AS n',
        ]),
      ),
    )
    assert.deepEqual(
      counts.map(({ stdout }) => stdout),
      ['{"n":21}\n', '{"n":20}\n'],
    )
  })

  test('the next run goes on at the offsets of the checkpoint, new partitions included; monitors see them in the group', async () => {
    await broker.createTopic('goes-on', 1)
    await produce(broker, 'goes-on', [{ value: '{"n":1}' }])
    const words = [
      ...from(
        'goes-on',
        '--until',
        'rows:1',
        '--at-eof',
        'suspend',
        '--state',
        join(folder, 'st'),
        '--group',
        'monitor',
      ),
      'filter',
      'true',
    ]
    assert.equal((await run(words)).stdout, '{"n":1}\n')
    await broker.admin((admin) => admin.createPartitions({ topicPartitions: [{ topic: 'goes-on', count: 2 }] }))
    await produce(broker, 'goes-on', [{ partition: 1, value: '{"n":2}' }])
    const second = await run(words)
    assert.equal(second.stdout, '{"n":2}\n', second.stderr)
    const lag = await run(['kafka', 'lag', '--state', join(folder, 'st')])
    assert.match(
      lag.stdout,
      /^TOPIC +PARTITION +OFFSET +END +LAG\ngoes-on +0 +1 +1 +0\ngoes-on +1 +1 +1 +0\n +total +0\n$/,
      lag.stderr,
    )
    const seen = await broker.admin((admin) => admin.fetchOffsets({ groupId: 'monitor', topics: ['goes-on'] }))
    assert.equal(seen[0]!.partitions.find(({ partition }) => partition === 0)?.offset, '1')
    await produce(
      broker,
      'goes-on',
      [3, 4].map((n) => ({ partition: 0, value: `{"n":${n}}` })),
    )
    const json = await run(['kafka', 'lag', '--state', join(folder, 'st'), '--json'])
    assert.deepEqual(
      json.stdout.split('\n', 2).map((line) => JSON.parse(line).lag),
      [2, 0],
      json.stderr,
    )
    const committed = await run([
      ...from('goes-on', '--until', 'latest', '--from', 'committed', '--group', 'monitor'),
      ...['filter', '_kafka.partition = 0', 'then', 'select', 'n'],
    ])
    assert.equal(committed.stdout, '{"n":3}\n{"n":4}\n', committed.stderr)
  })
})
