import { type Column, Tag } from '../data/column.ts'
import type { Dictionary } from '../data/dictionary.ts'
import { keyTextOf } from '../data/value.ts'

/** Texts kept for ids of one dictionary; a dictionary with more has keys that hardly repeat. */
const MOST_TEXTS = 1 << 16

/** Canonical key texts of rows. Keeps the texts of interned strings, since those come again. */
export class KeyTexts {
  #parts: PartTexts[] = []

  /** The texts of the parts, joined by a comma: unlike keys never have the same. */
  text(columns: readonly Column[], i: number): string {
    while (this.#parts.length < columns.length) this.#parts.push(new PartTexts())
    if (columns.length === 1) return this.#parts[0]!.text(columns[0]!, i)
    let text = ''
    for (let k = 0; k < columns.length; k += 1) text += (k > 0 ? ',' : '') + this.#parts[k]!.text(columns[k]!, i)
    return text
  }
}

class PartTexts {
  #dictionary: Dictionary | null = null
  #generation = -1
  #texts: string[] = []

  text(column: Column, i: number): string {
    if (column.encoding !== 'interned' || column.tags[i] !== Tag.String) return keyTextOf(column.value(i))
    const { dictionary } = column
    if (dictionary !== this.#dictionary || dictionary!.generation !== this.#generation) {
      this.#dictionary = dictionary
      this.#generation = dictionary!.generation
      this.#texts = []
    }
    const id = column.ids[i]!
    if (id >= MOST_TEXTS) return keyTextOf(column.text(i))
    while (this.#texts.length <= id) this.#texts.push('')
    return (this.#texts[id] ||= keyTextOf(column.text(i)))
  }
}
