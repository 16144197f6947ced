import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TidemarkError } from '../../src/base/errors.ts'
import { SegmentedSink } from '../../src/sinks/segmented.ts'
import type { LastCommit } from '../../src/sinks/sink.ts'
import { surviveEveryCrash } from './epoch-harness.ts'
import { ForgetfulDisk } from './forgetful-disk.ts'
import { TransactionLog } from './transaction-log.ts'

const SEGMENTS = '/state/segments'

interface Options {
  readonly incarnation?: string
  readonly allowRewind?: boolean
}

const newSink = (log: TransactionLog, disk: ForgetfulDisk, options: Options = {}): SegmentedSink =>
  new SegmentedSink({
    target: log.client(disk),
    disk,
    segments: SEGMENTS,
    incarnation: 'first',
    allowRewind: false,
    ...options,
  })

test('a sink that cannot prepare survives every crash of the process and of the machine', async () => {
  const steps = await surviveEveryCrash({
    createPlace() {
      const disk = new ForgetfulDisk([SEGMENTS])
      const log = new TransactionLog()
      return { disk, createSink: () => newSink(log, disk), contents: () => log.text }
    },
    epochs: [['a\n', 'b\n'], [], ['c\n'], [`${'d'.repeat(2_500_000)}\n`]],
    write: (sink, row: string) => sink.write(Buffer.from(row)),
  })
  assert.ok(steps > 40)
})

const bigRows = (from: number) => Array.from({ length: 5 }, (_, i) => `${from + i}${'x'.repeat(700_000)}\n`)

test('an epoch that would keep a transaction open for long goes in several, over every crash', async () => {
  let parts = 0
  await surviveEveryCrash({
    createPlace() {
      const disk = new ForgetfulDisk([SEGMENTS])
      const log = new TransactionLog()
      const createSink = () =>
        new SegmentedSink({
          target: log.client(disk, { due: 1 }),
          disk,
          segments: SEGMENTS,
          incarnation: 'first',
          allowRewind: false,
        })
      return {
        disk,
        createSink,
        contents: () => {
          parts = log.transactions.filter(({ marker }) => marker.bytes !== undefined).length
          return log.text
        },
      }
    },
    epochs: [['a\n'], bigRows(1), bigRows(6)],
    write: (sink, row: string) => sink.write(Buffer.from(row)),
  })
  assert.ok(parts > 2, `${parts} parts`)
})

test('a transaction that is lost is sent again, unless its mark says that it was committed', async () => {
  for (const fate of ['before', 'after'] as const) {
    for (const which of [2, 3, 4]) {
      const disk = new ForgetfulDisk([SEGMENTS])
      const log = new TransactionLog()
      const target = log.client(disk, { due: 1, lost: (commit) => (commit === which ? fate : false) })
      const sink = new SegmentedSink({ target, disk, segments: SEGMENTS, incarnation: 'first', allowRewind: false })
      await sink.open()
      await sink.recover(null)
      for (const row of bigRows(1)) sink.write(Buffer.from(row))
      await sink.commit(1, await sink.prepare(1))
      assert.equal(log.text, bigRows(1).join(''), `${fate} ${which}`)
      assert.deepEqual(log.transactions.at(-1)?.marker, { incarnation: 'first', epoch: 1 })
    }
  }
})

/** A job of two epochs and one that is prepared. */
async function leftBehind() {
  const disk = new ForgetfulDisk([SEGMENTS])
  const log = new TransactionLog()
  const sink = newSink(log, disk)
  await sink.open()
  await sink.recover(null)
  const commits: LastCommit[] = []
  for (const epoch of [1, 2]) {
    sink.write(Buffer.from(`${epoch}\n`))
    const committable = await sink.prepare(epoch)
    await sink.commit(epoch, committable)
    commits.push({ epoch, committable, isConfirmed: true })
  }
  sink.write(Buffer.from('3\n'))
  commits.push({ epoch: 3, committable: await sink.prepare(3), isConfirmed: false })
  return { disk, log, sink, commits }
}

async function refusal(sink: SegmentedSink, last: LastCommit | null): Promise<string> {
  await sink.open()
  try {
    await sink.recover(last)
  } catch (error) {
    assert.ok(error instanceof TidemarkError)
    return error.render()
  }
  return 'none'
}

test('a state that begins where another one began and wrote no row is not refused', async () => {
  const disk = new ForgetfulDisk([SEGMENTS])
  const log = new TransactionLog()
  assert.equal(await refusal(newSink(log, disk), null), 'none')
  const second = newSink(log, disk, { incarnation: 'second' })
  assert.equal(await refusal(second, null), 'none')
  second.write(Buffer.from('a\n'))
  await second.commit(1, await second.prepare(1))
  assert.equal(log.text, 'a\n')
})

