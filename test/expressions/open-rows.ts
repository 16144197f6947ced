import type { TidemarkError } from '../../src/base/errors.ts'
import type { Rows } from '../../src/data/batch.ts'
import { Column, type Encoding, Tag } from '../../src/data/column.ts'
import { TextDictionary } from '../../src/data/dictionary.ts'
import { JsonText, type Value } from '../../src/data/value.ts'
import { bind } from '../../src/expressions/bind.ts'
import type { BoundExpression, Field, Scope } from '../../src/expressions/bound.ts'
import { compileExpression } from '../../src/expressions/compile.ts'
import { parseExpression } from '../../src/expressions/parse.ts'

export const ENCODINGS: readonly Encoding[] = ['interned', 'span', 'plain']

/** The error that `run` throws. */
export function thrownBy(run: () => unknown): Error {
  try {
    run()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}

/** The error without its place, and the words under the caret. */
export function refusal(run: () => unknown): string {
  const { code, message, details } = thrownBy(run) as TidemarkError
  const { span, hint } = details
  return `${code} ${message} | ${span!.text.slice(span!.start, span!.end)} | ${hint ?? ''}`
}

/** Rows without a schema: every path is a field of its own, in a slot of its own. `typed` gives some of them a static type. */
export class OpenScope implements Scope {
  readonly fields = new Map<string, Field>()
  readonly slots = new Map<Field, number>()
  readonly hasTime: boolean = true
  readonly parameters: ReadonlyMap<string, Value>
  readonly zone = 'UTC'
  readonly isTyped: boolean
  readonly #typed: Readonly<Record<string, Field['type']>>

  constructor(
    options: {
      parameters?: Readonly<Record<string, Value>>
      typed?: Readonly<Record<string, Field['type']>>
      isDeclared?: boolean
    } = {},
  ) {
    this.isTyped = options.isDeclared ?? false
    this.parameters = new Map(Object.entries(options.parameters ?? {}))
    this.#typed = options.typed ?? {}
  }

  resolve(path: readonly string[]) {
    const name = path[0]!
    let field = this.fields.get(name)
    if (!field) {
      field = { name, type: this.#typed[name] ?? 'any' }
      this.slots.set(field, this.fields.size)
      this.fields.set(name, field)
    }
    return { field, rest: path.slice(1) }
  }

  names(): readonly string[] {
    return Object.keys(this.#typed)
  }

  slotOf = (field: Field): number => this.slots.get(field)!

  bind(text: string): BoundExpression {
    return bind(parseExpression(text, 'filter'), this)
  }
}

/** A column of some encoding that holds these values; undefined is a missing member. */
export function columnOf(values: readonly (Value | undefined)[], encoding: Encoding, field?: Field): Column {
  const column = new Column(field?.type ?? 'any', encoding, values.length)
  const dictionary = new TextDictionary()
  if (encoding === 'interned') column.dictionary = dictionary
  const pieces: Buffer[] = []
  let length = 0
  for (const [i, value] of values.entries()) {
    const isText = typeof value === 'string'
    if (value === undefined) column.tags[i] = Tag.Missing
    else if (isText && encoding === 'interned') {
      column.tags[i] = Tag.String
      column.ids[i] = dictionary.intern(value)
    } else if (encoding === 'span' && (isText || value instanceof JsonText)) {
      const bytes = Buffer.from(isText ? JSON.stringify(value.toWellFormed()).slice(1, -1) : value.text)
      column.tags[i] = isText ? Tag.String : Tag.Json
      column.ids[i] = length
      length += bytes.length
      column.ends[i] = length
      pieces.push(bytes)
    } else column.set(i, value)
  }
  if (encoding === 'span') column.buffer = Buffer.concat(pieces)
  return column
}

/** Rows for the fields that a scope has met so far. */
export function rowsFor(
  scope: OpenScope,
  rows: readonly Readonly<Record<string, Value>>[],
  encoding: Encoding = 'plain',
): Rows {
  const columns: Column[] = []
  for (const [name, field] of scope.fields)
    columns[scope.slotOf(field)] = columnOf(
      rows.map((row) => (Object.hasOwn(row, name) ? row[name] : undefined)),
      encoding,
      field,
    )
  return { columns, time: Float64Array.from(rows, (row) => (row['@time'] as number | undefined) ?? Number.NaN) }
}

export type Outcome = { readonly value: Value } | { readonly error: string; readonly hint: string | undefined }

/** What an expression gives for each row, by one of the evaluators. */
export function outcomes(bound: BoundExpression, scope: OpenScope, rows: Rows, generate: boolean): Outcome[] {
  const evaluator = compileExpression(bound, { slotOf: scope.slotOf, generate })
  const count = rows.time.length
  const out = new Column(bound.type, 'plain', count)
  const result: Outcome[] = []
  evaluator.column(rows, 0, count, out, (row, { message, hint }) => {
    result[row] = { error: message, hint }
  })
  for (let row = 0; row < count; row += 1) result[row] ??= { value: out.value(row) }
  return result
}

/** The value (or `error: …`) of an expression over one row, which every evaluator and every encoding must give. */
export function evaluate(text: string, row: Readonly<Record<string, Value>> = {}, scope = new OpenScope()): unknown {
  const bound = scope.bind(text)
  const seen: Outcome[] = []
  for (const encoding of ENCODINGS)
    for (const generate of [true, false])
      seen.push(outcomes(bound, scope, rowsFor(scope, [row], encoding), generate)[0]!)
  const [first, ...others] = seen.map((outcome) => JSON.stringify(outcome, printable))
  for (const other of others) if (other !== first) throw new Error(`${text}: ${first} but also ${other}`)
  const outcome = seen[0]!
  return 'value' in outcome ? outcome.value : `error: ${outcome.error}${outcome.hint ? ` (${outcome.hint})` : ''}`
}

/** Tells apart what JSON does not. */
export function printable(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'number' && !Number.isFinite(value)) return `number ${value}`
  return Object.is(value, -0) ? '-0' : value
}
