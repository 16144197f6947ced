import { assert } from '../base/assert.ts'
import { appendRow, type Batch, batchLike } from '../data/batch.ts'
import type { LineReader, Lines, TooLongLine } from '../formats/lines.ts'
import type { BadLine, Scanner } from '../formats/scanner.ts'
import type { Clock } from '../time/clock.ts'
import type { TimeFormat } from '../time/timestamp.ts'
import { AFTER_ALL } from '../time/watermark.ts'
import type { WatermarkGenerator } from '../time/watermark-generator.ts'
import type { BadRow, BadRows } from './bad-rows.ts'
import { compact, readEventTime, whyNoTime } from './event-time.ts'

/** `read = passed + bad + refused`, always. */
export interface SourceCounters {
  read: number
  passed: number
  bad: number
  /** Rows stamped further in the future than --max-future allows. */
  refused: number
}

export interface IntakeOptions {
  readonly name: string
  readonly reader: LineReader
  readonly scanner: Scanner
  /** Slot of the field with the event time and its name; null: rows have none. `arrival`: the wall clock. */
  readonly time: { readonly slot: number; readonly name: string; readonly format: TimeFormat } | 'arrival' | null
  readonly watermark: WatermarkGenerator
  /** ms; null: rows may lie in the future. */
  readonly maxFuture: number | null
  readonly badRows: BadRows
  readonly clock: Clock
  /** Rows per batch at the most; for tests, results never depend on it. */
  readonly batchRows: number
  /** Looks at every batch, for warnings about fields. */
  readonly watch?: (batch: Batch) => void
}

/** A dead letter of the input, and the row of the batch handed out last before which it stood. */
export interface Reject {
  readonly before: number
  readonly text: Buffer
}

/** One input of the job: bytes to lines, lines to rows, rows to event time and the source's watermark. */
export class Intake {
  readonly counters: SourceCounters = { read: 0, passed: 0, bad: 0, refused: 0 }
  readonly #options: IntakeOptions
  readonly #batch: Batch
  readonly #drop: Uint8Array
  #lines: Lines | null = null
  #at = 0
  #line = 1
  #hasEnded = false
  /** Rows of `#batch` not handed out yet, where batches are cut smaller for a test. */
  #slice: { readonly out: Batch; from: number } | null = null
  #rejects: Reject[] = []
  /** The rows of `#batch` that were handed out last. */
  #handed = { from: 0, to: 0 }
  /** Of the scan at hand, in the order in which they were found: `at` counts scanned rows. */
  #fresh: { readonly at: number; readonly line: number; readonly text: Buffer }[] = []
  /** What ends the run once the rows before it have gone through. */
  #failure: unknown = null

  constructor(options: IntakeOptions) {
    this.#options = options
    this.#batch = options.scanner.createBatch()
    this.#drop = new Uint8Array(this.#batch.capacity)
  }

  get name(): string {
    return this.#options.name
  }

