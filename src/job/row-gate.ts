import type { Batch } from '../data/batch.ts'
import { Tag } from '../data/column.ts'
import { RowKind } from '../data/row-kind.ts'
import type { Lines, TooLongLine } from '../formats/lines.ts'
import type { BadLine } from '../formats/scanner.ts'
import type { Clock } from '../time/clock.ts'
import { formatTimestamp, type TimeFormat } from '../time/timestamp.ts'
import type { WatermarkGenerator } from '../time/watermark-generator.ts'
import { type BadRow, type BadRows, placeOfLine } from './bad-rows.ts'
import { compact, readEventTime, whyNoTime } from './event-time.ts'

/** `read = passed + bad + refused`, always. */
export interface SourceCounters {
  read: number
  passed: number
  bad: number
  /** Rows stamped further in the future than --max-future allows. */
  refused: number
}

export interface RowGateOptions {
  /** Slot of the field with the event time and its name; null: rows have none. `arrival`: the wall clock. */
  readonly time: { readonly slot: number; readonly name: string; readonly format: TimeFormat } | 'arrival' | null
  readonly watermark: WatermarkGenerator
  /** May rows that delete others be without a time? Then they have none, and do not move the watermark. Default: no. */
  readonly hasTimelessDeletes?: boolean
  /** ms; null: rows may lie in the future. */
  readonly maxFuture: number | null
  readonly badRows: BadRows
  readonly clock: Clock
}

/** A dead letter of the input, and the row of the batch before which it stood. */
export interface Reject {
  readonly before: number
  readonly text: Buffer
}

/** A row that was kept out, wherever it goes: how many rows of the batch stand before it, and its dead letter if that is kept. */
export interface Fault {
  readonly before: number
  readonly text: Buffer | null
  readonly counter: 'bad' | 'refused'
  /** Of its input. */
  readonly line: number
}

/** Lets the rows of one input into the job: gives them event time and watermark, and keeps out what is no row or has no time. */
export class RowGate {
  readonly counters: SourceCounters = { read: 0, passed: 0, bad: 0, refused: 0 }
  /** What ends the run once the rows before it have gone through. */
  failure: unknown = null
  readonly #options: RowGateOptions
  readonly #drop: Uint8Array
  /** Of the scan at hand, in the order in which they were found: `at` counts scanned rows. */
  #fresh: (Omit<Fault, 'before'> & { readonly at: number })[] = []

  constructor(options: RowGateOptions, capacity: number) {
    this.#options = options
    this.#drop = new Uint8Array(capacity)
  }

  /** Takes the rows of one scan; afterwards the batch holds those that may go on. Returns what was kept out, in the order of their lines. */
  admit(batch: Batch): readonly Fault[] {
    const drop = this.#stamp(batch)
    this.counters.passed += batch.length
    return this.#fresh.length === 0 ? [] : this.#placeFaults(drop)
  }

