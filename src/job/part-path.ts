import { TidemarkError } from '../base/errors.ts'
import { stringOf } from '../data/json-members.ts'
import { RowMembers } from '../formats/json/members.ts'
import type { PlanNode } from '../plan/nodes.ts'
import { type PathPiece, type PathTemplate, type PathUnit, shortestUnit } from '../plan/path-template.ts'
import { PART_MARK } from '../sinks/part-publisher.ts'
import type { Zone } from '../time/zone.ts'

const LENGTHS: Readonly<Record<PathUnit, number>> = { day: 86_400_000, hour: 3_600_000, minute: 60_000 }
/** Longer values are cut, and told apart by a hash. A file system takes names of 255 bytes, and a number and an extension belong to one. */
const MOST_BYTES = 120
const HASH_DIGITS = 16
const MOST_REMEMBERED = 10_000

/** Where a row goes. */
export interface PartPath {
  readonly path: string
  /** Event time (exclusive) after which the part gets no more rows in time; Infinity: none. */
  readonly end: number
}

/** Fills in the placeholders of a path for one row after the other. */
export class PartPaths {
  readonly #pieces: readonly PathPiece[]
  readonly #names: readonly (readonly Buffer[])[]
  readonly #zone: Zone
  readonly #span: number | null
  readonly #mostBytes: number
  readonly #members = new RowMembers()
  /** JSON text of a value to its place in a path. */
  readonly #safe = new Map<string, string>()
  #from = NaN
  #to = NaN

  /** `roll`: parts end after so many ms of event time, counted from midnight of 1970 in `zone`; null: only where the path names a unit. */
  constructor(template: PathTemplate, zone: Zone, roll: number | null) {
    this.#pieces = template.pieces
    this.#names = template.pieces.map((piece) => (piece.kind === 'field' ? piece.path.map(quoted) : []))
    this.#zone = zone
    const unit = shortestUnit(template)
    this.#span = unit === null ? roll : Math.min(LENGTHS[unit], roll ?? Infinity)
    this.#mostBytes = Math.floor(MOST_BYTES / Math.max(1, ...fieldsInNames(template)))
  }

  /** The row is one line of JSON; `time` is NaN where it has no event time. */
  of(time: number, row: Buffer): PartPath {
    if (this.#pieces.some(({ kind }) => kind === 'field')) this.#members.read(row, 0, row.length)
    let path = ''
    for (let i = 0; i < this.#pieces.length; i += 1) path += this.#text(i, time, row)
    return { path, end: this.#endOf(time) }
  }

  #text(i: number, time: number, row: Buffer): string {
    const piece = this.#pieces[i]!
    switch (piece.kind) {
      case 'text':
        return piece.text
      case 'part':
        return PART_MARK
      case 'unit':
        return Number.isNaN(time) ? 'null' : unitText(piece.unit, this.#zone.toLocal(time))
      case 'field':
        return this.#fieldText(this.#names[i]!, row)
    }
  }

  #fieldText(names: readonly Buffer[], row: Buffer): string {
    const json = this.#valueText(names, row)
    const known = this.#safe.get(json)
    if (known !== undefined) return known
    const text = pathSafe(json.startsWith('"') ? stringOf(json) : json, this.#mostBytes)
    if (this.#safe.size >= MOST_REMEMBERED) this.#safe.clear()
    this.#safe.set(json, text)
    return text
  }

  /** JSON text of a member; `null` where there is none. */
  #valueText(names: readonly Buffer[], row: Buffer): string {
    const members = this.#members
    let i = memberOf(members, names[0]!)
    if (i < 0) return 'null'
    if (names.length === 1) return row.toString('utf8', members.valueStarts[i]!, members.valueEnds[i]!)
    let value = row.subarray(members.valueStarts[i]!, members.valueEnds[i]!)
    for (const name of names.slice(1)) {
      if (value[0] !== 0x7b) return 'null'
      const inner = new RowMembers()
      inner.read(Buffer.concat([value, Buffer.from('\n')]), 0, value.length + 1)
      i = memberOf(inner, name)
      if (i < 0) return 'null'
      value = value.subarray(inner.valueStarts[i]!, inner.valueEnds[i]!)
    }
    return value.toString()
  }

  #endOf(time: number): number {
    if (this.#span === null || Number.isNaN(time)) return Infinity
    if (time >= this.#from && time < this.#to) return this.#to
    const local = this.#zone.toLocal(time)
    const start = Math.floor(local / this.#span) * this.#span
    // of a doubled hour, the end of the second one
    this.#to = this.#zone.toInstant(start + this.#span)
    this.#from = time
    return this.#to
  }
}

function memberOf(members: RowMembers, name: Buffer): number {
  for (let i = 0; i < members.count; i += 1) if (members.isNamed(i, name)) return i
  return -1
}

const quoted = (name: string): Buffer => Buffer.from(JSON.stringify(name))

/** How many fields stand in each name of the path. */
const fieldsInNames = ({ pieces }: PathTemplate): readonly number[] =>
  pieces
    .map((piece) => (piece.kind === 'text' ? piece.text : piece.kind === 'field' ? '\0' : ''))
    .join('')
    .split('/')
    .map((name) => name.split('\0').length - 1)

function unitText(unit: PathUnit, local: number): string {
  if (unit === 'day') return new Date(Math.floor(local / LENGTHS.day) * LENGTHS.day).toISOString().split('T')[0]!
  const count = unit === 'hour' ? 24 : 60
  const number = Math.floor(local / LENGTHS[unit]) % count
  return String(number < 0 ? number + count : number).padStart(2, '0')
}

/**
 * A text that is one name, or a piece of one, wherever it stands in a path: `/`, `\`, `%`, control characters and a dot or a dash at the beginning are written as in
 * a URL (`%2F`), the empty text as `%`. Different texts stay different.
 */
export function pathSafe(text: string, mostBytes = MOST_BYTES): string {
  if (text === '') return '%'
  const safe = text.replace(/[\u0000-\u001f\u007f/\\%]|^[.-]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  })
  if (Buffer.byteLength(safe) <= mostBytes) return safe
  // loaded when asked for: it costs 5 ms of a start
  const { createHash } = process.getBuiltinModule('node:crypto')
  const hash = createHash('sha256').update(text).digest('hex').slice(0, HASH_DIGITS)
  let kept = ''
  let bytes = HASH_DIGITS + 2
  for (const character of safe) {
    bytes += Buffer.byteLength(character)
    if (bytes > mostBytes) break
    kept += character
  }
  return `${kept}%~${hash}`
}

/** Throws E_OUTPUT where the path names a field that rows of `root` never have. */
export function checkPathFields({ text, pieces }: PathTemplate, { schema }: PlanNode): void {
  if (schema.rest !== null) return
  const names = schema.columns.map(({ path }) => path[0]!)
  for (const piece of pieces) {
    if (piece.kind !== 'field' || names.includes(piece.path[0]!) || piece.path[0] === '_op') continue
    throw new TidemarkError('E_OUTPUT', `cannot write to ${text}: the rows have no ${piece.path[0]}`, {
      hint: `they have ${names.join(', ')}`,
    })
  }
}
