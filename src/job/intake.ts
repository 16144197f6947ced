import { appendRow, type Batch, batchLike } from '../data/batch.ts'
import type { LinePosition, LineReader, Lines } from '../formats/lines.ts'
import type { Scanner } from '../formats/scanner.ts'
import { AFTER_ALL } from '../time/watermark.ts'
import { type Reject, RowGate, type RowGateOptions, type SourceCounters } from './row-gate.ts'

export interface IntakeOptions extends RowGateOptions {
  readonly name: string
  readonly reader: LineReader
  readonly scanner: Scanner
  /** Rows per batch at the most; for tests, results never depend on it. */
  readonly batchRows: number
  /** Looks at every batch, for warnings about fields. */
  readonly watch?: (batch: Batch) => void
}

/** Where an input stands: a place before some lines, and how many rows and dead letters behind it were taken. */
interface IntakePosition {
  /** A `LinePosition`, or its mark. */
  readonly reader: unknown
  readonly watermark: number | null
  readonly counters: SourceCounters
  readonly taken: number
  readonly told: number
}

/** One input of the job: bytes to lines, lines to rows, rows to event time and the source's watermark. */
export class Intake {
  readonly #options: IntakeOptions
  readonly #gate: RowGate
  readonly #batch: Batch
  #lines: Lines | null = null
  #at = 0
  #line = 1
  #hasEnded = false
  /** Where `#batch` was scanned from. */
  #begin: IntakePosition | null = null
  /** The rows of `#batch` that were handed out last. */
  #handed = { from: 0, to: 0 }
  /** The smaller batch that `#batch` is handed out by, where that is so. */
  #slice: Batch | null = null
  #rejects: Reject[] = []
  /** The `before` of each dead letter that was found since `#begin`. */
  #found: readonly number[] = []
  /** Rows and dead letters to pass over after a restart: they were taken before. */
  #skip = { rows: 0, rejects: 0 }

  constructor(options: IntakeOptions) {
    this.#options = options
    this.#batch = options.scanner.createBatch()
    this.#gate = new RowGate(options, this.#batch.capacity)
  }

  get name(): string {
    return this.#options.name
  }

  get counters(): SourceCounters {
    return this.#gate.counters
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  get watermark(): number {
    return this.#options.watermark.current
  }

  /** A batch of this input's shape without rows, for ticks of the clock. */
  emptyBatch(): Batch {
    return this.#options.scanner.createBatch()
  }

  /** Dead letters that stand before or among the rows handed out last, in order; each is given once. */
  takeRejects(): readonly Reject[] {
    if (this.#rejects.length === 0) return this.#rejects
    const { from, to } = this.#handed
    const taken = this.#rejects
      .filter(({ before }) => before <= to)
      .map(({ before, text }) => ({ before: before - from, text }))
    this.#rejects = this.#rejects.slice(taken.length)
    return taken
  }

  /** The wall clock has moved event time (`--idle-timeout`); rows below are late from now on. */
  raise(watermark: number): void {
    this.#options.watermark.restore(watermark)
  }

  /** Where to go on; only between two rounds. `taken`: how many rows of the batch handed out last the job has taken, all by default. */
  position(taken?: number): unknown {
    const rows = this.#handed.from + (taken ?? this.#handed.to - this.#handed.from)
    // what ends the run must end it again after a restart
    if (this.#begin === null || (rows >= this.#batch.length && !this.#gate.failure)) return this.#marked(this.#here())
    const told = this.#found.filter((before) => before <= rows).length
    return this.#marked({ ...this.#begin, taken: rows, told })
  }

  #marked(position: IntakePosition): IntakePosition {
    return { ...position, reader: this.#options.reader.mark(position.reader as LinePosition) }
  }

  #here(): IntakePosition {
    const { reader, watermark } = this.#options
    return {
      reader: this.#lines ? reader.positionAt(this.#at, this.#line) : reader.position(),
      watermark: Number.isFinite(watermark.current) ? watermark.current : null, // JSON has no infinities
      counters: { ...this.counters },
      taken: 0,
      told: 0,
    }
  }

  async restore(position: unknown): Promise<void> {
    const { reader, watermark, counters, taken, told } = position as IntakePosition
    await this.#options.reader.resume(reader)
    if (watermark !== null) this.#options.watermark.restore(watermark)
    Object.assign(this.counters, counters)
    this.#skip = { rows: taken, rejects: told }
  }

  /**
   * The next rows, at least one, or an empty last batch with watermark +Infinity, then null. A promise only where the source must be waited for.
   * The batch is valid until the next call.
   */
  next(): Batch | null | Promise<Batch | null> {
    if (this.#slice && this.#handed.to < this.#batch.length) return this.#nextSlice(this.#slice)
    if (this.#gate.failure) throw this.#gate.failure
    this.#slice = null
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
      }
      if (this.#gate.failure) throw this.#gate.failure
    }
  }

  /** Begins with a new stretch of lines; the end of the input gives the last batch. */
  #take(lines: Lines | null): Batch | null {
    this.#begin = null
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
    if (lines.tooLong) this.#rejects.push(...this.#gate.rejectTooLong(lines, lines.tooLong))
    if (lines.to <= lines.from) return null
    this.#lines = lines
    this.#at = lines.from
    return null
  }

  /** Fills the batch from the current lines; null when no row passed. */
  #scan(lines: Lines): Batch | null {
    const batch = this.#batch
    this.#begin = this.#here()
    this.#fill(batch, lines)
    const rejects = this.#gate.admit(batch)
    this.#options.watch?.(batch)
    this.#found = rejects.map(({ before }) => before)
    const skip = this.#skip
    const skipped = Math.min(skip.rows, batch.length)
    const told = Math.min(skip.rejects, rejects.length)
    this.#skip = { rows: skip.rows - skipped, rejects: skip.rejects - told }
    this.#rejects.push(...rejects.slice(told))
    this.#handed = { from: 0, to: batch.length }
    if (skipped === batch.length) return null
    if (skipped === 0 && batch.length <= this.#options.batchRows) return batch
    this.#handed = { from: 0, to: skipped }
    this.#slice = batchLike(batch, Math.min(batch.capacity, this.#options.batchRows))
    return this.#nextSlice(this.#slice)
  }

  #fill(batch: Batch, lines: Lines): void {
    const { scanner } = this.#options
    batch.clear()
    if (batch.raw) Object.assign(batch.raw, { source: lines.file, buffer: lines.buffer, base: lines.base })
    let isOver = false
    while (!isOver && this.#at < lines.to && batch.length < batch.capacity) {
      const before = batch.length
      const { next, nextLine, bad } = scanner.scan(lines.buffer, this.#at, lines.to, batch, this.#line)
      this.counters.read += batch.length - before
      this.#at = next
      this.#line = nextLine
      if (bad) isOver = this.#gate.rejectLine(lines, bad, { line: nextLine - 1, at: batch.length })
    }
    if (this.#at >= lines.to) this.#lines = null
  }

  #nextSlice(out: Batch): Batch {
    const batch = this.#batch
    const from = this.#handed.to
    const to = Math.min(batch.length, from + out.capacity)
    out.clear()
    if (batch.raw && out.raw)
      Object.assign(out.raw, { source: batch.raw.source, buffer: batch.raw.buffer, base: batch.raw.base })
    for (let i = from; i < to; i += 1) appendRow(batch, i, out)
    this.#handed = { from, to }
    out.watermarkAfter = to < batch.length ? batch.watermark[to]! : batch.watermarkAfter
    return out
  }
}
