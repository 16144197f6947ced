import { ROW_KIND_NAMES, RowKind } from '../../data/row-kind.ts'
import { RowMembers } from '../json/members.ts'
import { KIND_MEMBER } from '../json/row-writer.ts'
import { SyntaxFault } from '../json/syntax.ts'
import { type DecodedRows, lineEnd, type RecordDecoder, type RecordFault } from './record-decoder.ts'

const OPEN_BRACE = 0x7b
const QUOTE = 0x22
const LOWER_N = 0x6e

/** Lines of JSON objects with a row kind in them. A line that is none goes on as it is: the scanner tells what is wrong with it. */
abstract class ChangelogDecoder implements RecordDecoder {
  readonly hasKinds = true
  abstract readonly mostRows: number
  protected readonly members = new RowMembers()

  beginFile(): void {}

  recordEnd(buffer: Buffer, from: number): number {
    return lineEnd(buffer, from)
  }

  decode(buffer: Buffer, start: number, end: number, rows: DecodedRows): RecordFault | null {
    try {
      this.members.read(buffer, start, end)
      return this.decodeMembers(buffer, start, rows)
    } catch (fault) {
      if (!(fault instanceof SyntaxFault)) throw fault
      rows.json.range(buffer, start, end)
      rows.endRow(RowKind.Insert)
      return null
    }
  }

  protected abstract decodeMembers(buffer: Buffer, start: number, rows: DecodedRows): RecordFault | null

  /** Index of the member of that name; -1: there is none. `quoted`: the name with its quotes. */
  protected find(quoted: Buffer): number {
    for (let i = 0; i < this.members.count; i += 1) if (this.members.isNamed(i, quoted)) return i
    return -1
  }

  /** A string member's characters; null: it is no string, or not there. */
  protected text(buffer: Buffer, i: number): string | null {
    if (i < 0 || buffer[this.members.valueStarts[i]!] !== QUOTE) return null
    return buffer.toString('utf8', this.members.valueStarts[i]! + 1, this.members.valueEnds[i]! - 1)
  }
}

/** `{"_op":"-U",…}`: what `--changelog op` writes; `upsert` has rows that are put in the place of others, and keys of deleted ones. */
export class OpDecoder extends ChangelogDecoder {
  readonly mostRows = 1
  readonly #name = Buffer.from(`"${KIND_MEMBER}"`)
  readonly #form: 'op' | 'upsert'

  constructor(form: 'op' | 'upsert') {
    super()
    this.#form = form
  }

  protected decodeMembers(buffer: Buffer, start: number, { json, endRow }: DecodedRows): RecordFault | null {
    const op = this.find(this.#name)
    const kind = ROW_KIND_NAMES.indexOf(this.text(buffer, op) as (typeof ROW_KIND_NAMES)[number])
    if (kind < 0 || (this.#form === 'upsert' && kind === RowKind.UpdateBefore)) {
      const reason =
        op < 0 ? `no member ${KIND_MEMBER} (--input-changelog ${this.#form})` : `${KIND_MEMBER} is ${KINDS[this.#form]}`
      return { code: 'E_ROW_CHANGE', reason, at: op < 0 ? start : this.members.valueStarts[op]! }
    }
    const { members } = this
    json.text('{')
    let isFirst = true
    for (let i = 0; i < members.count; i += 1) {
      if (i === op) continue
      if (!isFirst) json.text(',')
      isFirst = false
      json.range(buffer, members.nameStarts[i]!, members.valueEnds[i]!)
    }
    json.text('}')
    endRow(kind)
    return null
  }
}

const KINDS = { op: '+I, -U, +U or -D', upsert: '+I, +U or -D' }

const BEFORE = Buffer.from('"before"')
const AFTER = Buffer.from('"after"')
const OP = Buffer.from('"op"')
const PAYLOAD = Buffer.from('"payload"')

/**
 * `{"before":…,"after":…,"op":"c"|"r"|"u"|"d"}` as Debezium writes it, alone or as the payload of a record with its schema. An update is
 * two rows, so it needs its before.
 */
export class DebeziumDecoder extends ChangelogDecoder {
  readonly mostRows = 2

  protected decodeMembers(buffer: Buffer, start: number, rows: DecodedRows): RecordFault | null {
    const payload = this.find(OP) < 0 ? this.find(PAYLOAD) : -1
    if (payload >= 0 && buffer[this.members.valueStarts[payload]!] === OPEN_BRACE)
      this.members.read(buffer, this.members.valueStarts[payload]!, this.members.valueEnds[payload]!)
    const op = this.find(OP)
    switch (this.text(buffer, op)) {
      case 'c':
      case 'r':
        return this.#side(buffer, { name: AFTER, kind: RowKind.Insert, start }, rows)
      case 'u':
        return (
          this.#side(buffer, { name: BEFORE, kind: RowKind.UpdateBefore, start }, rows) ??
          this.#side(buffer, { name: AFTER, kind: RowKind.UpdateAfter, start }, rows)
        )
      case 'd':
        return this.#side(buffer, { name: BEFORE, kind: RowKind.Delete, start }, rows)
      default: {
        const at = op < 0 ? start : this.members.valueStarts[op]!
        const reason = op < 0 ? 'no member op (--input-changelog debezium)' : 'op is c, r, u or d'
        return { code: 'E_ROW_CHANGE', reason, at }
      }
    }
  }

  #side(
    buffer: Buffer,
    { name, kind, start }: { readonly name: Buffer; readonly kind: number; readonly start: number },
    { json, endRow }: DecodedRows,
  ): RecordFault | null {
    const i = this.find(name)
    const at = i < 0 ? start : this.members.valueStarts[i]!
    if (i < 0 || buffer[at] === LOWER_N) {
      const word = name.toString('utf8', 1, name.length - 1)
      const why = name === BEFORE ? '; PostgreSQL writes it for tables with REPLICA IDENTITY FULL' : ''
      return { code: 'E_ROW_CHANGE', reason: `the change has no ${word}${why}`, at }
    }
    json.range(buffer, at, this.members.valueEnds[i]!)
    endRow(kind)
    return null
  }
}
