import type { RowError } from '../base/errors.ts'
import { DependentConditions } from '../cep/dependent-conditions.ts'
import { Matcher, type MatcherHost } from '../cep/matcher.ts'
import { BATCH_ROWS, type Batch } from '../data/batch.ts'
import { RowSlab } from '../data/row-slab.ts'
import { KeyTable, SPARED_SLOTS } from '../state/key-table.ts'
import type { StateStructure } from '../state/structure.ts'
import { isRowLate, rowLateBy, watermarkAfter } from '../time/watermark.ts'
import type { MatchOptions } from './match-options.ts'
import { OpenMatches } from './open-matches.ts'
import type { Operator } from './operator.ts'
import { type PartialsReport, reportPartials } from './partials-report.ts'
import { RowErrors } from './row-errors.ts'
import { dependentOf, RowTruths } from './row-truths.ts'
import { ToldMatches } from './told-matches.ts'
import { WaitingRows } from './waiting-rows.ts'
import { factOfWatermark, type WatermarkFact, watermarkOfFact } from './watermark-fact.ts'

/**
 * Finds the matches of a pattern per key. Rows wait until the watermark reaches their time and are taken in order of time, so that the result does not
 * depend on the order of their arrival; a row that comes then is late. Rules of Flink's `CepOperator`.
 */
export class Match implements Operator {
  readonly structures: readonly StateStructure[]
  readonly #options: MatchOptions
  readonly #keys: KeyTable
  readonly #slab: RowSlab
  readonly #waiting: WaitingRows
  readonly #matcher: Matcher
  readonly #open: OpenMatches
  readonly #dependent: DependentConditions
  readonly #told: ToldMatches
  readonly #errors = new RowErrors()
  readonly #truths: RowTruths
  /** Key slot by row of the batch. */
  #slots = new Int32Array(0)
  #batch: Batch
  /** The row at hand, as `WaitingRows` names it, and its row in the slab once it is there. */
  #row = 0
  #kept = -1
  #isRowSet = false
  #failed = false
  /** The output's watermark. */
  #watermark = -Infinity
  /** Rows that are free, from `#next` to before `#taken` not yet done. */
  readonly #freed = new Int32Array(BATCH_ROWS)
  #next = 0
  #taken = 0
  /** Rows of the batch that `#sequenceOf` has passed. */
  #passed = 0
  #isEndTold = false