test('an older copy of the state, a reset one, and one from a savepoint are refused; --allow-rewind goes on and skips nothing', async () => {
  const { disk, log, commits } = await leftBehind()
  assert.equal(
    await refusal(newSink(log, disk), commits[0]!),
    'tidemark: log holds rows of this state up to epoch 2; here it is at epoch 1 [E_SINK_REWIND]\n' +
      '  hint: go on with the newest state; or --allow-rewind, and rows since then may be in the sink twice',
  )
  const other = { incarnation: 'second' }
  for (const last of [null, { ...commits[0]!, committable: { segment: null, previous: 0 } }]) {
    assert.match(
      await refusal(newSink(log, disk, other), last),
      /log holds rows of another state of this job up to epoch 2/,
    )
  }
  const sink = newSink(log, disk, { ...other, allowRewind: true })
  await sink.open()
  await sink.recover(null)
  sink.write(Buffer.from('again\n'))
  await sink.commit(1, await sink.prepare(1))
  assert.equal(log.text, '1\n2\nagain\n')
  assert.equal(
    await refusal(newSink(log, disk, other), {
      epoch: 1,
      committable: { segment: null, previous: 1 },
      isConfirmed: true,
    }),
    'none',
  )
})

test('the mark of another state says nothing about this one, also where its epoch has the same number', async () => {
  for (const epochs of [2, 3]) {
    const { disk, log, commits } = await leftBehind()
    const other = newSink(log, new ForgetfulDisk([SEGMENTS]), { incarnation: 'second', allowRewind: true })
    await other.open()
    await other.recover(null)
    for (let epoch = 1; epoch <= epochs; epoch += 1) {
      other.write(Buffer.from(`other ${epoch}\n`))
      await other.commit(epoch, await other.prepare(epoch))
    }
    const text = log.text
    for (const last of [commits[2]!, commits[1]!])
      assert.match(await refusal(newSink(log, disk), last), /holds rows of another state of this job up to epoch/)
    assert.equal(log.text, text)
    assert.equal(await refusal(newSink(log, disk, { allowRewind: true }), commits[2]!), 'none')
    assert.equal(log.text, `${text}3\n`, 'what was on its way is not skipped')
  }
})

test('a mark that is missing or behind is an error, never a guess', async () => {
  const { disk, log, commits } = await leftBehind()
  const kept = [...log.transactions]
  log.transactions.length = 0
  assert.equal(
    await refusal(newSink(log, disk), commits[2]!),
    'tidemark: log has no mark of this job, but held its epoch 2 [E_SINK_MARKER]\n' +
      '  hint: was the sink restored from a backup, or its mark removed? begin anew: tidemark state reset, and --allow-rewind',
  )
  log.transactions.push(...kept.slice(0, 2))
  assert.match(await refusal(newSink(log, disk), commits[2]!), /log is at epoch 1, but had confirmed epoch 2/)
  assert.match(await refusal(newSink(log, disk), commits[1]!), /log is at epoch 1, but had confirmed epoch 2/)
  log.transactions.push(...kept.slice(2))
  assert.equal(await refusal(newSink(log, disk), commits[2]!), 'none')
  assert.equal(log.text, '1\n2\n3\n')
  assert.deepEqual(disk.names(SEGMENTS), [])
})

test('a first epoch whose mark got lost before it was confirmed is not committed blindly', async () => {
  const disk = new ForgetfulDisk([SEGMENTS])
  const log = new TransactionLog()
  const sink = newSink(log, disk)
  await sink.open()
  await sink.recover(null)
  sink.write(Buffer.from('1\n'))
  const committable = await sink.prepare(1)
  log.transactions.length = 0
  assert.match(await refusal(newSink(log, disk), { epoch: 1, committable, isConfirmed: false }), /E_SINK_MARKER/)
  assert.equal(log.text, '')
})

test('a process that was thought dead cannot commit once another has taken over', async () => {
  const { disk, log, sink: zombie, commits } = await leftBehind()
  const next = newSink(log, disk)
  await next.open()
  await assert.rejects(zombie.commit(3, commits[2]!.committable), /fenced/)
  await next.recover(commits[2]!)
  assert.equal(log.text, '1\n2\n3\n')
  await assert.rejects(zombie.commit(3, commits[2]!.committable))
  assert.equal(log.text, '1\n2\n3\n')
})
