import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TidemarkError } from '../../src/base/errors.ts'
import { EpochFileSink } from '../../src/sinks/epoch-file.ts'
import { type PartsOptions, PartsSink } from '../../src/sinks/parts.ts'
import type { EpochSink, LastCommit } from '../../src/sinks/sink.ts'
import { ForgetfulDisk } from './forgetful-disk.ts'

const FILE = '/out/rows.ndjson'

interface Place {
  readonly disk: ForgetfulDisk
  /** The folder of segments: a copied state directory has its own. */
  readonly segments: string
}

const newFile = ({ disk, segments }: Place, allowRewind = false, name = FILE): EpochFileSink =>
  new EpochFileSink(name, { append: false, allowRewind, segments, disk })

const newParts = ({ disk }: Place, options: Partial<PartsOptions> = {}): PartsSink =>
  new PartsSink({ name: 'out/{x}', folder: '/out', size: null, append: false, incarnation: 'first', disk, ...options })

const newPlace = (): Place => ({ disk: new ForgetfulDisk(['/out', '/state', '/copy']), segments: '/state' })

/** Begins, or goes on with `last`, writes one epoch, and commits it unless told not to. */
async function epoch(sink: EpochSink, last: LastCommit | null, text: string, isCommitted = true): Promise<LastCommit> {
  await sink.open()
  await sink.recover(last)
  const number = (last?.epoch ?? 0) + 1
  if (text !== '') sink.write(Buffer.from(text))
  await sink.drain()
  const committable = JSON.parse(JSON.stringify(await sink.prepare(number)))
  if (isCommitted) await sink.commit(number, committable)
  return { epoch: number, committable, isConfirmed: isCommitted }
}

async function partsEpoch(sink: PartsSink, last: LastCommit | null, rows: readonly string[]): Promise<LastCommit> {
  await sink.open()
  await sink.recover(last)
  for (const row of rows) {
    if (row === 'end') sink.end()
    else sink.writeRow('/out/a', Infinity, Buffer.from(`${row}\n`))
  }
  const number = (last?.epoch ?? 0) + 1
  const committable = JSON.parse(JSON.stringify(await sink.prepare(number)))
  await sink.commit(number, committable)
  await sink.close()
  return { epoch: number, committable, isConfirmed: true }
}

async function refusal(sink: EpochSink, last: LastCommit | null): Promise<string> {
  await sink.open()
  try {
    await sink.recover(last)
  } catch (error) {
    assert.ok(error instanceof TidemarkError, String(error))
    return error.render()
  }
  throw new Error('it went on')
}

test('a file with rows of a later run is refused; --allow-rewind goes on behind them', async () => {
  const place = newPlace()
  const first = await epoch(newFile(place), null, 'a\n')
  await epoch(newFile(place), first, 'b\n')
  assert.match(
    await refusal(newFile(place), first),
    /has 2 bytes that this job did not write.*\n.*truncate -s 2 \/out\/rows.ndjson; or --allow-rewind goes on behind them/,
  )
  assert.equal(place.disk.text(FILE), 'a\nb\n')
  const again = await epoch(newFile(place, true), first, 'b\n')
  assert.equal(place.disk.text(FILE), 'a\nb\nb\n')
  await epoch(newFile(place), again, 'c\n')
  assert.equal(place.disk.text(FILE), 'a\nb\nb\nc\n')
})

test('what a copied state had not committed is not skipped, and not written twice where its twin has written it', async () => {
  for (const twin of ['commits it', 'writes other rows'] as const) {
    const place = newPlace()
    const first = await epoch(newFile(place), null, 'a\n')
    const pending = await epoch(newFile(place), first, 'b\n', false)
    // the state directory is copied here, segments and all
    const copy = { ...place, segments: '/copy' }
    for (const name of place.disk.names('/state')) place.disk.put(`/copy/${name}`, place.disk.text(`/state/${name}`))
    if (twin === 'commits it') await epoch(newFile(place), pending, 'c\n')
    else place.disk.put(FILE, 'a\nx\n')
    const text = place.disk.text(FILE)
    assert.match(await refusal(newFile(copy), pending), /has 2 bytes that this job did not write/)
    assert.equal(place.disk.text(FILE), text)
    await epoch(newFile(copy, true), pending, 'd\n')
    assert.equal(place.disk.text(FILE), twin === 'commits it' ? 'a\nb\nc\nd\n' : 'a\nx\nb\nd\n')
  }
})

test('--allow-rewind writes nothing behind half a line, and nothing into a file that is another', async () => {
  for (const [text, message] of [
    ['a\nhalf', /has 4 bytes that this job did not write/],
    ['x\nother\n', /was written over/],
    ['', /was cut short/],
  ] as const) {
    const place = newPlace()
    const first = await epoch(newFile(place), null, 'a\n')
    place.disk.put(FILE, text)
    assert.match(await refusal(newFile(place, true), first), message)
    assert.equal(place.disk.text(FILE), text)
  }
})