  /** Flags of the scanned rows that were taken out; null: none was. */
  #stamp(batch: Batch): Uint8Array | null {
    const { time, watermark, clock } = this.#options
    if (time === null) {
      batch.time.fill(Number.NaN, 0, batch.length)
      batch.watermark.fill(-Infinity, 0, batch.length)
      batch.watermarkAfter = -Infinity
      return null
    }
    if (time === 'arrival') batch.time.fill(clock.wallTime(), 0, batch.length)
    else readEventTime(batch, batch.columns[time.slot]!, time.format)
    const drop = this.#dropUntimely(batch)
    batch.watermarkAfter = watermark.observeAll(batch.time, batch.length, batch.watermark)
    return drop
  }

  /** Takes out rows without a time or with one too far ahead; rows behind one that ends the run were never read. */
  #dropUntimely(batch: Batch): Uint8Array | null {
    const { maxFuture, clock } = this.#options
    const latest = maxFuture === null ? Infinity : clock.wallTime() + maxFuture
    if (areTimely(batch, latest)) return null
    const drop = this.#drop
    let drops = 0
    for (let i = 0; i < batch.length; i += 1) {
      drop[i] = batch.time[i]! <= latest || this.#isTimelessDelete(batch, i) ? 0 : 1
      if (drop[i] === 0) continue
      drops += 1
      if (this.#guard(() => this.#rejectTime(batch, i))) {
        this.counters.read -= batch.length - i - 1
        batch.length = i
        break
      }
    }
    if (drops > 0) compact(batch, drop)
    return drops > 0 ? drop : null
  }

  #isTimelessDelete({ kinds, time, columns }: Batch, i: number): boolean {
    const { hasTimelessDeletes, time: field } = this.#options
    if (hasTimelessDeletes !== true || !Number.isNaN(time[i]!) || kinds?.[i] !== RowKind.Delete) return false
    return typeof field === 'object' && field !== null && columns[field.slot]!.tags[i] === Tag.Missing
  }

  /** True: the row ends the run. */
  rejectLine(lines: Lines, bad: BadLine, place: { readonly line: number; readonly at: number }): boolean {
    this.counters.read += 1
    this.counters.bad += 1
    const { code, reason, start, end, at } = bad
    const raw = lines.buffer.subarray(start, end)
    const row = {
      code,
      reason,
      file: lines.file,
      line: place.line,
      offset: lines.base + start,
      column: at - start + 1,
      raw,
    }
    return this.#guard(() => this.#reject(row, place.at))
  }

  rejectTooLong({ file }: Lines, { code, reason, line, offset, head }: TooLongLine): readonly Fault[] {
    this.counters.read += 1
    this.counters.bad += 1
    const hint = '--line-limit 64MiB allows longer lines, --on-error skip leaves them out'
    this.#guard(() => this.#reject({ code, reason, file, line, offset, raw: head, hint }, 0))
    return this.#placeFaults(null)
  }

  #rejectTime(batch: Batch, i: number): void {
    const place = placeOfLine(batch.raw!, i)
    if (Number.isNaN(batch.time[i]!)) {
      const { slot, name, format } = this.#options.time as { slot: number; name: string; format: TimeFormat }
      this.counters.bad += 1
      this.#reject({ code: 'E_ROW_TIME', ...whyNoTime(batch.columns[slot]!, i, name, format), ...place }, i)
      return
    }
    this.counters.refused += 1
    const stamp = formatTimestamp(batch.time[i]!, { fraction: 3 })
    this.#reject(
      { code: 'E_ROW_FUTURE', reason: `its time ${stamp} lies further ahead than --max-future allows`, ...place },
      i,
    )
  }

  /** `at`: how many scanned rows stand before it. */
  #reject(row: BadRow, at: number): void {
    let kept: Buffer | null = null
    try {
      this.#options.badRows.reject(row, this.counters.read, (text) => {
        kept = text
      })
    } finally {
      const counter = row.code === 'E_ROW_FUTURE' ? 'refused' : 'bad'
      this.#fresh.push({ at, line: row.line!, text: kept, counter })
    }
  }

  #placeFaults(drop: Uint8Array | null): readonly Fault[] {
    const fresh = this.#fresh.sort((a, b) => a.line - b.line)
    this.#fresh = []
    let row = 0
    let before = 0
    return fresh.map(({ at, text, counter, line }) => {
      for (; row < at; row += 1) before += drop?.[row] ? 0 : 1
      return { before, text, counter, line }
    })
  }

  /** Keeps what ends the run until the rows before it are through. True: it does. */
  #guard(reject: () => void): boolean {
    try {
      reject()
      return false
    } catch (error) {
      this.failure = error
      return true
    }
  }
}

/** Has every row a time, and none a later one than `latest`? */
function areTimely({ time, length }: Batch, latest: number): boolean {
  for (let i = 0; i < length; i += 1) if (!(time[i]! <= latest)) return false
  return true
}
