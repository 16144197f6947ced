import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PART_MARK } from '../../src/sinks/part-publisher.ts'
import { type PartsOptions, PartsSink } from '../../src/sinks/parts.ts'
import { surviveEveryCrash } from './epoch-harness.ts'
import { ForgetfulDisk } from './forgetful-disk.ts'

interface Row {
  readonly path: string
  readonly text: string
  readonly end?: number
  readonly watermark?: number
}

const newSink = (disk: ForgetfulDisk, options: Partial<PartsOptions> = {}): PartsSink =>
  new PartsSink({ name: 'out/{x}', folder: '/out', size: null, append: false, incarnation: 'first', disk, ...options })

function write(sink: PartsSink, row: Row | 'end'): void {
  if (row === 'end') sink.end()
  else {
    sink.advance(row.watermark ?? -Infinity)
    sink.writeRow(row.path, row.end ?? Infinity, Buffer.from(row.text))
  }
}

/** All visible parts, and how many hidden ones are left. */
function visible(disk: ForgetfulDisk): string {
  const lines = disk
    .folders()
    .flatMap((folder) =>
      disk
        .names(folder)
        .map((name) => (name.startsWith('.') ? 'hidden' : `${folder}/${name}: ${disk.text(`${folder}/${name}`)}`)),
    )
  return lines.sort().join('\n')
}

const ROWS: readonly (readonly (Row | 'end')[])[] = [
  [
    { path: '/out/a', text: '1\n', end: 10 },
    { path: '/out/b/c', text: '2\n' },
  ],
  [
    { path: '/out/a', text: '3\n', end: 10, watermark: 5 },
    { path: '/out/b/d', text: '4\n', end: 30, watermark: 9 },
    { path: '/out/a', text: '5\n', end: 10, watermark: 9 },
  ],
  [],
  [{ path: '/out/b/c', text: '6666666\n', watermark: 40 }, { path: '/out/b/c', text: '7\n' }, 'end'],
]

test('parts survive every crash of the process and of the machine', async () => {
  const trial = (size: number | null) => ({
    createPlace() {
      const disk = new ForgetfulDisk(['/', '/out'])
      return { disk, createSink: () => newSink(disk, { size }), contents: () => visible(disk) }
    },
    epochs: ROWS,
    write,
  })
  assert.ok((await surviveEveryCrash(trial(null))) > 40)
  await surviveEveryCrash(trial(4))
})

async function runWhole(
  rows: readonly (Row | 'end')[],
  options: Partial<PartsOptions>,
  disk = new ForgetfulDisk(['/out']),
) {
  const sink = newSink(disk, { incarnation: null, ...options })
  await sink.open()
  await sink.recover(null)
  for (const row of rows) {
    write(sink, row)
    if (sink.needsDrain) await sink.drain()
  }
  await sink.close()
  return disk
}

test('where parts end does not depend on checkpoints', async () => {
  const cut = new ForgetfulDisk(['/out'])
  const sink = newSink(cut, { size: 4 })
  await sink.open()
  await sink.recover(null)
  for (const [i, rows] of ROWS.entries()) {
    for (const row of rows) write(sink, row)
    await sink.commit(i + 1, await sink.prepare(i + 1))
  }
  await sink.close()
  const whole = await runWhole(ROWS.flat(), { size: 4 })
  assert.equal(visible(cut), visible(whole))
  assert.equal(
    visible(whole),
    ['/out/a-1: 5\n', '/out/a: 1\n3\n', '/out/b/c-1: 7\n', '/out/b/c: 2\n6666666\n', '/out/b/d: 4\n'].join('\n'),
  )
})

test('a part is hidden until the epoch in which it ended is committed', async () => {
  const disk = new ForgetfulDisk(['/out'])
  const sink = newSink(disk, { size: 4 })
  await sink.open()
  await sink.recover(null)
  write(sink, { path: '/out/a', text: '1234\n' })
  write(sink, { path: '/out/a', text: '5\n' })
  await sink.drain()
  assert.equal(visible(disk), 'hidden\nhidden')
  const committable = await sink.prepare(1)
  assert.equal(visible(disk), 'hidden\nhidden')
  await sink.commit(1, committable)
  assert.equal(visible(disk), '/out/a: 1234\n\nhidden')
})

test('parts of an earlier run are replaced, or numbered behind under --append; foreign files of a job with state are kept', async () => {
  const row = (text: string): Row => ({ path: `/out/a${PART_MARK}.x`, text })
  const disk = await runWhole([row('1\n'), row('2\n')], { size: 1 })
  assert.equal(visible(disk), '/out/a0.x: 1\n\n/out/a1.x: 2\n')
  await runWhole([row('3\n')], { size: 1 }, disk)
  assert.equal(visible(disk), '/out/a0.x: 3\n\n/out/a1.x: 2\n')
  await runWhole([row('4\n')], { size: 1, append: true }, disk)
  assert.equal(visible(disk), '/out/a0.x: 3\n\n/out/a1.x: 2\n\n/out/a2.x: 4\n')
  const sink = newSink(disk, { size: 1 })
  await sink.open()
  write(sink, row('5\n'))
  await sink.commit(1, await sink.prepare(1))
  assert.match(visible(disk), /a2\.x: 4\n\n\/out\/a3\.x: 5\n$/)
})

test('a thousand parts are open at the most, and the one written to least lately ends', async () => {
  const disk = new ForgetfulDisk(['/out'])
  const sink = newSink(disk)
  await sink.open()
  for (let i = 0; i < 1000; i += 1) write(sink, { path: `/out/${i}`, text: 'x\n' })
  write(sink, { path: '/out/0', text: 'y\n' })
  write(sink, { path: '/out/1000', text: 'x\n' })
  const { open, ended } = await sink.prepare(1)
  assert.deepEqual([open.length, ended.map(({ path }) => path)], [1000, ['/out/1']])
})

test('an unfinished part that is gone or shorter is told', async () => {
  for (const [harm, message] of [
    ['remove', /unfinished part of \/out\/a, is gone/],
    ['cut', /unfinished part of \/out\/a, has 1 of 2 bytes/],
  ] as const) {
    const disk = new ForgetfulDisk(['/out'])
    const sink = newSink(disk)
    await sink.open()
    write(sink, { path: '/out/a', text: '1\n' })
    const committable = await sink.prepare(1)
    const hidden = `/out/${disk.names('/out')[0]}`
    if (harm === 'remove') await disk.remove(hidden)
    else disk.put(hidden, '1')
    const next = newSink(disk)
    await assert.rejects(next.recover({ epoch: 1, committable, isConfirmed: true }), message)
  }
})

test('a folder that is not there is refused', async () => {
  const sink = newSink(new ForgetfulDisk(['/']))
  await assert.rejects(sink.open(), /there is no directory \/out/)
})