  constructor(options: MatchOptions) {
    const { nfa, skip, maxPartials, keyTypes, rowSlots, keepsRaw, conditions, references, slotOf } = options
    this.#options = options
    this.#truths = new RowTruths(conditions)
    this.#keys = new KeyTable(keyTypes)
    this.#slab = new RowSlab({ slots: rowSlots, keepsRaw })
    this.#batch = this.#slab.createOutput(1)
    this.#waiting = new WaitingRows(this.#slab, this.#keys)
    const dependent = dependentOf(conditions)
    this.#matcher = new Matcher(nfa, this.#host(), { skip, maxPartials, dependent: new Set(dependent.keys()) })
    this.#open = new OpenMatches(this.#matcher, this.#slab, this.#keys)
    const { buffer } = this.#matcher
    this.#dependent = new DependentConditions(dependent, references, {
      nfa,
      buffer,
      rows: this.#slab,
      slotOf,
    })
    const writer = options.writer({ matcher: this.#matcher, slab: this.#slab, keys: this.#keys })
    this.#told = new ToldMatches(writer, buffer, this.#keys, (entry, error) => this.#badRow(buffer.rowOf(entry), error))
    this.structures = [this.#keys, this.#waiting, this.#open]
  }

  #host(): MatcherHost {
    return {
      holds: (condition, entry) => this.#holds(condition, entry),
      keepRow: () => {
        this.#kept = this.#row >= 0 ? this.#row : this.#slab.append(this.#batch, -1 - this.#row)
        return this.#kept
      },
      releaseRow: (row) => this.#slab.release(row),
      match: (entry, key, at) => {
        this.#watermark = Math.max(this.#watermark, watermarkAfter(at, 0))
        this.#told.add({ entry, key, at, watermark: this.#watermark, sequence: this.#sequenceOf(at) })
      },
      timeout: (entry, key, { at }) => {
        const { onTimeout } = this.#options
        if (onTimeout) onTimeout(this.#told.writer.textOf(entry, key, at), this.#sequenceOf(at))
      },
      changed: (key) => this.#open.changed(key),
      refusePartial: () => this.#options.onFull(),
    }
  }

  createOutput(): Batch {
    return this.#told.writer.createOutput(this.#options.capacity ?? BATCH_ROWS)
  }

  process(batch: Batch, _port: number, from: number, out: Batch): number {
    if (from === 0) this.#begin(batch)
    const next = this.#count(out, () => this.#work(batch, from, out))
    if (next > batch.length) this.#end(batch)
    out.watermarkAfter = this.#watermark
    out.sequenceAfter = next < batch.length ? batch.sequence[next]! : batch.sequenceAfter
    return next
  }

  /** Also where a row ends the run. */
  #count(out: Batch, work: () => number): number {
    const before = out.length
    try {
      return work()
    } finally {
      const { counters } = this.#options.context
      counters.out += out.length - before
      counters.held = this.#waiting.size
    }
  }

  #begin(batch: Batch): void {
    const { length } = batch
    this.#batch = batch
    this.#passed = 0
    this.#keys.recycle(SPARED_SLOTS)
    this.#errors.clear()
    this.#tidy()
    if (this.#slots.length < length) this.#slots = new Int32Array(batch.capacity)
    this.#truths.load(batch, this.#errors.add)
    const columns = this.#options.keys.columns(batch, 0, length, this.#errors.add)
    if (this.#errors.size === 0) this.#keys.slotsOf(columns, 0, length, this.#slots)
    else for (let i = 0; i < length; i += 1) if (!this.#errors.has(i)) this.#slots[i] = this.#keys.slotOf(columns, i)
  }

  #work(batch: Batch, from: number, out: Batch): number {
    const { counters } = this.#options.context
    for (let i = from; i < batch.length; i += 1) {
      const isTold = this.#errors.has(i) || isRowLate(batch.time[i]!, 0, batch.watermark[i]!)
      if (isTold && !this.#free(batch.watermark[i]!, out)) return i
      counters.in += 1
      if (isTold) this.#refuse(batch, i)
      else this.#waiting.add(i, batch.time[i]!)
    }
    return this.#free(batch.watermarkAfter, out) ? batch.length + 1 : batch.length
  }

  #refuse(batch: Batch, i: number): void {
    const { context } = this.#options
    const { counters } = context
    counters.held = this.#waiting.size
    if (this.#errors.has(i)) {
      counters.bad += 1
      context.badRow(batch, i, this.#errors.get(i))
      return
    }
    const watermark = batch.watermark[i]!
    counters.late += 1
    context.late(batch, i, { lateBy: rowLateBy(batch.time[i]!, 0, watermark), watermark })
  }

  /**
   * Takes the rows that the watermark frees, and ends what is out of time by then. Not after each row: what comes of it depends on the order of the rows
   * alone, so a batch is done at once, unless a row in it is told of. False: `out` is full, and there is more.
   */
  #free(watermark: number, out: Batch): boolean {
    for (;;) {
      for (; this.#next < this.#taken; this.#next += 1) {
        if (!this.#told.drain(out)) return false
        this.#take(this.#freed[this.#next]!)
      }
      this.#next = 0
      this.#taken = this.#waiting.take(watermark, this.#freed)
      if (this.#taken === 0) break
    }
    if (watermark === Infinity) this.#tellPartials()
    for (;;) {
      if (!this.#told.drain(out)) return false
      if (this.#matcher.nextDeadline > watermark || this.#matcher.nextDeadline === Infinity) break
      this.#matcher.advance(this.#matcher.nextDeadline)
    }
    this.#watermark = Math.max(this.#watermark, watermark)
    return true
  }

  /** The place of what was free at that watermark; asked with ascending ones. */
  #sequenceOf(at: number): number {
    const batch = this.#batch
    if (batch.clock) return batch.clock.reachedAt(at)
    while (this.#passed < batch.length && batch.watermark[this.#passed]! < at) this.#passed += 1
    return this.#passed < batch.length ? batch.sequence[this.#passed]! : batch.sequenceAfter
  }

  #take(row: number): void {
    const matcher = this.#matcher
    const isKept = row >= 0
    const time = isKept ? this.#slab.time[row]! : this.#batch.time[-1 - row]!
    const key = isKept ? this.#waiting.keyOf(row) : this.#slots[-1 - row]!
    if (matcher.nextDeadline <= time) matcher.advance(time)
    this.#waiting.leave(row)
    this.#row = row
    this.#kept = -1
    this.#isRowSet = false
    this.#failed = false
    this.#truths.read(row, matcher.truths)
    this.#options.context.counters.used += 1
    matcher.take(key, time)
    // a row of the slab that nothing has taken
    if (isKept && this.#kept < 0) this.#slab.release(row)
  }

  #holds(condition: number, entry: number): boolean {
    const row = this.#row
    if (!this.#isRowSet) {
      this.#isRowSet = true
      if (row < 0) this.#dependent.setRow(this.#batch, -1 - row)
      else this.#dependent.setRow(this.#slab, row)
    }
    return this.#dependent.holds(condition, entry, (_, error) => {
      if (this.#failed) return
      this.#failed = true
      this.#badRow(row, error)
    })
  }

  /** A row that was used is not, if the step cannot take it. */
  #badRow(row: number, error: RowError): void {
    const { counters } = this.#options.context
    counters.used -= 1
    counters.bad += 1
    if (row < 0) {
      this.#options.context.badRow(this.#batch, -1 - row, error)
      return
    }
    const alone = this.#slab.createOutput(1)
    this.#slab.copyTo(row, alone, this.#watermark, this.#slab.sequence[row]!)
    this.#options.context.badRow(alone, 0, error)
  }

  /** The batch is over: what still waits is copied. */
  #end(batch: Batch): void {
    this.#waiting.keep(batch, this.#slots, (row, i) => this.#truths.keep(row, i))
  }

  /** Between two batches rows may move. */
  #tidy(): void {
    if (!this.#slab.isSparse) return
    const moves = new Map<number, number>()
    this.#slab.compact((from, to) => {
      moves.set(from, to)
      this.#truths.move(from, to)
    })
    this.#waiting.moveRows(moves)
    this.#matcher.buffer.moveRows(moves)
  }

  partials(): PartialsReport | null {
    return this.#report(this.#watermark)
  }

  #report(watermark: number): PartialsReport | null {
    const { question } = this.#options
    if (question === null) return null
    const kept = { openKeys: this.#open.openKeys(), waiting: this.#waiting.size, watermark }
    return reportPartials({ ...question, matcher: this.#matcher, slab: this.#slab, keys: this.#keys }, kept)
  }

  #tellPartials(): void {
    const { context } = this.#options
    if (this.#isEndTold || !context.partials) return
    this.#isEndTold = true
    const report = this.#report(Infinity)
    if (report) context.partials(report)
  }

  facts(): MatchFacts {
    const { ordinal } = this.#matcher
    return { watermark: factOfWatermark(this.#watermark), rows: ordinal, matches: this.#told.count }
  }

  restoreFacts(facts: unknown): void {
    const { watermark, rows, matches } = facts as MatchFacts
    this.#watermark = watermarkOfFact(watermark)
    this.#isEndTold = this.#watermark === Infinity
    this.#matcher.ordinal = rows
    this.#told.count = matches
    this.#matcher.restoreDeadlines(this.#open.openKeys())
    this.#truths.loadSlab(this.#slab)
    this.#options.context.counters.held = this.#waiting.size
  }
}

interface MatchFacts {
  readonly watermark: WatermarkFact
  /** Taken so far, of all keys. */
  readonly rows: number
  readonly matches: number
}
