// What a checkpoint costs: `node bench/checkpoints.mjs [--folder DIR]`, after `npm run build && npx tsc`. Keys and sums of a window aggregate, in a state
// directory on the disk of DIR (default: the system's folder for temporary files).
//
// - 100,000 rows that stand together, as of a window that has just begun, and 100,000 spread over 1,000,000, which touch every page;
// - per checkpoint: `barrier`, the time in which the changed pages are copied and nothing else happens; `stall`, for how long the event loop was held up
//   at most while they were written; `decided`, from the barrier to the epoch's being safe on the disk;
// - how long a start needs until 1,000,000 keys are back.
//
// Time in which the main thread was ready and another process had its processor is not counted.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { survivesDatabase } from '../build/src/cli/database-probe.js'
import { Column, Tag } from '../build/src/data/column.js'
import { count } from '../build/src/functions/aggregates/count.js'
import { AccumulatorLayout } from '../build/src/state/accumulator-table.js'
import { KeyTable } from '../build/src/state/key-table.js'
import { PaneTable } from '../build/src/state/pane-table.js'
import { openStateDirectory } from '../build/src/state/state-directory.js'
import { SystemClock } from '../build/src/time/clock.js'
import { ownTime, watchLoop } from './loop-watch.mjs'

const KEYS = 1_000_000
const CHANGED = 100_000
const RUNS = 5
const BATCH = 1000
const { values } = parseArgs({ options: { folder: { type: 'string', default: tmpdir() } } })

const counter = count.create({ distinct: false })
const boundsOf = (start) => ({ end: start + 60_000, firstEnd: start + 60_000, lastEnd: start + 60_000 })

/** The structures of `tumble 1m -b KEY -a 'count(*) …'`, with two numbers a group. */
function newState() {
  const keys = new KeyTable(['any'])
  return { keys, panes: new PaneTable(new AccumulatorLayout([counter, counter], false), keys, boundsOf) }
}

function fill({ keys, panes }) {
  const pane = panes.create(0)
  const column = new Column('any', 'span', BATCH)
  const slots = new Int32Array(BATCH)
  for (let from = 0; from < KEYS; from += BATCH) {
    const texts = Array.from({ length: BATCH }, (_, i) => `session-${String((from + i) * 7919).padStart(12, '0')}`)
    column.buffer = Buffer.from(texts.join(''))
    texts.forEach((text, i) => {
      column.tags[i] = Tag.String
      column.ids[i] = i * text.length
      column.ends[i] = (i + 1) * text.length
    })
    keys.slotsOf([column], 0, BATCH, slots)
    for (const slot of slots) panes.append(pane, slot, from)
  }
}

function change({ panes }, step) {
  const pane = panes.panes[0]
  for (let row = 0; row < CHANGED; row += 1) {
    pane.numbers[row * step * pane.stride] += 1
    pane.touch(row * step)
  }
}

const openDirectory = (path) =>
  openStateDirectory(path, {
    mode: 'create-or-open',
    command: 'bench',
    release: '0',
    clock: new SystemClock(),
    survives: survivesDatabase,
  })

const rootOf = (epoch) => ({
  epoch,
  isFinished: false,
  sources: { in: { offset: epoch } },
  operators: {},
  committables: {},
  job: null,
  sequence: epoch,
})

async function checkpoint({ keys, panes }, store, epoch) {
  const began = ownTime()
  const pages = []
  for (const structure of [keys, panes])
    structure.writeDirty((page, bytes) => pages.push({ operator: 'tumble', structure: structure.name, page, bytes }))
  const barrier = ownTime() - began
  const watch = watchLoop()
  await store.writePages(epoch, pages)
  await store.writeRoot(rootOf(epoch))
  const stall = watch.end()
  const bytes = pages.reduce((sum, page) => sum + (page.bytes?.length ?? 0), 0)
  return { pages: pages.length, bytes, barrier, stall, decided: ownTime() - began }
}

const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1]

function report(name, taken) {
  const of = (field) => median(taken.map((one) => one[field]))
  const cells = [
    name.padEnd(28),
    `${of('pages')} pages`.padStart(11),
    `${(of('bytes') / 1e6).toFixed(1)} MB`.padStart(8),
    ...['barrier', 'stall', 'decided'].map((field) => `${field} ${of(field).toFixed(1)} ms`.padStart(18)),
  ]
  process.stdout.write(`${cells.join('  ')}\n`)
}

const folder = mkdtempSync(join(values.folder, 'tidemark-bench-'))
try {
  const path = join(folder, 'st')
  const directory = await openDirectory(path)
  const { store } = directory
  await store.root()
  const state = newState()
  fill(state)
  let epoch = 1
  report('all of 1,000,000', [await checkpoint(state, store, epoch)])
  for (const [name, step] of [
    ['100,000 together', 1],
    ['100,000 of 1,000,000', KEYS / CHANGED],
  ]) {
    const taken = []
    for (let run = 0; run < RUNS; run += 1) {
      change(state, step)
      epoch += 1
      taken.push(await checkpoint(state, store, epoch))
    }
    report(name, taken)
  }
  await directory.close()

  const began = ownTime()
  const again = await openDirectory(path)
  const opened = ownTime()
  await again.store.root()
  const checked = ownTime()
  const restored = newState()
  for (const structure of [restored.keys, restored.panes])
    structure.restore(await again.store.pages('tumble', structure.name))
  const ended = ownTime()
  const parts = `opened ${(opened - began).toFixed(0)}, checked ${(checked - opened).toFixed(0)}, built ${(ended - checked).toFixed(0)}`
  process.stdout.write(`restore of ${restored.keys.entries} keys: ${(ended - began).toFixed(0)} ms (${parts})\n`)
  await again.close()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
