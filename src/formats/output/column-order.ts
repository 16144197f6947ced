import { TidemarkError } from '../../base/errors.ts'
import type { RowText } from './row-text.ts'

/** The columns of formats that name them once: those of the first row, in its order. */
export class ColumnOrder {
  readonly names: readonly string[]
  /** Which member of the row at hand is in each column; -1: it has none. */
  readonly places: Int32Array
  readonly #quoted: readonly Buffer[]

  constructor(names: readonly string[]) {
    this.names = names
    this.places = new Int32Array(names.length)
    this.#quoted = names.map((name) => Buffer.from(JSON.stringify(name)))
  }

  /** Finds the members of a row. Throws E_OUTPUT_COLUMN for one that has no column. */
  locate({ members }: RowText): void {
    const { places } = this
    let found = 0
    for (let c = 0; c < places.length; c += 1) {
      const place = this.#placeOf(c, members)
      places[c] = place
      if (place >= 0) found += 1
    }
    if (found === members.count) return
    for (let i = 0; i < members.count; i += 1) if (!places.includes(i)) throw unknownColumn(members.name(i))
  }

  /** Most rows have the columns' own order. */
  #placeOf(column: number, members: RowText['members']): number {
    const quoted = this.#quoted[column]!
    if (column < members.count && members.isNamed(column, quoted)) return column
    for (let i = 0; i < members.count; i += 1) if (members.isNamed(i, quoted)) return i
    return -1
  }
}

const unknownColumn = (name: string): TidemarkError =>
  new TidemarkError('E_OUTPUT_COLUMN', `a row has '${name}', which the first row, and so the header, did not have`, {
    hint: `name the columns that are wanted: … then select "a, b, ${name}"; or write NDJSON`,
  })
