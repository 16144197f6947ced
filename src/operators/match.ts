import type { RowError } from '../base/errors.ts'
import { DependentConditions } from '../cep/dependent-conditions.ts'
import { Matcher, type MatcherHost } from '../cep/matcher.ts'
import { BATCH_ROWS, type Batch } from '../data/batch.ts'
import { RowSlab } from '../data/row-slab.ts'
import { KeyTable, SPARED_SLOTS } from '../state/key-table.ts'
import type { StateStructure } from '../state/structure.ts'
import { isRowLate, rowLateBy, watermarkAfter } from '../time/watermark.ts'
import type { MatchOptions } from './match-options.ts'
import { MatchRows } from './match-rows.ts'
import { OpenMatches } from './open-matches.ts'
import type { Operator } from './operator.ts'
import { type PartialsReport, reportPartials } from './partials-report.ts'
import { RowErrors } from './row-errors.ts'
import { dependentOf, RowTruths } from './row-truths.ts'
import { ToldMatches } from './told-matches.ts'
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
  readonly #rows: MatchRows
  readonly #matcher: Matcher
  readonly #open: OpenMatches
  readonly #dependent: DependentConditions
  readonly #told: ToldMatches
  readonly #errors = new RowErrors()
  readonly #truths: RowTruths
  /** Of the rows at hand: the one that dependent conditions look at, and the last one that they could not take; -1: none. */
  #rowSet = -1
  #failed = -1
  /** The output's watermark. */
  #watermark = -Infinity
  /** Rows of the batch that `#sequenceOf` has passed. */
  #passed = 0
  #isEndTold = false

  constructor(options: MatchOptions) {
    const { nfa, skip, maxPartials, maxEntries, keyTypes, rowSlots, keepsRaw, conditions, references, slotOf } = options
    this.#options = options
    this.#truths = new RowTruths(conditions)
    this.#keys = new KeyTable(keyTypes)
    this.#slab = new RowSlab({ slots: rowSlots, keepsRaw })
    this.#rows = new MatchRows({ slab: this.#slab, keys: this.#keys, truths: this.#truths })
    const dependent = dependentOf(conditions)
    const limits = { maxPartials, maxEntries }
    this.#matcher = new Matcher(nfa, this.#host(), { skip, dependent: new Set(dependent.keys()), ...limits })
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
    this.structures = [this.#keys, this.#rows.waiting, this.#open]
  }

  #host(): MatcherHost {
    return {
      holds: (condition, entry) => this.#holds(condition, entry),
      keepRow: (n) => this.#rows.take(n),
      releaseRow: (row) => this.#slab.release(row),
      match: (entry, key, at) => {
        this.#watermark = Math.max(this.#watermark, watermarkAfter(at, 0))
        const number = this.#told.count + 1
        this.#told.add({ entry, key, number, time: at, watermark: this.#watermark, sequence: this.#sequenceOf(at) })
      },
      timeout: (entry, key, { at }) => {
        const { onTimeout } = this.#options
        if (onTimeout) onTimeout(this.#told.writer.textOf(entry, key, at), this.#sequenceOf(at))
      },
      changed: (key, isIdle) => this.#open.changed(key, isIdle),
      refusePartial: (limit) => this.#options.onFull(limit),
    }
  }

  createOutput(): Batch {
    return this.#told.writer.createOutput(this.#options.capacity ?? BATCH_ROWS)
  }

  process(batch: Batch, _port: number, from: number, out: Batch): number {
    if (from === 0) this.#begin(batch)
    const next = this.#count(out, () => this.#work(batch, from, out))
    if (next > batch.length) this.#rows.finish()
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
      counters.held = this.#rows.size
    }
  }

  #begin(batch: Batch): void {
    const { length } = batch
    this.#rows.begin(batch)
    this.#passed = 0
    this.#keys.recycle(SPARED_SLOTS)
    this.#errors.clear()
    this.#rows.tidy(this.#matcher.buffer)
    const { slots } = this.#rows
    this.#truths.load(batch, this.#errors.add)
    const columns = this.#options.keys.columns(batch, 0, length, this.#errors.add)
    if (this.#errors.size === 0) this.#keys.slotsOf(columns, 0, length, slots)
    else for (let i = 0; i < length; i += 1) slots[i] = this.#errors.has(i) ? 0 : this.#keys.slotOf(columns, i)
    this.#rows.noteBeginners(this.#matcher)
  }

  #work(batch: Batch, from: number, out: Batch): number {
    const { counters, countsLate } = this.#options.context
    for (let next = from; next < batch.length; next += 1) {
      const refused = this.#nextRefused(batch, next)
      counters.in += refused - next
      counters.used += this.#rows.addAll(next, refused, this.#matcher)
      next = refused
      if (next === batch.length) break
      const isToldAtOnce = !countsLate || this.#errors.has(next)
      if (isToldAtOnce && !this.#free(batch.watermark[next]!, out)) return next
      counters.in += 1
      this.#refuse(batch, next)
    }
    return this.#free(batch.watermarkAfter, out) ? batch.length + 1 : batch.length
  }

  /** The first row from `from` on that cannot be used, or is late. */
  #nextRefused({ time, watermark, length }: Batch, from: number): number {
    const errors = this.#errors
    for (let i = from; i < length; i += 1) if (errors.has(i) || isRowLate(time[i]!, 0, watermark[i]!)) return i
    return length
  }

  #refuse(batch: Batch, i: number): void {
    const { context } = this.#options
    const { counters } = context
    counters.held = this.#rows.size
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
    const rows = this.#rows
    do {
      while (rows.next < rows.end) {
        if (!this.#told.drain(out)) return false
        this.#takeRows()
      }
    } while (rows.free(watermark, this.#matcher))
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
    const { batch } = this.#rows
    if (batch.clock) return batch.clock.reachedAt(at)
    while (this.#passed < batch.length && batch.watermark[this.#passed]! < at) this.#passed += 1
    return this.#passed < batch.length ? batch.sequence[this.#passed]! : batch.sequenceAfter
  }

  /** Takes rows at hand, up to one that completes a match or that ends the run, which counts as used. */
  #takeRows(): void {
    const [matcher, rows] = [this.#matcher, this.#rows]
    const from = rows.next
    this.#rowSet = -1
    this.#failed = -1
    try {
      matcher.takeRows(rows, from, rows.end)
    } finally {
      rows.next = matcher.at + 1
      this.#options.context.counters.used += rows.next - from
    }
  }

  #holds(condition: number, entry: number): boolean {
    const { at } = this.#matcher
    const row = this.#rows.rows[at]!
    if (this.#rowSet !== at) {
      this.#rowSet = at
      if (row < 0) this.#dependent.setRow(this.#rows.batch, -1 - row)
      else this.#dependent.setRow(this.#slab, row)
    }
    return this.#dependent.holds(condition, entry, (_, error) => {
      if (this.#failed === at) return
      this.#failed = at
      this.#badRow(row, error)
    })
  }

  /** A row that was used is not, if the step cannot take it. */
  #badRow(row: number, error: RowError): void {
    const { counters } = this.#options.context
    counters.used -= 1
    counters.bad += 1
    if (row < 0) {
      this.#options.context.badRow(this.#rows.batch, -1 - row, error)
      return
    }
    const alone = this.#slab.createOutput(1)
    this.#slab.copyTo(row, alone, this.#watermark, this.#slab.sequence[row]!)
    this.#options.context.badRow(alone, 0, error)
  }

  partials(): PartialsReport | null {
    return this.#report(this.#watermark)
  }

  #report(watermark: number): PartialsReport | null {
    const { question } = this.#options
    if (question === null) return null
    const kept = { openKeys: this.#open.openKeys(), waiting: this.#rows.size, watermark }
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
    this.#options.context.counters.held = this.#rows.size
  }
}

interface MatchFacts {
  readonly watermark: WatermarkFact
  /** Taken so far, of all keys. */
  readonly rows: number
  readonly matches: number
}
