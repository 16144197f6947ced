import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { TidemarkError } from '../../src/base/errors.ts'
import { EpochFileSink } from '../../src/sinks/epoch-file.ts'
import type { LastCommit } from '../../src/sinks/sink.ts'
import { surviveEveryCrash } from './epoch-harness.ts'
import { ForgetfulDisk } from './forgetful-disk.ts'

const FILE = '/out/rows.ndjson'
const SEGMENTS = '/state/segments'

const newDisk = (): ForgetfulDisk => new ForgetfulDisk(['/out', SEGMENTS])
const newSink = (disk: ForgetfulDisk, append = false): EpochFileSink =>
  new EpochFileSink(FILE, { append, segments: SEGMENTS, disk })

const rowsOf = (epoch: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `{"epoch":${epoch},"row":${i}}\n`)

const trialOf = (epochs: readonly (readonly string[])[], before = '') => ({
  createPlace() {
    const disk = newDisk()
    if (before) disk.put(FILE, before)
    return { disk, createSink: () => newSink(disk, before !== ''), contents: () => disk.text(FILE) }
  },
  epochs,
  write: (sink: EpochFileSink, row: string) => sink.write(Buffer.from(row)),
})

test('a file survives every crash of the process and of the machine', async () => {
  const steps = await surviveEveryCrash(trialOf([rowsOf(1, 3), [], rowsOf(3, 1), ['x'.repeat(200_000), '\n']]))
  assert.ok(steps > 40)
})

test('so does one that held something before, under --append', async () => {
  await surviveEveryCrash(trialOf([rowsOf(1, 2), rowsOf(2, 2)], '{"before":1}\n'))
})

