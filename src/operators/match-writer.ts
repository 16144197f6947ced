import type { Matcher } from '../cep/matcher.ts'
import type { Reference } from '../cep/references.ts'
import { type TakenValue, takenValue } from '../cep/taken-rows.ts'
import { Batch, type Rows, type Slot } from '../data/batch.ts'
import { Column } from '../data/column.ts'
import type { RowSlab } from '../data/row-slab.ts'
import { JsonText, jsonOf } from '../data/value.ts'
import type { BoundExpression, Field } from '../expressions/bound.ts'
import { compileExpression, type Evaluator } from '../expressions/compile.ts'
import type { KeyTable } from '../state/key-table.ts'

/** A match that is complete. */
export interface CompleteMatch {
  readonly entry: number
  readonly key: number
  /** Which of all matches it is, from 1. */
  readonly number: number
  readonly time: number
  /** The output's watermark before it. */
  readonly watermark: number
  readonly sequence: number
}

/** Makes the rows of the result of matches. */
export interface MatchWriter {
  createOutput(capacity: number): Batch
  /** How many rows it makes of a match. */
  rowsOf(entry: number): number
  /** Appends row `n` of a match; there is room. */
  write(out: Batch, match: CompleteMatch, n: number): void
  /** A partial match as JSON: its keys, its rows by name, and when it ran out of time. */
  textOf(entry: number, key: number, at: number): string
}

/** Prints a row as it would leave the job, without a newline. */
export type PrintRow = (batch: Batch, row: number) => string

/** What the result of a match holds: keys and measures, keys and the match as a whole, or each of its rows. */
export type MatchResult =
  | {
      readonly kind: 'measures'
      readonly measures: readonly BoundExpression[]
      readonly references: readonly Reference[]
    }
  | { readonly kind: 'whole' }
  | { readonly kind: 'rows' }

export interface MatchWriterOptions {
  readonly matcher: Matcher
  readonly slab: RowSlab
  readonly keys: KeyTable
  readonly result: MatchResult
  /** Of the result. */
  readonly slots: readonly Slot[]
  readonly keyNames: readonly string[]
  readonly slotOf: (field: Field) => number
  readonly printRow: PrintRow
  readonly printTime: (ms: number) => string
}

export function createMatchWriter(options: MatchWriterOptions): MatchWriter {
  const { result } = options
  if (result.kind === 'rows') return new RowsWriter(options)
  return new ColumnsWriter(options, result.kind === 'measures' ? measuresOf(result, options) : wholeOf(options))
}

/** The value of each column behind the keys. */
type Values = (entry: number, column: (n: number) => Column, at: number) => void

function wholeOf(options: MatchWriterOptions): Values {
  return (entry, column, at) => column(0).set(at, new JsonText(textOfRows(entry, options)))
}

function measuresOf(result: MatchResult & { kind: 'measures' }, options: MatchWriterOptions): Values {
  const { matcher, slab, slotOf } = options
  const { references, measures } = result
  const columns = references.map(({ field }) => new Column(field.type, 'plain', 1))
  const row: Rows = { columns, time: new Float64Array(1) }
  const own = (field: Field) => references.findIndex((reference) => reference.field === field)
  const values: readonly TakenValue[] = references.map((reference) =>
    takenValue(reference, { nfa: matcher.nfa, buffer: matcher.buffer, rows: slab, slotOf }),
  )
  const evaluators: readonly Evaluator[] = measures.map((measure) => compileExpression(measure, { slotOf: own }))
  return (entry, column, at) => {
    for (let i = 0; i < values.length; i += 1) columns[i]!.set(0, values[i]!(entry))
    for (let i = 0; i < evaluators.length; i += 1) column(i).set(at, evaluators[i]!.value(row, 0))
  }
}

/** The rows of a chain by name, in the order of the pattern, as JSON. */
function textOfRows(entry: number, { matcher, slab, printRow }: MatchWriterOptions): string {
  const { nfa, buffer } = matcher
  const named: string[][] = nfa.steps.map(() => [])
  for (const one of buffer.chain(entry)) {
    const alone = slab.createOutput(1)
    slab.copyTo(buffer.rowOf(one), alone, 0, 0)
    named[nfa.stepOf[buffer.positionOf(one)]!]!.push(printRow(alone, 0))
  }
  const members = named.flatMap((rows, s) => (rows.length > 0 ? [`${jsonOf(nfa.steps[s]!)}:[${rows.join(',')}]`] : []))
  return `{${members.join(',')}}`
}

