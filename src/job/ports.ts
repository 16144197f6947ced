import { Batch, emptyBatch, type RawLines } from '../data/batch.ts'
import type { Column } from '../data/column.ts'
import type { MergedClock } from './source-clock.ts'

/** A batch that waits at a port; `release` tells its maker that it is used up. */
export interface PortEntry {
  batch: Batch
  from: number
  release(): void
}

export interface InputPort {
  readonly entries: PortEntry[]
  /** Nothing more comes in this round. */
  isFinal: boolean
}

export const newPort = (): InputPort => ({ entries: [], isFinal: false })

/**
 * Which port of a merging node goes on, and up to which of its rows: ports merge by (sequence, port). `wait`: a port may still bring an earlier
 * row. `end`: all rows are taken.
 */
export function mergedOrder(
  ports: readonly InputPort[],
): { readonly port: number; readonly to: number } | 'wait' | 'end' {
  let best = -1
  let bestSequence = Infinity
  let nextSequence = Infinity
  let nextPort = -1
  for (let p = 0; p < ports.length; p += 1) {
    const entry = ports[p]!.entries[0]
    if (entry === undefined) {
      if (!ports[p]!.isFinal) return 'wait'
      continue
    }
    // an exhausted chunk is taken at once, so that its maker can go on
    if (entry.from >= entry.batch.length) return { port: p, to: entry.batch.length }
    const sequence = entry.batch.sequence[entry.from]!
    if (sequence < bestSequence) {
      nextSequence = bestSequence
      nextPort = best
      best = p
      bestSequence = sequence
    } else if (sequence < nextSequence) {
      nextSequence = sequence
      nextPort = p
    }
  }
  if (best < 0) return 'end'
  const { batch, from } = ports[best]!.entries[0]!
  let to = from
  while (to < batch.length && isEarlier(batch.sequence[to]!, best, nextSequence, nextPort)) to += 1
  return { port: best, to }
}

const isEarlier = (sequence: number, port: number, otherSequence: number, otherPort: number) =>
  sequence < otherSequence || (sequence === otherSequence && (otherPort < 0 || port < otherPort))

/** The same rows with the watermark of all the node's sources instead of the one branch's. */
export function viewOf(batch: Batch, clock: MergedClock): Batch {
  const view = new Batch(batch.columns as Column[], 0)
  view.length = batch.length
  view.time = batch.time
  view.kinds = batch.kinds
  view.sequence = batch.sequence
  view.raw = batch.raw
  view.watermark = new Float64Array(batch.length)
  clock.beforeAll(batch.sequence, batch.length, view.watermark)
  // a row that a watermark freed carries the one from before, which is less than what its own source has reached by then
  for (let i = 0; i < batch.length; i += 1)
    if (batch.watermark[i]! < view.watermark[i]!) view.watermark[i] = batch.watermark[i]!
  view.watermarkAfter = batch.length > 0 ? view.watermark[batch.length - 1]! : clock.highest
  view.sequenceAfter = batch.sequenceAfter
  view.clock = clock
  return view
}

/** A batch without rows or columns that brings the merged watermark of the end of the round. */
export function endOfRound(clock: MergedClock): PortEntry {
  const empty = new Batch([], 0)
  empty.watermarkAfter = clock.after()
  empty.sequenceAfter = clock.sequenceAfter
  empty.clock = clock
  return { batch: empty, from: 0, release: () => {} }
}

/**
 * The way out when every node waits: two branches of one node, merged again, where one must run ahead. The held batch is copied and its maker set
 * free. Memory grows by what one operator frees in one round, in graphs of this shape only.
 */
export function relax(ports: readonly InputPort[]): boolean {
  if (!ports.some((port) => port.entries.length === 0 && !port.isFinal)) return false
  for (const port of ports) {
    const last = port.entries.at(-1)
    if (last === undefined || last.release === released) continue
    last.batch = detached(last.batch)
    const release = last.release
    last.release = released
    release()
    return true
  }
  return false
}

const released = () => {}

/** A copy that refers to nothing of its maker: no dictionary, no spans, no lines. */
function detached(batch: Batch): Batch {
  const copy = emptyBatch(
    batch.columns.map((column) => ({ name: '', type: column.type })),
    batch.length,
  )
  batch.columns.forEach((column, c) => {
    for (let i = 0; i < batch.length; i += 1) copy.columns[c]!.set(i, column.value(i))
  })
  copy.length = batch.length
  copy.time.set(batch.time.subarray(0, batch.length))
  copy.watermark.set(batch.watermark.subarray(0, batch.length))
  copy.sequence.set(batch.sequence.subarray(0, batch.length))
  copy.watermarkAfter = batch.watermarkAfter
  copy.sequenceAfter = batch.sequenceAfter
  copy.clock = batch.clock
  copy.kinds = batch.kinds?.slice(0, batch.length) ?? null
  copy.raw = batch.raw && detachedLines(batch.raw, batch.length)
  return copy
}

/** Of the bytes no more than those from the first of the rows to the last. */
function detachedLines(raw: RawLines, length: number): RawLines {
  const starts = raw.starts.slice(0, length)
  const ends = raw.ends.slice(0, length)
  const first = starts.reduce((least, start) => Math.min(least, start), Infinity)
  const last = ends.reduce((most, end) => Math.max(most, end), 0)
  if (length === 0) return { ...raw, starts, ends, lines: new Float64Array(0) }
  return {
    ...raw,
    shapes: null,
    buffer: Buffer.from(raw.buffer.subarray(first, last + 1)), // with the newline of the last one
    base: raw.base + first,
    starts: starts.map((start) => start - first),
    ends: ends.map((end) => end - first),
    lines: raw.lines.slice(0, length),
    ...(raw.origins
      ? { origins: { sources: raw.origins.sources.slice(0, length), offsets: raw.origins.offsets.slice(0, length) } }
      : {}),
  }
}
