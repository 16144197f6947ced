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
  #isRowSet = false
  #failed = false
  /** The output's watermark. */
  #watermark = -Infinity
  /** Rows of the batch that `#sequenceOf` has passed. */
  #passed = 0
  #isEndTold = false

  constructor(options: MatchOptions) {
    const { nfa, skip, maxPartials, keyTypes, rowSlots, keepsRaw, conditions, references, slotOf } = options
    this.#options = options
    this.#truths = new RowTruths(conditions)
    this.#keys = new KeyTable(keyTypes)
    this.#slab = new RowSlab({ slots: rowSlots, keepsRaw })
    this.#rows = new MatchRows({ slab: this.#slab, keys: this.#keys, truths: this.#truths })
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
    this.structures = [this.#keys, this.#rows.waiting, this.#open]
  }

  #host(): MatcherHost {
    return {
      holds: (condition, entry) => this.#holds(condition, entry),
      keepRow: () => this.#rows.take(),
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
    if (next > batch.length) this.#rows.end()
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
      counters.held = this.#rows.waiting.size
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
    else for (let i = 0; i < length; i += 1) if (!this.#errors.has(i)) slots[i] = this.#keys.slotOf(columns, i)
  }

  #work(batch: Batch, from: number, out: Batch): number {
    const { counters } = this.#options.context
    for (let i = from; i < batch.length; i += 1) {
      const isTold = this.#errors.has(i) || isRowLate(batch.time[i]!, 0, batch.watermark[i]!)
      if (isTold && !this.#free(batch.watermark[i]!, out)) return i
      counters.in += 1
      if (isTold) this.#refuse(batch, i)
      else this.#rows.waiting.add(i, batch.time[i]!)
    }
    return this.#free(batch.watermarkAfter, out) ? batch.length + 1 : batch.length
  }

  #refuse(batch: Batch, i: number): void {
    const { context } = this.#options
    const { counters } = context
    counters.held = this.#rows.waiting.size
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
      while (rows.hasNext) {
        if (!this.#told.drain(out)) return false
        this.#takeNext()
      }
    } while (rows.free(watermark, this.#matcher.beginners))
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

  #takeNext(): void {
    const [matcher, rows] = [this.#matcher, this.#rows]
    rows.step(matcher.truths)
    const { time, key } = rows
    if (matcher.nextDeadline <= time) matcher.advance(time)
    rows.waiting.leave(rows.row)
    this.#isRowSet = false
    this.#failed = false
    this.#options.context.counters.used += 1
    matcher.take(key, time)
    rows.leave()
  }

  #holds(condition: number, entry: number): boolean {
    const { row, batch } = this.#rows
    if (!this.#isRowSet) {
      this.#isRowSet = true
      if (row < 0) this.#dependent.setRow(batch, -1 - row)
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
    const kept = { openKeys: this.#open.openKeys(), waiting: this.#rows.waiting.size, watermark }
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
    this.#options.context.counters.held = this.#rows.waiting.size
  }
}

interface MatchFacts {
  readonly watermark: WatermarkFact
  /** Taken so far, of all keys. */
  readonly rows: number
  readonly matches: number
}