/** `{"ip":"10.0.0.7","match":{…},"_timeout":"…"}` */
function textOfTimeout(entry: number, key: number, at: number, options: MatchWriterOptions): string {
  const { keys, keyNames, printTime } = options
  const members = keyNames.map((name, k) => {
    const column = new Column('any', 'span', 1)
    keys.fill(k, Int32Array.of(key), column, 0)
    return `${jsonOf(name)}:${jsonOf(column.value(0))}`
  })
  const end = [`"match":${textOfRows(entry, options)}`, `"_timeout":${jsonOf(printTime(at))}`]
  return `{${[...members, ...end].join(',')}}\n`
}

/** One row a match: its keys, and columns behind them. */
class ColumnsWriter implements MatchWriter {
  readonly #options: MatchWriterOptions
  readonly #values: Values
  /** Of the match that is being written. */
  readonly #key = new Int32Array(1)

  constructor(options: MatchWriterOptions, values: Values) {
    this.#options = options
    this.#values = values
  }

  createOutput(capacity: number): Batch {
    const { slots, keys } = this.#options
    const columns = slots.map(({ type }, c) => new Column(type, c < keys.parts ? 'span' : 'plain', capacity))
    return new Batch(columns, capacity)
  }

  rowsOf(): number {
    return 1
  }

  write(out: Batch, match: CompleteMatch): void {
    const { keys } = this.#options
    const at = out.length
    this.#key[0] = match.key
    for (let k = 0; k < keys.parts; k += 1) keys.fill(k, this.#key, out.columns[k]!, at)
    const column = (n: number) => {
      const found = out.columns[keys.parts + n]!
      while (found.values.length < at) found.values.push(null)
      return found
    }
    this.#values(match.entry, column, at)
    writeHeader(out, match) // last: a match whose measures cannot be computed is not written
  }

  textOf(entry: number, key: number, at: number): string {
    return textOfTimeout(entry, key, at, this.#options)
  }
}

function writeHeader(out: Batch, { time, watermark, sequence }: CompleteMatch): void {
  const at = out.length
  out.time[at] = time
  out.watermark[at] = watermark
  out.sequence[at] = sequence
  out.length = at + 1
}

/** Each row of a match as it came, with the number of the match and the name that it was taken for. */
class RowsWriter implements MatchWriter {
  readonly #options: MatchWriterOptions
  /** Of the match whose rows are being written, and the serial of its last entry: numbers of entries are used again. */
  #chain: readonly number[] = []
  #serial = Number.NaN

  constructor(options: MatchWriterOptions) {
    this.#options = options
  }

  createOutput(capacity: number): Batch {
    const { slab, slots } = this.#options
    const batch = slab.createOutput(capacity)
    batch.columns = slots.map(({ type }) => new Column(type, 'plain', capacity))
    return batch
  }

  rowsOf(entry: number): number {
    const { buffer } = this.#options.matcher
    const serial = buffer.serialOf(entry)
    if (serial !== this.#serial) this.#chain = buffer.chain(entry)
    this.#serial = serial
    return this.#chain.length
  }

  write(out: Batch, match: CompleteMatch, n: number): void {
    const { matcher, slab, slots } = this.#options
    const { buffer, nfa } = matcher
    const entry = this.#chain[n]!
    const at = out.length
    const name = out.columns[slots.length - 1]!
    const number = out.columns[slots.length - 2]!
    slab.copyTo(buffer.rowOf(entry), out, match.watermark, match.sequence)
    out.time[at] = match.time
    while (name.values.length < at) name.values.push(null)
    number.set(at, match.number)
    name.set(at, nfa.steps[nfa.stepOf[buffer.positionOf(entry)]!]!)
  }

  textOf(entry: number, key: number, at: number): string {
    return textOfTimeout(entry, key, at, this.#options)
  }
}
