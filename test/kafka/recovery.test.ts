import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Broker, missing } from './broker.ts'
import { consume, produce, run, start } from './run.ts'

const why = missing('4.3.1')
const folder = mkdtempSync(join(tmpdir(), 'tidemark-recovery-'))
const ROWS = 6000
let broker: Broker

/** Rows of 8 users, each in one partition, in order. */
const rows = Array.from({ length: ROWS }, (_, n) => ({
  key: `u${n % 8}`,
  value: JSON.stringify({ id: n % 7 === 0 ? n - 1 : n, user: `u${n % 8}`, ts: 1714557600000 + n * 100 }),
}))

const job = (out: string, state: string, ...flags: string[]): string[] => [
  '--kafka',
  broker.address,
  '--topic',
  'in',
  '-t',
  'ts',
  '--to-kafka',
  broker.address,
  '--to-topic',
  out,
  '--kafka-key',
  'user',
  '--job',
  out,
  '--state',
  join(folder, state),
  '--checkpoint-interval',
  'rows:400',
  '--transaction-timeout',
  '10s',
  ...flags,
  'dedup',
  '--by',
  'id',
  '--within',
  '1m',
  'then',
  'tumble',
  '5s',
  '--by',
  'user',
  '-a',
  'count(*) AS n',
]

async function perKey(topic: string): Promise<Record<string, readonly string[]>> {
  const seen: Record<string, string[]> = {}
  for (const { key, value } of await consume(broker, topic)) {
    seen[String(key)] ??= []
    seen[String(key)]!.push(String(value))
  }
  return seen
}

describe('exactly once from Kafka to Kafka', {
  skip: why !== null && process.env['CI'] !== 'true' ? why : false,
}, () => {
  let undisturbed: Record<string, readonly string[]>

  before(async () => {
    assert.equal(why, null)
    broker = await Broker.start()
    await broker.createTopic('in', 3)
    await produce(broker, 'in', rows)
    await broker.createTopic('calm', 2)
    const ended = await run(job('calm', 'calm', '--until', 'latest'))
    assert.equal(ended.exit, 0, ended.stderr)
    undisturbed = await perKey('calm')
    assert.equal(Object.keys(undisturbed).length, 8)
  })
  after(async () => {
    await broker?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  test('killed at random moments, each key has the output of a run that was not', async () => {
    await broker.createTopic('killed', 2)
    let kills = 0
    for (;;) {
      const running = start(job('killed', 'killed', '--until', 'latest'))
      // in the end it is left alone
      const wait = kills < 10 ? 300 + ((kills * 137) % 700) : 60_000
      const timer = setTimeout(() => running.child.kill('SIGKILL'), wait)
      const { exit, stderr } = await running.ended
      clearTimeout(timer)
      if (exit === 0) break
      assert.equal(exit, null, stderr)
      kills += 1
    }
    assert.deepEqual(await perKey('killed'), undisturbed, `killed ${kills} times`)
  })

  test('the broker killed and restarted in the middle, and the job killed too', async () => {
    await broker.createTopic('broken', 2)
    const running = start(job('broken', 'broken', '--until', 'latest'))
    await sleep(450)
    await broker.kill()
    setTimeout(() => running.child.kill('SIGKILL'), 300)
    await Promise.all([broker.restart(), running.ended])
    const second = start(job('broken', 'broken', '--until', 'latest'))
    await sleep(350)
    await broker.kill()
    await broker.restart()
    let ended = await second.ended
    // out of reach for too long: whoever started it starts it again
    while (ended.exit === 12) ended = await run(job('broken', 'broken', '--until', 'latest'))
    assert.equal(ended.exit, 0, ended.stderr)
    assert.deepEqual(await perKey('broken'), undisturbed)
  })

  test('two processes with copies of one state: the second shuts the first one out, and no row is doubled', async () => {
    await broker.createTopic('twice', 2)
    const first = start(job('twice', 'one', '--idle-timeout', '10s'))
    await sleep(1200)
    first.child.kill('SIGSTOP')
    cpSync(join(folder, 'one'), join(folder, 'two'), { recursive: true })
    const second = await run(job('twice', 'two', '--until', 'latest'))
    first.child.kill('SIGCONT')
    if (second.exit === 0) {
      await produce(
        broker,
        'in',
        rows.slice(0, 1200).map((row) => ({ ...row, value: row.value.replace('"ts":1714557', '"ts":1714558') })),
      )
      const fenced = await first.ended
      assert.equal(fenced.exit, 8, fenced.stderr)
      assert.match(fenced.stderr, /another process writes to Kafka .* as job 'twice' \[E_KAFKA_FENCED\]/)
      const seen = await perKey('twice')
      for (const [key, values] of Object.entries(seen)) assert.deepEqual(values, undisturbed[key])
    } else {
      // the copy was made between a commit and its note: then it is told that the sink is ahead
      assert.match(second.stderr, /E_SINK_REWIND/)
      first.child.kill('SIGKILL')
      await first.ended
    }
  })

  test('a mark that the cluster has forgotten is made anew where all was confirmed', async () => {
    await broker.createTopic('forgotten', 1)
    const state = [
      '--state',
      join(folder, 'forgotten'),
      '--until',
      'rows:3000',
      '--at-eof',
      'suspend',
      '--job',
      'forgotten',
    ]
    const out = ['--to-kafka', broker.address, '--to-topic', 'forgotten']
    const words = ['--kafka', broker.address, '--topic', 'in', ...state, ...out, 'filter', '_kafka.partition >= 0']
    const first = await run(words)
    assert.equal(first.exit, 0, first.stderr)
    const before = (await consume(broker, 'forgotten')).length
    assert.ok(before > 0)
    await broker.admin((admin) => admin.deleteGroups(['tidemark.forgotten.rows']))
    const second = await run(words)
    assert.equal(second.exit, 0, second.stderr)
    const values = (await consume(broker, 'forgotten')).map(({ value }) => value)
    assert.ok(values.length > before)
    assert.equal(new Set(values).size, values.length, 'no row came twice')
  })
})
