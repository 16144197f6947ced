import { TidemarkError } from '../base/errors.ts'
import type { Batch } from '../data/batch.ts'
import { isRetraction, RowKind } from '../data/row-kind.ts'
import { jsonOf, type Value } from '../data/value.ts'
import type { BoundExpression, Field } from '../expressions/bound.ts'
import { compileExpression, type Evaluator } from '../expressions/compile.ts'
import type { RowWriter } from '../formats/json/row-writer.ts'
import type { OutputWriter } from '../formats/output/output-writer.ts'
import { OutputBuffer } from '../formats/output-buffer.ts'
import { NOTHING, recordHead } from '../sinks/kafka/record-line.ts'
import type { BatchConsumer } from './graph.ts'
import type { Output } from './output.ts'

/** What stands beside the value of each record. */
export interface RecordParts {
  /** Texts and expressions, one after the other. */
  readonly topic: readonly (string | BoundExpression)[]
  /** null: no key, or under `isUpsert` the keys of the result. */
  readonly key: BoundExpression | null
  readonly headers: readonly (readonly [name: string, value: BoundExpression])[]
}

/** How rows of a sink become records. */
export interface RecordForm {
  /** For each node of the sink. */
  readonly parts: readonly RecordParts[]
  /** Rows with keys, where later ones take the place of earlier ones, and a deletion is a record without a value. */
  readonly isUpsert: boolean
}

export interface RecordRowsOptions {
  readonly writer: OutputWriter
  readonly output: Output
  readonly parts: RecordParts
  readonly isUpsert: boolean
  /** Writes the keys of the result as an object; null: it has none. */
  readonly keys: RowWriter | null
  readonly slotOf: (field: Field) => number
}

/** The end of the graph where rows become records: a line for each, see `record-line.ts`. */
export class RecordRows implements BatchConsumer {
  rows = 0
  readonly #options: RecordRowsOptions
  readonly #topic: readonly (string | Evaluator)[]
  readonly #key: Evaluator | null
  readonly #headers: readonly (readonly [name: string, value: Evaluator])[]
  readonly #keyText = new OutputBuffer()
  #before: { readonly head: string; readonly sequence: number } | null = null

  constructor(options: RecordRowsOptions) {
    const { slotOf, parts } = options
    const compile = (expression: BoundExpression) => compileExpression(expression, { slotOf })
    this.#options = options
    this.#topic = parts.topic.map((part) => (typeof part === 'string' ? part : compile(part)))
    this.#key = parts.key && compile(parts.key)
    this.#headers = parts.headers.map(([name, value]) => [name, compile(value)])
    const { output, writer } = options
    if (options.isUpsert) output.writers.push({ ...bareWriter(writer), flush: (out) => this.#settle(out) })
  }

  take(batch: Batch, from: number, to: number): number {
    const { output, writer, isUpsert } = this.#options
    const { buffer } = output
    let next = from
    for (; next < to && !output.needsDrain; next += 1) {
      const kind = batch.kinds?.[next] ?? RowKind.Insert
      const head = recordHead(this.#topicOf(batch, next), this.#keyOf(batch, next), this.#headersOf(batch, next))
      if (isUpsert && this.#isHeld(batch, next, kind, head)) continue
      buffer.text(head)
      if (isUpsert && kind === RowKind.Delete) buffer.text(`${NOTHING}\n`)
      else writer.write(batch, next, buffer)
      output.spill()
    }
    this.rows += next - from
    return next
  }

  /**
   * A `-U` waits for the `+U` of the same key that one input row or watermark brings with it, which takes its place; a step between may have kept
   * that out, and then it is a delete.
   */
  #isHeld(batch: Batch, row: number, kind: number, head: string): boolean {
    const before = this.#before
    const sequence = batch.sequence[row]!
    const isReplaced = !isRetraction(kind) && before?.sequence === sequence && before.head === head
    if (before !== null && !isReplaced) this.#settle(this.#options.output.buffer)
    this.#before = kind === RowKind.UpdateBefore ? { head, sequence } : null
    return kind === RowKind.UpdateBefore
  }

  #settle(out: OutputBuffer): void {
    if (this.#before === null) return
    out.text(`${this.#before.head}${NOTHING}\n`)
    this.#before = null
  }

  #topicOf(batch: Batch, row: number): string {
    const [first] = this.#topic
    if (this.#topic.length === 1 && typeof first === 'string') return first
    const topic = this.#topic
      .map((part) => (typeof part === 'string' ? part : (textOf(this.#value(part, batch, row, 'topic')) ?? 'null')))
      .join('')
    return topic.replace(/[^\w.-]/g, '_') // all that a topic's name may hold
  }

  #keyOf(batch: Batch, row: number): string | null {
    if (this.#key) return textOf(this.#value(this.#key, batch, row, 'key'))
    const { keys, isUpsert } = this.#options
    if (!isUpsert || keys === null) return null
    this.#keyText.clear()
    keys.write(batch, row, this.#keyText)
    return this.#keyText.contents().toString('utf8', 0, this.#keyText.length - 1)
  }

  #headersOf(batch: Batch, row: number): Readonly<Record<string, string>> | null {
    if (this.#headers.length === 0) return null
    const headers: Record<string, string> = {}
    for (const [name, value] of this.#headers) {
      const text = textOf(this.#value(value, batch, row, `header ${name}`))
      if (text !== null) headers[name] = text
    }
    return headers
  }

  #value(evaluator: Evaluator, batch: Batch, row: number, what: string): Value {
    try {
      return evaluator.value(batch, row)
    } catch (error) {
      throw new TidemarkError('E_KAFKA_RECORD', `the ${what} of a row cannot be computed: ${(error as Error).message}`)
    }
  }
}

const bareWriter = (writer: OutputWriter): OutputWriter => ({
  write: (batch, row, out) => writer.write(batch, row, out),
  writeFrom: (batch, from, out) => writer.writeFrom(batch, from, out),
})

/** A string is itself; anything else its JSON. null: NULL. */
const textOf = (value: Value): string | null =>
  value === null ? null : typeof value === 'string' ? value : jsonOf(value)