test('a state that begins goes on behind what a file holds only under --append or --allow-rewind', async () => {
  const place = newPlace()
  await epoch(newFile(place), null, 'a\n')
  assert.match(await refusal(newFile(place), null), /holds 2 bytes that are not of this state/)
  await epoch(newFile(place, true), null, 'a\n')
  assert.equal(place.disk.text(FILE), 'a\na\n')
})

test('rows may go to another file from one run to the next, but none is left on its way', async () => {
  const place = newPlace()
  const first = await epoch(newFile(place), null, 'a\n')
  const second = await epoch(newFile(place, false, '/out/new'), first, 'b\n')
  assert.deepEqual([place.disk.text(FILE), place.disk.text('/out/new')], ['a\n', 'b\n'])
  const pending = await epoch(newFile(place, false, '/out/new'), second, 'c\n', false)
  assert.equal(
    await refusal(newFile(place, false, '/out/third'), pending),
    'tidemark: rows of the last checkpoint are still on their way to /out/new [E_OUTPUT_CHANGED]\n' +
      '  hint: run once more with the outputs as they were, then change them',
  )
  // moved, with its state: rows on their way are for the file under whatever name
  await place.disk.rename('/out/new', '/out/moved')
  await epoch(newFile(place, false, '/out/moved'), pending, 'd\n')
  assert.equal(place.disk.text('/out/moved'), 'b\nc\nd\n')
})

test('rows may go to parts after a file, and to a file after parts that are complete', async () => {
  const place = newPlace()
  const first = await epoch(newFile(place), null, 'a\n')
  const second = await partsEpoch(newParts(place), first, ['b'])
  assert.equal(
    await refusal(newFile(place, false, '/out/new'), second),
    'tidemark: 1 part of the output is not complete [E_OUTPUT_CHANGED]\n' +
      '  hint: rows go elsewhere now, and would stay hidden: let the job come to its end with the outputs as they were, --at-eof flush completes them',
  )
  const third = await partsEpoch(newParts(place), second, ['c', 'end'])
  await epoch(newFile(place, false, '/out/new'), third, 'd\n')
  assert.deepEqual(
    place.disk.names('/out').map((name) => [name, place.disk.text(`/out/${name}`)]),
    [
      ['a', 'b\nc\n'],
      ['new', 'd\n'],
      ['rows.ndjson', 'a\n'],
    ],
  )
})

test('a restored savepoint takes unfinished parts over; the state that it came from cannot cut them', async () => {
  const place = newPlace()
  const first = await partsEpoch(newParts(place), null, ['a'])
  const heir = { incarnation: 'second' }
  await partsEpoch(newParts(place, heir), first, ['b'])
  // its checkpoint got lost: once more from the savepoint
  const second = await partsEpoch(newParts(place, heir), first, ['B'])
  assert.match(await refusal(newParts(place), first), /unfinished part of \/out\/a, is gone/)
  await partsEpoch(newParts(place, heir), second, ['end'])
  assert.deepEqual(place.disk.names('/out'), ['a'])
  assert.equal(place.disk.text('/out/a'), 'a\nB\n')
})

test('a part that has grown since the savepoint is refused; --allow-rewind begins with a copy of it', async () => {
  const place = newPlace()
  const first = await partsEpoch(newParts(place), null, ['a'])
  const second = await partsEpoch(newParts(place), first, ['b'])
  const heir = { incarnation: 'second' }
  assert.match(
    await refusal(newParts(place, heir), first),
    /unfinished part of \/out\/a, has 2 bytes of a later run .*\n.* or --allow-rewind, and rows since then may come twice/,
  )
  const own = await partsEpoch(newParts(place, { ...heir, allowRewind: true }), first, ['B'])
  await partsEpoch(newParts(place, heir), own, ['end'])
  await partsEpoch(newParts(place), second, ['c', 'end'])
  assert.deepEqual(
    place.disk.names('/out').map((name) => place.disk.text(`/out/${name}`)),
    ['a\nB\n', 'a\nb\nc\n'],
  )
})

test('an older state whose parts are complete by now goes on with new ones under --allow-rewind', async () => {
  const place = newPlace()
  const first = await partsEpoch(newParts(place), null, ['a'])
  await partsEpoch(newParts(place), first, ['b', 'end'])
  assert.match(await refusal(newParts(place), first), /is gone.*\n.*where a later run has completed it, --allow-rewind/)
  await partsEpoch(newParts(place, { allowRewind: true }), first, ['b', 'end'])
  assert.deepEqual(
    place.disk.names('/out').map((name) => place.disk.text(`/out/${name}`)),
    ['a\nb\n', 'b\n'],
  )
})
