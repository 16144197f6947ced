import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Broker, missing, RELEASES } from './broker.ts'
import { consume, produce, run, start } from './run.ts'
import { sharedBroker } from './shared-broker.ts'

const why = missing(RELEASES[0])
const folder = mkdtempSync(join(tmpdir(), 'tidemark-refusals-'))
let broker: Broker

describe('what a cluster cannot give', { skip: why !== null && process.env['CI'] !== 'true' ? why : false }, () => {
  before(async () => {
    assert.equal(why, null)
    broker = await sharedBroker()
  })
  after(async () => {
    rmSync(folder, { recursive: true, force: true })
  })

  const from = (topic: string, ...words: string[]) => ['--kafka', broker.address, '--topic', topic, ...words]
  const rows = (count: number) => Array.from({ length: count }, (_, n) => ({ value: `{"n":${n}}` }))

  test('a topic that is not there is told with the nearest name, or waited for', async () => {
    await broker.createTopic('orders')
    const { stderr, exit } = await run([...from('ordres', '--until', 'latest'), 'filter', 'true'])
    assert.equal(
      stderr,
      `tidemark: no topic 'ordres' at ${broker.address} [E_KAFKA_TOPIC]\n  hint: did you mean 'orders'?\n`,
    )
    assert.equal(exit, 12)
    const sink = ['--to-kafka', broker.address, '--to-topic', 'ordres', 'filter', 'true']
    for (const state of [[], ['--state', join(folder, 'ordres'), '--job', 'ordres']]) {
      const refused = await run([...from('orders', '--until', 'latest'), ...state, ...sink])
      assert.equal(refused.stderr, stderr)
      assert.equal(refused.exit, 12)
    }
  })

  test('a topic to write to that is deleted meanwhile ends the run', async () => {
    await broker.createTopic('busy')
    await broker.createTopic('dying')
    await produce(broker, 'busy', rows(1))
    const state = ['--state', join(folder, 'dying'), '--job', 'dying', '--checkpoint-interval', 'rows:1']
    const running = start([
      ...from('busy', ...state),
      ...['--to-kafka', broker.address, '--to-topic', 'dying', 'filter', 'true'],
    ])
    const end = () => broker.admin(async (admin) => (await admin.fetchTopicOffsets('dying'))[0]!.high)
    while ((await end()) === '0') await sleep(50)
    await broker.admin((admin) => admin.deleteTopics({ topics: ['dying'] }))
    await produce(broker, 'busy', rows(5))
    const { stderr, exit } = await running.ended
    assert.match(stderr, /^tidemark: no topic 'dying' at .* \[E_KAFKA_TOPIC\]\n/)
    assert.equal(exit, 12)
  })

  test('a place to begin at that is none is refused, or told', async () => {
    await broker.createTopic('placed', 2)
    await produce(broker, 'placed', [{ partition: 0, value: '{"n":1}' }])
    const words = (...some: string[]) => [...from('placed', '--until', 'latest', ...some), 'select', 'n']
    const beyond = await run(words('--from', 'offsets:placed/1=0,2=7'))
    assert.equal(
      beyond.stderr,
      'tidemark: there is no partition 2 to begin at offset 7 [E_FLAG_VALUE]\n  hint: partitions are counted from 0: placed has 2\n',
    )
    assert.equal(beyond.exit, 2)
    const strange = await run(words('--from', 'committed', '--group', 'strange'))
    assert.match(
      strange.stderr,
      /warning: group strange has no offset of placed\/0, placed\/1: read from the beginning/,
    )
    assert.deepEqual({ stdout: strange.stdout, exit: strange.exit }, { stdout: '{"n":1}\n', exit: 0 })
    const share = await run(words('--shard', '3/3'))
    assert.match(share.stderr, /warning: share 3\/3 has no partition: placed has 2 \[W_KAFKA_EMPTY\]/)
    assert.deepEqual({ stdout: share.stdout, exit: share.exit }, { stdout: '', exit: 0 })
  })

  test('rows that are gone end the run, unless it is said where to go on', async () => {
    await broker.createTopic('gone')
    await produce(broker, 'gone', rows(20))
    await broker.admin(async (admin) => {
      await admin.fetchTopicMetadata({ topics: ['gone'] })
      await admin.deleteTopicRecords({ topic: 'gone', partitions: [{ partition: 0, offset: '15' }] })
    })
    const words = [
      ...from('gone', '--until', 'latest', '--from', 'offsets:0=5'),
      'aggregate',
      '-a',
      'min(n) AS first, count(*) AS n',
    ]
    const refused = await run(words)
    assert.match(
      refused.stderr,
      /rows at .* are gone: gone\/0 is to be read on at offset 5, but has the offsets 15 to 20 only \[E_KAFKA_OFFSET\]/,
    )
    assert.equal(refused.exit, 6)
    const earliest = await run(['--lost-offset', 'earliest', ...words])
    assert.equal(earliest.stdout, '{"first":15,"n":5}\n', earliest.stderr)
    assert.match(earliest.stderr, /W_KAFKA_OFFSET/)
  })

  test('an offset behind the last row is no place to begin', async () => {
    await broker.createTopic('short')
    await produce(broker, 'short', rows(3))
    const words = [...from('short', '--until', 'rows:3', '--from', 'offsets:0=500'), 'select', 'n']
    const refused = await run(words)
    assert.match(
      refused.stderr,
      /short\/0 is to be read on at offset 500, but has the offsets 0 to 3 only \[E_KAFKA_OFFSET\]/,
    )
    assert.equal(refused.exit, 6)
    const earliest = await run(['--lost-offset', 'earliest', ...words])
    assert.equal(earliest.stdout, '{"n":0}\n{"n":1}\n{"n":2}\n', earliest.stderr)
    const bounded = await run([...from('short', '--until', 'latest', '--from', 'offsets:0=500'), 'filter', 'true'])
    assert.deepEqual({ stdout: bounded.stdout, exit: bounded.exit }, { stdout: '', exit: 0 }, bounded.stderr)
  })

  test('a topic that was made anew between two runs is no longer the same', async () => {
    await broker.createTopic('anew')
    await produce(broker, 'anew', rows(5))
    const words = [
      ...from('anew', '--until', 'rows:3', '--at-eof', 'suspend', '--state', join(folder, 'anew')),
      'filter',
      'true',
    ]
    assert.equal((await run(words)).exit, 0)
    await broker.admin((admin) => admin.deleteTopics({ topics: ['anew'] }))
    await sleep(500)
    await broker.createTopic('anew')
    await produce(broker, 'anew', rows(5))
    const refused = await run(words)
    assert.match(refused.stderr, /topic anew was deleted and made anew \[E_KAFKA_OFFSET\]/)
    const goesOn = await run(['--lost-offset', 'earliest', ...words])
    assert.equal(goesOn.stdout, '{"n":0}\n{"n":1}\n{"n":2}\n', goesOn.stderr)
  })

  test('a topic that is deleted while it is read ends the run', async () => {
    await broker.createTopic('deleted')
    await produce(broker, 'deleted', rows(3))
    const running = start([...from('deleted'), 'filter', 'true'])
    await running.hasWritten
    await broker.admin((admin) => admin.deleteTopics({ topics: ['deleted'] }))
    const { stderr, exit } = await running.ended
    assert.match(stderr, /topic deleted at .* was deleted while it was read \[E_KAFKA_TOPIC\]/)
    assert.equal(exit, 12)
  })

  test('a row that is too large is refused by name of the limit', async () => {
    await broker.createTopic('narrow', 1, { 'max.message.bytes': '2000' })
    await broker.createTopic('wide')
    await produce(broker, 'wide', [{ value: JSON.stringify({ pad: 'x'.repeat(5000) }) }])
    const { stderr, exit } = await run([
      ...from('wide', '--until', 'latest'),
      '--to-kafka',
      broker.address,
      '--to-topic',
      'narrow',
      'filter',
      'true',
    ])
    assert.match(
      stderr,
      /does not take a row: it is too large \[E_KAFKA_RECORD\]\n {2}hint: the topic's max.message.bytes/,
    )
    assert.equal(exit, 10)
  })

  test('a transaction may not be open longer than the cluster allows', async () => {
    await broker.createTopic('slow')
    const words = [
      '--transaction-timeout',
      '1h',
      '--job',
      'slow',
      '--state',
      join(folder, 'slow'),
      '--to-kafka',
      broker.address,
      '--to-topic',
      'slow',
    ]
    const { stderr } = await run([...from('wide', '--until', 'latest'), ...words, 'filter', 'true'])
    assert.match(stderr, /does not allow a transaction to be open so long \[E_KAFKA_ANSWER\]/)
  })

  test('no transaction is open while rows are waited for, however long an epoch is', async () => {
    await broker.createTopic('patient-in', 1)
    await broker.createTopic('patient', 1)
    await produce(broker, 'patient-in', [{ value: '{"n":1}' }])
    const pipeline = join(folder, 'patient.yaml')
    writeFileSync(
      pipeline,
      `tidemark: 1
sources: { rows: { kafka: { brokers: "${broker.address}", topic: patient-in } } }
steps: [{ name: all, filter: "true" }]
sinks:
  seen: { from: all, file: "-" }
  kept: { from: all, kafka: { brokers: "${broker.address}", topic: patient, job: patient, transaction-timeout: 1s } }
`,
    )
    const words = ['run', pipeline, '--state', join(folder, 'patient'), '--checkpoint-interval', '10m']
    const running = start(words)
    await running.hasWritten
    await sleep(2000)
    const isSecondSeen = once(running.child.stdout!, 'data')
    await produce(broker, 'patient-in', [{ value: '{"n":2}' }])
    await isSecondSeen
    running.child.kill('SIGTERM')
    const { exit, stderr } = await running.ended
    assert.equal(exit, 0, stderr)
    assert.deepEqual(
      (await consume(broker, 'patient')).map(({ value }) => value),
      ['{"n":1}', '{"n":2}'],
    )
  })

  test('topics by a field of the row, upserts with tombstones, headers', async () => {
    await broker.createTopic('by-a', 1)
    await broker.createTopic('by-b', 1)
    await broker.createTopic('kinds')
    await produce(
      broker,
      'kinds',
      ['a', 'b', 'a'].map((kind, n) => ({ value: JSON.stringify({ kind, n }) })),
    )
    const routed = await run([
      ...from('kinds', '--until', 'latest'),
      '--to-kafka',
      broker.address,
      '--to-topic',
      'by-{kind}',
      '--kafka-key',
      'n',
      '--kafka-header',
      'kind: upper(kind)',
      'filter',
      'true',
    ])
    assert.equal(routed.exit, 0, routed.stderr)
    assert.deepEqual(await consume(broker, 'by-a'), [
      { partition: 0, key: '0', value: '{"kind":"a","n":0}', headers: { kind: 'A' } },
      { partition: 0, key: '2', value: '{"kind":"a","n":2}', headers: { kind: 'A' } },
    ])
    await broker.createTopic('table', 1, { 'cleanup.policy': 'compact' })
    const upserts = await run([
      ...from('kinds', '--until', 'latest'),
      '--to-kafka',
      broker.address,
      '--to-topic',
      'table',
      '--changelog',
      'upsert',
      'aggregate',
      '-b',
      'kind',
      '-a',
      'count(*) AS n',
      '--emit',
      'changes',
      'then',
      'filter',
      'n < 2',
    ])
    assert.equal(upserts.exit, 0, upserts.stderr)
    assert.deepEqual(
      (await consume(broker, 'table')).map(({ key, value }) => [key, value]),
      [
        ['{"kind":"a"}', '{"kind":"a","n":1}'],
        ['{"kind":"b"}', '{"kind":"b","n":1}'],
        ['{"kind":"a"}', null],
      ],
    )
  })
})