test('random epochs survive a random crash', async () => {
  const epochs = fc.array(fc.array(fc.string({ maxLength: 40 }), { maxLength: 5 }), { minLength: 1, maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(epochs, async (some) => {
      await surviveEveryCrash(trialOf(some.map((rows) => rows.map((row) => `${JSON.stringify(row)}\n`))))
    }),
    { numRuns: 8 },
  )
})

test('readers see rows of decided epochs only, and no segment stays behind', async () => {
  const disk = newDisk()
  const sink = newSink(disk)
  await sink.open()
  await sink.recover(null)
  sink.write(Buffer.from('a\n'))
  await sink.drain()
  const committable = await sink.prepare(1)
  sink.write(Buffer.from('b\n'))
  await sink.drain()
  assert.equal(disk.text(FILE), '')
  await sink.commit(1, committable)
  assert.equal(disk.text(FILE), 'a\n')
  await sink.close()
  assert.equal(disk.text(FILE), 'a\n')
  assert.deepEqual(disk.names(SEGMENTS), [])
})

/** A job that has written `a\n` and `b\n` in two epochs, and what its store says. */
async function leftBehind(): Promise<{ disk: ForgetfulDisk; last: LastCommit }> {
  const disk = newDisk()
  const sink = newSink(disk)
  await sink.open()
  await sink.recover(null)
  let committable: unknown = null
  for (const [i, row] of ['a\n', 'b\n'].entries()) {
    sink.write(Buffer.from(row))
    committable = await sink.prepare(i + 1)
    await sink.commit(i + 1, committable)
  }
  await sink.close()
  return { disk, last: { epoch: 2, committable: JSON.parse(JSON.stringify(committable)), isConfirmed: true } }
}

/** What a restart says after something was done to the file. */
async function restart(meddle: (disk: ForgetfulDisk) => unknown, append = false): Promise<string> {
  const { disk, last } = await leftBehind()
  await meddle(disk)
  const sink = newSink(disk, append)
  await sink.open()
  try {
    await sink.recover(last)
  } catch (error) {
    assert.ok(error instanceof TidemarkError)
    return error.render()
  }
  sink.write(Buffer.from('c\n'))
  await sink.commit(3, await sink.prepare(3))
  return disk.text(FILE)
}

test('a file that is not as it was left is refused, each change in its own words', async () => {
  const nothing = await restart(() => {})
  assert.equal(nothing, 'a\nb\nc\n')
  assert.equal(
    await restart((disk) => disk.put(FILE, 'a\nb\nforeign\n')),
    'tidemark: /out/rows.ndjson has 8 bytes that this job did not write [E_OUTPUT_CHANGED]\n' +
      '  hint: they came since the last run, from another process or a later run of this job; keep them elsewhere, then: truncate -s 4 /out/rows.ndjson; or --allow-rewind goes on behind them, and rows may be in it twice',
  )
  assert.equal(
    await restart((disk) => disk.put(FILE, 'a\n')),
    'tidemark: /out/rows.ndjson was cut short since the last run: 2 of 4 bytes are left [E_OUTPUT_CHANGED]\n' +
      '  hint: put the file back, or move it away and add --append to begin a new one',
  )
  assert.equal(
    await restart((disk) => disk.put(FILE, '')),
    'tidemark: /out/rows.ndjson was cut short since the last run: 0 of 4 bytes are left [E_OUTPUT_CHANGED]\n' +
      '  hint: put the file back, or add --append to begin anew',
  )
  assert.equal(
    await restart((disk) => disk.put(FILE, 'A\nb\n')),
    'tidemark: /out/rows.ndjson was written over since the last run [E_OUTPUT_CHANGED]\n' +
      '  hint: put the file back, or move this one away and add --append to begin a new one',
  )
  assert.equal(
    await restart((disk) => disk.remove(FILE)),
    'tidemark: /out/rows.ndjson was removed since the last run: it held 4 bytes [E_OUTPUT_CHANGED]\n' +
      '  hint: put it back, or add --append to begin a new one',
  )
  assert.equal(
    await restart((disk) => disk.rename(FILE, `${FILE}.1`)),
    'tidemark: /out/rows.ndjson was renamed to /out/rows.ndjson.1 since the last run [E_OUTPUT_CHANGED]\n' +
      '  hint: move it back, or add --append to begin a new file; the parts that --roll makes need no rotation',
  )
})

test('another file of the same content is as good', async () => {
  const copied = await restart(async (disk) => {
    await disk.remove(FILE)
    disk.put(FILE, 'a\nb\n')
  })
  assert.equal(copied, 'a\nb\nc\n')
})

test('under --append a file that was moved away or emptied begins anew, and nothing else is taken', async () => {
  assert.equal(await restart((disk) => disk.remove(FILE), true), 'c\n')
  assert.equal(await restart((disk) => disk.rename(FILE, `${FILE}.1`), true), 'c\n')
  assert.equal(await restart((disk) => disk.put(FILE, ''), true), 'c\n')
  assert.match(await restart((disk) => disk.put(FILE, 'x\n'), true), /was cut short/)
  assert.match(await restart((disk) => disk.put(FILE, 'a\nb\nx\n'), true), /has 2 bytes that this job did not write/)
})

test('what happens to the file while the job runs is noticed at the next commit, and no foreign byte is lost', async () => {
  const { disk, last } = await leftBehind()
  const sink = newSink(disk)
  await sink.open()
  await sink.recover(last)
  sink.write(Buffer.from('c\n'))
  const committable = await sink.prepare(3)
  disk.put(FILE, 'a\nb\nforeign\n')
  await assert.rejects(sink.commit(3, committable), /has 8 bytes that this job did not write/)
  assert.equal(disk.text(FILE), 'a\nb\nforeign\n')
  disk.put(FILE, 'a\nb\n')
  await sink.commit(3, committable)
  assert.equal(disk.text(FILE), 'a\nb\nc\n')
  await disk.rename(FILE, `${FILE}.1`)
  sink.write(Buffer.from('d\n'))
  await assert.rejects(sink.commit(4, await sink.prepare(4)), /was renamed to .* while this job was running/)
})

test('a file that holds something at the first start needs --append', async () => {
  const disk = newDisk()
  disk.put(FILE, 'old\n')
  const sink = newSink(disk)
  await sink.open()
  await assert.rejects(
    sink.recover(null),
    (error) =>
      error instanceof TidemarkError &&
      error.render() ===
        'tidemark: /out/rows.ndjson holds 4 bytes that are not of this state [E_OUTPUT]\n' +
          '  hint: --append writes behind them; or name another file',
  )
  assert.equal(disk.text(FILE), 'old\n')
})

test('a segment that is gone or damaged while its epoch waits is told, and nothing is written', async () => {
  for (const harm of ['remove', 'damage'] as const) {
    const disk = newDisk()
    const sink = newSink(disk)
    await sink.open()
    await sink.recover(null)
    sink.write(Buffer.from('a\n'))
    const committable = await sink.prepare(1)
    const segment = `${SEGMENTS}/${disk.names(SEGMENTS)[0]}`
    if (harm === 'remove') await disk.remove(segment)
    else disk.put(segment, 'b\n')
    disk.restart('process')
    const next = newSink(disk)
    await next.open()
    const message = harm === 'remove' ? /is gone; it held 1 row for/ : /is not what was written; it held 1 row for/
    await assert.rejects(next.recover({ epoch: 1, committable, isConfirmed: false }), message)
    assert.equal(disk.text(FILE), '')
  }
})
