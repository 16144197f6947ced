import type { RowError } from '../base/errors.ts'
import { DependentConditions } from '../cep/dependent-conditions.ts'
import { Matcher, type MatcherHost } from '../cep/matcher.ts'
import type { Nfa } from '../cep/nfa.ts'
import type { SkipStrategy } from '../cep/pattern.ts'
import type { Reference } from '../cep/references.ts'
import { BATCH_ROWS, type Batch, type Slot } from '../data/batch.ts'
import type { ColumnType } from '../data/column-type.ts'
import { RowSlab } from '../data/row-slab.ts'
import type { Field } from '../expressions/bound.ts'
import { KeyTable, SPARED_SLOTS } from '../state/key-table.ts'
import type { StateStructure } from '../state/structure.ts'
import { isRowLate, rowLateBy } from '../time/watermark.ts'
import type { KeyReader } from './key-reader.ts'
import type { MatchWriter } from './match-writer.ts'
import { OpenMatches } from './open-matches.ts'
import type { Operator, OperatorContext } from './operator.ts'
import { RowErrors } from './row-errors.ts'
import { type MatchCondition, RowTruths } from './row-truths.ts'
import { ToldMatches } from './told-matches.ts'
import { WaitingRows } from './waiting-rows.ts'
import { factOfWatermark, type WatermarkFact, watermarkOfFact } from './watermark-fact.ts'

export interface MatchOptions {
  readonly nfa: Nfa
  readonly skip: SkipStrategy
  readonly keys: KeyReader
  readonly keyTypes: readonly ColumnType[]
  /** By number of the condition. */
  readonly conditions: readonly MatchCondition[]
  readonly references: readonly Reference[]
  readonly slotOf: (field: Field) => number
  /** Of the rows that are kept. */
  readonly rowSlots: readonly Slot[]
  readonly keepsRaw: boolean
  readonly maxPartials: number
  /** There are as many partial matches as may be, and a further one is not followed; may throw. */
  readonly onFull: () => void
  /** Makes the rows of the result. */
  readonly writer: (parts: {
    readonly matcher: Matcher
    readonly slab: RowSlab
    readonly keys: KeyTable
  }) => MatchWriter
  /** Told of partial matches that run out of time, as their text; null: nobody wants to know. */
  readonly onTimeout: ((text: string, sequence: number) => void) | null
  readonly context: OperatorContext
  readonly capacity?: number
}

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
  #watermark = -Infinity

  constructor(options: MatchOptions) {
    const { nfa, skip, maxPartials, keyTypes, rowSlots, keepsRaw, conditions, references, slotOf } = options
    this.#options = options
    this.#truths = new RowTruths(conditions)
    this.#keys = new KeyTable(keyTypes)
    this.#slab = new RowSlab({ slots: rowSlots, keepsRaw })
    this.#batch = this.#slab.createOutput(1)
    this.#waiting = new WaitingRows(this.#slab, this.#keys)
    this.#matcher = new Matcher(nfa, this.#host(), { skip, maxPartials })
    this.#open = new OpenMatches(this.#matcher, this.#slab, this.#keys)
    const { buffer } = this.#matcher
    const dependent = new Map(
      conditions.flatMap((one, c) => (one.kind === 'dependent' ? [[c, one.bound] as const] : [])),
    )
    this.#dependent = new DependentConditions(dependent, references, { nfa, buffer, rows: this.#slab, slotOf })
    const writer = options.writer({ matcher: this.#matcher, slab: this.#slab, keys: this.#keys })
    this.#told = new ToldMatches(writer, buffer, this.#keys, (entry, error) => this.#badRow(buffer.rows[entry]!, error))
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
      match: (entry, key, at) => this.#told.add(entry, key, at),
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
    if (!this.#told.drain(out)) return from
    for (let i = from; i < batch.length; i += 1) {
      if (!this.#advance(batch.watermark[i]!, i, out)) return i
      this.#arrive(batch, i)
    }
    return this.#advance(batch.watermarkAfter, batch.length, out) ? batch.length + 1 : batch.length
  }

  #arrive(batch: Batch, i: number): void {
    const { context } = this.#options
    const { counters } = context
    counters.in += 1
    if (this.#errors.has(i)) {
      counters.bad += 1
      context.badRow(batch, i, this.#errors.get(i))
      return
    }
    const time = batch.time[i]!
    if (isRowLate(time, 0, this.#watermark)) {
      const watermark = this.#watermark
      counters.late += 1
      context.late(batch, i, { lateBy: rowLateBy(time, 0, watermark), watermark })
      return
    }
    this.#waiting.add(i, time)
  }

  /** Takes the rows that the watermark frees, and ends what is out of time by then. False: `out` is full, and there is more. */
  #advance(watermark: number, row: number, out: Batch): boolean {
    if (watermark <= this.#watermark) return true
    this.#told.setCause(this.#watermark, (at) => this.#sequenceOf(at, row))
    while (this.#waiting.size > 0 && this.#waiting.nextTime <= watermark) {
      this.#take(this.#waiting.nextTime)
      if (!this.#told.drain(out)) return false
    }
    while (this.#matcher.nextDeadline <= watermark && this.#matcher.nextDeadline !== Infinity) {
      this.#matcher.advance(this.#matcher.nextDeadline)
      if (!this.#told.drain(out)) return false
    }
    this.#watermark = watermark
    return true
  }

  #sequenceOf(at: number, row = this.#batch.length): number {
    const batch = this.#batch
    return batch.clock?.reachedAt(at) ?? (row < batch.length ? batch.sequence[row]! : batch.sequenceAfter)
  }

  /** The first of the waiting rows. */
  #take(time: number): void {
    const matcher = this.#matcher
    if (matcher.nextDeadline <= time) matcher.advance(time)
    const first = this.#waiting.nextTime
    const key = this.#keyOfNext()
    this.#row = this.#waiting.take()
    this.#kept = -1
    this.#isRowSet = false
    this.#failed = false
    const row = this.#row
    this.#truths.read(row, matcher.truth)
    this.#options.context.counters.used += 1
    matcher.take(key, first)
    // a row of the slab that nothing has taken
    if (row >= 0 && this.#kept < 0) this.#slab.release(row)
  }

  #keyOfNext(): number {
    const row = this.#waiting.next
    return row < 0 ? this.#slots[-1 - row]! : this.#waiting.keyOf(row)
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

  facts(): MatchFacts {
    const { ordinal } = this.#matcher
    return { watermark: factOfWatermark(this.#watermark), rows: ordinal, matches: this.#told.count }
  }

  restoreFacts(facts: unknown): void {
    const { watermark, rows, matches } = facts as MatchFacts
    this.#watermark = watermarkOfFact(watermark)
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