  /** A batch of this input's shape without rows, for ticks of the clock. */
  emptyBatch(): Batch {
    return this.#options.scanner.createBatch()
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  get watermark(): number {
    return this.#options.watermark.current
  }

  /** Dead letters that belong to the batch handed out last, in order; each is given once. */
  takeRejects(): readonly Reject[] {
    if (this.#rejects.length === 0) return this.#rejects
    const { from, to } = this.#handed
    const taken = this.#rejects.filter(({ before }) => before <= to).map(({ before, text }) => ({ before: before - from, text }))
    this.#rejects = this.#rejects.slice(taken.length)
    return taken
  }

  /** The wall clock has moved event time (`--idle-timeout`); rows below are late from now on. */
  raise(watermark: number): void {
    this.#options.watermark.restore(watermark)
  }

  /** Where to go on after the rows handed out so far; only between two rounds. */
  position(): unknown {
    assert(this.#slice === null, 'a batch is half handed out')
    const lines = this.#lines
    const reader = lines ? this.#options.reader.positionAt(this.#at, this.#line) : this.#options.reader.position()
    return { reader, watermark: finite(this.watermark), counters: { ...this.counters } }
  }

  async restore(position: unknown): Promise<void> {
    const { reader, watermark, counters } = position as { reader: unknown; watermark: number | null; counters: SourceCounters }
    await this.#options.reader.restore(reader)
    if (watermark !== null) this.#options.watermark.restore(watermark)
    Object.assign(this.counters, counters)
  }

  /**
   * The next rows, at least one, or an empty last batch with watermark +Infinity, then null. A promise only where the source must be waited for.
   * The batch is valid until the next call.
   */
  next(): Batch | null | Promise<Batch | null> {
    if (this.#slice) return this.#nextSlice(this.#slice)
    if (this.#failure) throw this.#failure
    this.#options.scanner.endRound()
    for (;;) {
      if (this.#lines === null) {
        if (this.#hasEnded) return null
        const lines = this.#options.reader.next(this.#line)
        if (lines instanceof Promise) return lines.then((some) => this.#take(some) ?? this.next())
        const batch = this.#take(lines)
        if (batch) return batch
      } else {
        const batch = this.#scan(this.#lines)
        if (batch) return batch
        if (this.#failure) throw this.#failure
      }
    }
  }

  /** Begins with a new stretch of lines; the end of the input gives the last batch. */
  #take(lines: Lines | null): Batch | null {
    if (lines === null) {
      this.#hasEnded = true
      this.#options.badRows.end(this.counters.read)
      const last = this.#batch
      this.#handed = { from: 0, to: 0 }
      last.clear()
      last.watermarkAfter = AFTER_ALL
      return last
    }
    this.#line = lines.firstLine
    if (lines.tooLong) this.#guard(() => this.#rejectTooLong(lines, lines.tooLong!))
    if (lines.to <= lines.from) return null
    this.#lines = lines
    this.#at = lines.from
    return null
  }

  /** Fills the batch from the current lines; null when no row passed. */
  #scan(lines: Lines): Batch | null {
    const batch = this.#batch
    batch.clear()
    if (batch.raw) {
      batch.raw.source = lines.file
      batch.raw.buffer = lines.buffer
      batch.raw.base = lines.base
    }
    while (this.#at < lines.to && batch.length < batch.capacity) {
      const before = batch.length
      const result = this.#options.scanner.scan(lines.buffer, this.#at, lines.to, batch, this.#line)
      this.counters.read += batch.length - before
      this.#at = result.next
      if (result.bad) this.#guard(() => this.#rejectLine(lines, result.bad!, result.nextLine - 1))
      this.#line = result.nextLine
      if (this.#failure) break
    }
    if (this.#at >= lines.to) this.#lines = null
    const kept = this.#stamp(batch)
    if (this.#fresh.length > 0) this.#placeRejects(kept)
    this.#options.watch?.(batch)
    this.counters.passed += batch.length
    if (batch.length === 0) return null
    this.#handed = { from: 0, to: batch.length }
    if (batch.length <= this.#options.batchRows) return batch
    this.#slice = { out: batchLike(batch, this.#options.batchRows), from: 0 }
    return this.#nextSlice(this.#slice)
  }

  /**
   * Gives every row its event time and watermark, and takes those out that have no time or one too far ahead. Returns the scanned rows
   * that were kept, as flags to drop; null: all were.
   */
  #stamp(batch: Batch): Uint8Array | null {
    const { time, watermark, maxFuture, clock } = this.#options
    if (time === null) {
      batch.time.fill(Number.NaN, 0, batch.length)
      batch.watermark.fill(-Infinity, 0, batch.length)
      batch.watermarkAfter = -Infinity
      return null
    }
    if (time === 'arrival') batch.time.fill(clock.wallTime(), 0, batch.length)
    else readEventTime(batch, batch.columns[time.slot]!, time.format)
    const latest = maxFuture === null ? Infinity : clock.wallTime() + maxFuture
    let drops = 0
    for (let i = 0; i < batch.length; i += 1) {
      const isBad = !(batch.time[i]! <= latest)
      this.#drop[i] = isBad ? 1 : 0
      if (!isBad) continue
      drops += 1
      if (this.#guard(() => this.#rejectTime(batch, i))) {
        this.counters.read -= batch.length - i - 1
        batch.length = i // rows behind the one that ended the run were never read
        break
      }
    }
    if (drops > 0) compact(batch, this.#drop)
    for (let i = 0; i < batch.length; i += 1) {
      batch.watermark[i] = watermark.current
      watermark.observe(batch.time[i]!)
    }
    batch.watermarkAfter = watermark.current
    return drops > 0 ? this.#drop : null
  }

  /** Dead letters of one scan: in the order of their lines, each before the row that came next of those that were kept. */
  #placeRejects(drop: Uint8Array | null): void {
    const fresh = this.#fresh.sort((a, b) => a.line - b.line)
    this.#fresh = []
    let row = 0
    let before = 0
    for (const { at, text } of fresh) {
      for (; row < at; row += 1) before += drop?.[row] ? 0 : 1
      this.#rejects.push({ before, text })
    }
  }

  /** Keeps what ends the run until the rows before it are through. True: it does. */
  #guard(reject: () => void): boolean {
    try {
      reject()
      return false
    } catch (error) {
      this.#failure = error
      return true
    }
  }

  /** `at`: how many scanned rows stand before it. */
  #reject(row: BadRow, at: number): void {
    this.#options.badRows.reject(row, this.counters.read, (text) => this.#fresh.push({ at, line: row.line!, text }))
  }

  #rejectTooLong({ file }: Lines, { code, reason, line, offset, head }: TooLongLine): void {
    this.counters.read += 1
    this.counters.bad += 1
    const hint = '--line-limit 64MiB allows longer lines, --on-error skip leaves them out'
    this.#reject({ code, reason, file, line, offset, raw: head, hint }, 0)
    this.#placeRejects(null)
  }

  #rejectLine(lines: Lines, bad: BadLine, line: number): void {
    this.counters.read += 1
    this.counters.bad += 1
    const { code, reason, start, end, at } = bad
    const raw = lines.buffer.subarray(start, end)
    const row = { code, reason, file: lines.file, line, offset: lines.base + start, column: at - start + 1, raw }
    this.#reject(row, this.#batch.length)
  }

  #rejectTime(batch: Batch, i: number): void {
    const raw = batch.raw!
    const place = {
      file: raw.source,
      line: raw.lines[i]!,
      offset: raw.base + raw.starts[i]!,
      raw: raw.buffer.subarray(raw.starts[i]!, raw.ends[i]!),
    }
    if (Number.isNaN(batch.time[i]!)) {
      const { slot, name, format } = this.#options.time as { slot: number; name: string; format: TimeFormat }
      this.counters.bad += 1
      this.#reject({ code: 'E_ROW_TIME', ...whyNoTime(batch.columns[slot]!, i, name, format), ...place }, i)
      return
    }
    this.counters.refused += 1
    const stamp = new Date(batch.time[i]!).toISOString()
    this.#reject({ code: 'E_ROW_FUTURE', reason: `its time ${stamp} lies further ahead than --max-future allows`, ...place }, i)
  }

  #nextSlice(slice: { readonly out: Batch; from: number }): Batch {
    const { out } = slice
    const batch = this.#batch
    out.clear()
    const to = Math.min(batch.length, slice.from + this.#options.batchRows)
    if (batch.raw && out.raw) Object.assign(out.raw, { source: batch.raw.source, buffer: batch.raw.buffer, base: batch.raw.base })
    for (let i = slice.from; i < to; i += 1) appendRow(batch, i, out)
    this.#handed = { from: slice.from, to }
    slice.from = to
    out.watermarkAfter = to < batch.length ? batch.watermark[to]! : batch.watermarkAfter
    if (to >= batch.length) this.#slice = null
    return out
  }
}

/** JSON has no infinities: a watermark that has not begun is null. */
const finite = (watermark: number): number | null => (Number.isFinite(watermark) ? watermark : null)
