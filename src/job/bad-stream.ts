import { type Batch, emptyBatch, rawLines } from '../data/batch.ts'
import { memberTexts } from '../data/json-members.ts'
import { type Value, valueOfJson } from '../data/value.ts'
import type { Layout } from '../plan/layout.ts'
import type { NodeOf } from '../plan/nodes.ts'
import { AFTER_ALL } from '../time/watermark.ts'

/** What a source could not read, on its way as a stream (`SOURCE.bad`): the dead letters of a round are rows of that round. */
export class BadStream {
  readonly #slots: readonly { readonly name: string; readonly type: 'any'; readonly path: readonly string[] }[]
  #waiting: { readonly text: Buffer; readonly sequence: number }[] = []
  #watermark = -Infinity

  constructor(node: NodeOf<'bad-rows'>, layout: Layout) {
    this.#slots = layout.slots
      .get(node)!
      .map((field) => ({ name: field.name, type: 'any', path: node.paths.get(field)! }))
  }

  add(text: Buffer, sequence: number): void {
    this.#waiting.push({ text, sequence })
  }

  /** The rows of a round, beside what the source itself gives in it; null: there is nothing to say. */
  take(source: Batch | null, sequenceAfter: number): Batch | null {
    if (source === null && this.#waiting.length === 0) return null
    if (source?.watermarkAfter === AFTER_ALL) this.#watermark = AFTER_ALL
    const letters = this.#waiting
    this.#waiting = []
    const batch = emptyBatch(this.#slots, letters.length)
    batch.raw = rawLines(letters.length)
    batch.raw.buffer = Buffer.concat(letters.map(({ text }) => text))
    let start = 0
    for (const [i, { text, sequence }] of letters.entries()) {
      batch.time[i] = Number.NaN
      batch.watermark[i] = -Infinity
      batch.sequence[i] = sequence
      batch.raw.starts[i] = start
      start += text.length
      batch.raw.ends[i] = start - 1 // without the newline
      this.#fill(batch, i, text.toString())
    }
    batch.length = letters.length
    batch.watermarkAfter = this.#watermark
    batch.sequenceAfter = sequenceAfter
    return batch
  }

  #fill(batch: Batch, row: number, text: string): void {
    for (const [c, { path }] of this.#slots.entries()) batch.columns[c]!.set(row, valueAt(text, path))
  }
}

function valueAt(json: string, path: readonly string[]): Value {
  let text: string | undefined = json.trim()
  for (const name of path) text = text?.startsWith('{') ? memberTexts(text).get(name) : undefined
  return text === undefined ? null : valueOfJson(text)
}
