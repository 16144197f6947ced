import { suggest } from '../base/suggest.ts'
import type { Batch } from '../data/batch.ts'
import { Tag } from '../data/column.ts'
import { membersOf } from '../formats/json/members.ts'
import { REFUSED_FUNCTIONS } from '../functions/scalar/index.ts'

/** A field that the command names, and where. */
export interface WatchedField {
  readonly name: string
  readonly slot: number
  /** The flag or verb that names it first: `--by`, `filter`. */
  readonly namedIn: string
  /** What may be meant instead; null: nothing more is known. */
  readonly hint: string | null
  /** Compared with a number by `=`: then a field of strings only is worth a word. */
  readonly isComparedWithNumber: boolean
}

export interface FieldWarning {
  readonly code: 'W_FIELD_NEVER_SEEN' | 'W_STRING_COMPARED'
  readonly message: string
  readonly hint: string
}

/** Rows after which a field counts as never seen; before that only the end of the input decides. */
const ENOUGH_ROWS = 10_000
/** Rows whose member names are remembered for "did you mean". */
const SAMPLED_ROWS = 100

/** `seen`: by the name of the field. */
interface SavedWatch {
  readonly rows: number
  readonly isDone: boolean
  readonly seen: { readonly [name: string]: number } | readonly number[]
  readonly names: readonly string[]
}

const Seen = { Unseen: 0, Strings: 1, Others: 2 } as const

/** Looks for fields that no row has: missing is NULL, so nothing else would tell of a misspelt name. */
export class FieldWatch {
  readonly #fields: readonly WatchedField[]
  readonly #seen: Uint8Array
  readonly #enough: number
  readonly #names = new Set<string>()
  readonly #report: (warning: FieldWarning) => void
  #rows = 0
  #isDone = false

  /** `enough`: rows after which it judges before the end of the input. */
  constructor(fields: readonly WatchedField[], report: (warning: FieldWarning) => void, enough: number = ENOUGH_ROWS) {
    this.#fields = fields
    this.#enough = enough
    this.#seen = new Uint8Array(fields.length)
    this.#report = report
    this.#isDone = fields.length === 0
  }

  look(batch: Batch): void {
    if (this.#isDone) return
    for (let i = 0; i < batch.length && this.#rows + i < SAMPLED_ROWS; i += 1) this.#sample(batch, i)
    this.#rows += batch.length
    let isSettled = true
    this.#fields.forEach(({ slot, isComparedWithNumber }, f) => {
      if (this.#seen[f] === Seen.Others || (this.#seen[f] === Seen.Strings && !isComparedWithNumber)) return
      this.#seen[f] = Math.max(this.#seen[f]!, strongest(batch, slot))
      if (this.#seen[f] !== Seen.Others) isSettled = false
    })
    if (isSettled) this.#isDone = true
    else if (this.#rows >= this.#enough) this.end()
  }

  /** Says what is left to say; nothing is said twice. An empty input says nothing. */
  end(): void {
    if (this.#isDone || this.#rows === 0) return
    this.#isDone = true
    this.#fields.forEach((field, f) => {
      if (this.#seen[f] === Seen.Unseen) this.#report(this.#neverSeen(field))
      else if (this.#seen[f] === Seen.Strings && field.isComparedWithNumber) this.#report(stringsOnly(field))
    })
  }

  /** For checkpoints, as JSON. */
  save(): SavedWatch {
    const seen = Object.fromEntries(this.#fields.map(({ name }, f) => [name, this.#seen[f]!]))
    return { rows: this.#rows, isDone: this.#isDone, seen, names: [...this.#names] }
  }

  /** Where the command names other fields than the one that saved, the rows to come decide, as if they were the first. */
  restore(saved: unknown): void {
    const { rows, isDone, seen, names } = saved as SavedWatch
    for (const name of names) this.#names.add(name)
    // releases before this one saved no names
    const known = Array.isArray(seen) ? this.#inOrder(seen) : new Map(Object.entries(seen))
    this.#fields.forEach(({ name }, f) => {
      this.#seen[f] = known.get(name) ?? Seen.Unseen
    })
    if (known.size !== this.#fields.length || this.#fields.some(({ name }) => !known.has(name))) return
    this.#rows = rows
    this.#isDone = isDone
  }

  #inOrder(seen: readonly number[]): Map<string, number> {
    if (seen.length !== this.#fields.length) return new Map()
    return new Map(this.#fields.map(({ name }, f) => [name, seen[f]!]))
  }

  #sample(batch: Batch, i: number): void {
    const { raw } = batch
    if (!raw) return
    for (const { name } of membersOf(raw.buffer, raw.starts[i]!, raw.ends[i]!)) this.#names.add(name)
  }

  #neverSeen({ name, namedIn, hint: meant }: WatchedField): FieldWarning {
    const message = `no row had the field '${name}' (${namedIn})`
    const near = suggest(name, this.#names)
    const refused = REFUSED_FUNCTIONS.get(name.toLowerCase())
    if (refused && near === undefined) {
      const hint = `it was NULL in all rows; of that name Flink has a function, which is not offered: ${refused.reason}`
      return { code: 'W_FIELD_NEVER_SEEN', message, hint }
    }
    const known = [...this.#names].slice(0, 12).join(', ')
    const instead =
      near === undefined
        ? (meant ?? `the rows have ${known}`)
        : `did you mean '${near}'?${meant === null ? '' : ` ${meant}`}`
    return {
      code: 'W_FIELD_NEVER_SEEN',
      message,
      hint: `${instead}${/(?:^--|\.)by\b/.test(namedIn) ? '; all rows were counted under NULL' : '; it was NULL in all rows'}`.replace(
        '?;',
        '?',
      ),
    }
  }
}

function strongest(batch: Batch, slot: number): number {
  const { tags } = batch.columns[slot]!
  let most: number = Seen.Unseen
  for (let i = 0; i < batch.length; i += 1) {
    const tag = tags[i]!
    if (tag === Tag.Missing) continue
    if (tag !== Tag.String) return Seen.Others
    most = Seen.Strings
  }
  return most
}

const stringsOnly = ({ name, namedIn }: WatchedField): FieldWarning => ({
  code: 'W_STRING_COMPARED',
  message: `'${name}' is compared with a number (${namedIn}), but held only strings; a string never equals a number`,
  hint: `compare it with a string, or write CAST(${name} AS DOUBLE)`,
})
