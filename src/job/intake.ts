import { type Batch, batchLike } from '../data/batch.ts'
import { takeSlice } from '../data/batch-slice.ts'
import type { Lines } from '../formats/lines.ts'
import { AFTER_ALL } from '../time/watermark.ts'
import type { IntakeOptions } from './intake-options.ts'
import { countersAt, exactPlace, type IntakePosition, isKept, UNTAKEN } from './intake-position.ts'
import { type Fault, type Reject, RowGate, type SourceCounters } from './row-gate.ts'
import { rowsUpTo } from './until.ts'

/** One input of the job: bytes to lines, lines to rows, rows to event time and the source's watermark. */
export class Intake {
  /** See `IntakePosition.from`. */
  from = 0
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
  /** What was kept out since `#begin`. */
  #faults: readonly Fault[] = []
  #isRunOver = false
  /** No row comes behind `#batch`: the limit is reached in it. */
  #isLast = false
  /** Where the input was ended before its end. */
  #stopped: IntakePosition | null = null
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

  /** The run has come to its end: the limit of the next one counts from here. */
  endRun(): void {
    this.#isRunOver = true
  }

  /** Nothing that it handed out is read from now on. */
  close(): void {
    this.#options.scanner.close()
  }

  /** Of this input's shape, without rows: for ticks of the clock. */
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
    const begun = this.#stopped ?? this.#place(taken)
    const isInside = begun.taken > 0 || begun.told > 0
    const place =
      isInside && this.#options.reader.isExact ? exactPlace(begun, this.#batch, this.#faults, this.#options) : begun
    const from = this.#isRunOver ? place.counters.passed + place.taken : place.from
    const { reader, watermark } = this.#options
    const parts = watermark.save ? { parts: watermark.save(place.parts) } : {}
    return { ...place, from, ...parts, reader: reader.mark(place.reader) }
  }

  #place(taken?: number): IntakePosition {
    const rows = this.#handed.from + (taken ?? this.#handed.to - this.#handed.from)
    // what ends the run must end it again after a restart
    const isThrough = rows >= this.#batch.length && !this.#gate.failure && !this.#isLast
    if (this.#begin === null || isThrough) return this.#here()
    const told = this.#faults.filter((fault) => isKept(fault) && fault.before <= rows).length
    return { ...this.#begin, taken: rows, told }
  }

  /** Ends the input behind the rows that the job has taken (`taken`: see `position`), as if no other came. Returns the last batch, null after that. */
  stop(taken?: number): Batch | null {
    if (this.#hasEnded) return null
    const rows = this.#handed.from + (taken ?? this.#handed.to - this.#handed.from)
    const place = this.#place(taken)
    this.#stopped = place
    if (this.#begin === null || rows >= this.#batch.length) return this.#end(this.watermark)
    Object.assign(this.counters, countersAt(place, this.#faults))
    this.#rejects = []
    return this.#end(this.#batch.watermark[rows]!)
  }

  /** No more than `rows` of those handed out last are taken, and nothing comes behind them. */
  cut(rows: number): void {
    const end = this.#handed.from + rows
    this.#isLast = true
    this.#gate.failure = null
    const handed = this.#slice ?? this.#batch
    if (rows < handed.length) handed.watermarkAfter = handed.watermark[rows]!
    handed.length = rows
    this.#handed = { from: this.#handed.from, to: end }
    this.#endBatchAt(end)
  }

  /** The last batch: no rows. `watermark`: where it stands in a run that is suspended. */
  #end(watermark: number): Batch {
    this.#hasEnded = true
    this.#options.badRows.end(this.counters.read)
    return this.#noRows(this.#options.atEnd === 'flush' ? AFTER_ALL : watermark)
  }

  #noRows(watermark: number): Batch {
    const batch = this.#batch
    this.#handed = { from: 0, to: 0 }
    batch.clear()
    batch.watermarkAfter = watermark
    return batch
  }

  #here(): IntakePosition {
    const { reader, watermark } = this.#options
    return {
      reader: this.#lines ? reader.positionAt(this.#at, this.#line) : reader.position(),
      watermark: Number.isFinite(watermark.current) ? watermark.current : null, // JSON has no infinities
      counters: { ...this.counters },
      ...UNTAKEN,
      from: this.from,
      format: this.#options.scanner.save?.(),
      ...(watermark.place ? { parts: watermark.place() } : {}),
    }
  }

  async restore(position: unknown): Promise<void> {
    const { reader, watermark, counters, taken, told, from, format, parts } = position as IntakePosition
    if (parts !== undefined) this.#options.watermark.restoreParts?.(parts)
    this.#options.scanner.restore?.(format)
    this.from = from
    await this.#options.reader.resume(reader)
    if (watermark !== null) this.#options.watermark.restore(watermark)
    Object.assign(this.counters, counters)
    this.#skip = { rows: taken, rejects: told }
  }

  /** A checkpoint with this position is safe. */
  checkpointed(position: unknown): void {
    this.#options.reader.checkpointed?.((position as IntakePosition).reader)
  }

  /** The next rows, or none where only dead letters came; at the end no rows, then null. A promise only where the source must be waited for. Valid until the next call. */
  next(): Batch | null | Promise<Batch | null> {
    if (this.#hasEnded) return null
    if (this.#slice && this.#handed.to < this.#batch.length) return this.#nextSlice(this.#slice)
    if (this.#isLast || this.#isAtLimit()) return this.#endAtLimit()
    if (this.#gate.failure) throw this.#gate.failure
    this.#slice = null
    this.#options.scanner.endRound()
    for (;;) {
      // no row has come behind them, and a checkpoint that is taken while the source is waited for must have them
      if (this.#rejects.length > 0) return this.#noRows(this.watermark)
      if (this.#lines === null) {
        const lines = this.#options.reader.next(this.#line)
        if (lines instanceof Promise)
          return lines.then((some) => (this.#hasEnded ? null : (this.#take(some) ?? this.next())))
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
    if (lines === null) return this.#end(this.watermark)
    this.#line = lines.firstLine
    if (lines.partition !== undefined) this.#options.watermark.select?.(lines.partition)
    if (lines.tooLong) this.#rejects.push(...this.#gate.rejectTooLong(lines, lines.tooLong).filter(isKept))
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
    this.#faults = this.#gate.admit(batch)
    this.#options.watch?.(batch)
    this.#cutAtLimit(batch, this.#begin)
    const rejects = this.#faults.filter(isKept)
    const skip = this.#skip
    const skipped = Math.min(skip.rows, batch.length)
    const told = Math.min(skip.rejects, rejects.length)
    this.#skip = { rows: skip.rows - skipped, rejects: skip.rejects - told }
    this.#rejects.push(...rejects.slice(told))
    this.#handed = { from: 0, to: batch.length }
    if (skipped === batch.length) {
      // what was kept out behind the last of them now stands before the next batch
      this.#rejects = this.#rejects.map(({ text }) => ({ before: 0, text }))
      return this.#isLast ? this.#endAtLimit() : null
    }
    if (skipped === 0 && batch.length <= this.#options.batchRows) return batch
    this.#handed = { from: 0, to: skipped }
    this.#slice = batchLike(batch, Math.min(batch.capacity, this.#options.batchRows))
    return this.#nextSlice(this.#slice)
  }

  /** Before the first row of this run? */
  #isAtLimit(): boolean {
    const { limit } = this.#options
    if (limit === null || this.#skip.rows > 0 || this.#lines !== null) return false
    return limit.kind === 'rows' ? this.counters.passed - this.from >= limit.rows : this.watermark >= limit.watermark
  }

  /** Behind the last row that the limit lets through nothing was ever read. */
  #cutAtLimit(batch: Batch, begin: IntakePosition): void {
    const { limit } = this.#options
    const rows = limit === null ? Infinity : rowsUpTo(limit, batch, begin.counters.passed - this.from)
    if (rows === Infinity) return
    this.#isLast = true
    this.#gate.failure = null
    this.#endBatchAt(rows)
  }

  #endBatchAt(rows: number): void {
    const batch = this.#batch
    if (rows < batch.length) batch.watermarkAfter = batch.watermark[rows]!
    batch.length = rows
    this.#faults = this.#faults.filter(({ before }) => before < rows)
    this.#rejects = this.#rejects.filter(({ before }) => before < rows)
    if (this.#begin) Object.assign(this.counters, countersAt({ ...this.#begin, taken: rows }, this.#faults))
  }

  #endAtLimit(): Batch {
    const { watermarkAfter } = this.#batch
    this.#stopped = this.#place()
    return this.#end(this.#isLast ? watermarkAfter : this.watermark)
  }

  #fill(batch: Batch, lines: Lines): void {
    const { scanner } = this.#options
    batch.clear()
    if (batch.raw) Object.assign(batch.raw, { source: lines.file, buffer: lines.buffer, base: lines.base })
    let isOver: boolean | undefined = false
    while (!isOver && this.#at < lines.to && batch.length < batch.capacity) {
      const before = batch.length
      const { next, nextLine, bad, isFull } = scanner.scan(lines.buffer, this.#at, lines.to, batch, this.#line)
      this.counters.read += batch.length - before
      this.#at = next
      this.#line = nextLine
      isOver = bad ? this.#gate.rejectLine(lines, bad, { line: bad.line ?? nextLine - 1, at: batch.length }) : isFull
    }
    if (this.#at >= lines.to) this.#lines = null
  }

  #nextSlice(out: Batch): Batch {
    const from = this.#handed.to
    this.#handed = { from, to: takeSlice(this.#batch, from, out) }
    return out
  }
}
