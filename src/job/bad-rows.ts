import type { ErrorCode } from '../base/error-codes.ts'
import { type Excerpt, TidemarkError } from '../base/errors.ts'
import { withoutSecrets } from '../base/secrets.ts'
import { type RawLines, rawOffset, rawSource } from '../data/batch.ts'
import { partitionOf } from '../data/record-source.ts'
import { badRowJson } from '../formats/json/bad-row.ts'
import { firstLineHint } from './first-line-hint.ts'

/** What becomes of rows that cannot be read or that an expression cannot take (`--on-error`, `--max-errors`). */
export type ErrorPolicy =
  | { readonly kind: 'fail' }
  | { readonly kind: 'skip' | 'file'; readonly limit: ErrorLimit | null; readonly wasWritten: boolean }

/** `--max-errors`: more than `count` bad rows, or more than `percent` of the rows read, end the run. */
export type ErrorLimit = { readonly count: number } | { readonly percent: number }

/** Where a row stood, and the row itself; nulls for rows that a step made. */
export interface RowPlace {
  readonly file: string | null
  /** 1-based. */
  readonly line: number | null
  /** Byte of the line's start in its file. */
  readonly offset: number | null
  /** 1-based byte column of what is wrong. */
  readonly column?: number
  /** The row's own bytes, no newline. */
  readonly raw: Buffer
}

/** Of a row that came in a line of its own. */
export const placeOfLine = (raw: RawLines, row: number): RowPlace => ({
  file: rawSource(raw, row),
  line: raw.lines[row]!,
  offset: rawOffset(raw, row),
  raw: raw.buffer.subarray(raw.starts[row]!, raw.ends[row]!),
})

/** One row that was refused. */
export interface BadRow extends RowPlace {
  readonly code: ErrorCode
  readonly reason: string
  readonly hint?: string | undefined
}

/** Rows below this number are too few for a percentage to mean something before the end. */
const PERCENT_FROM_ROWS = 1000
const SHOWN_CHARACTERS = 200
const KEEP_GOING = '--on-error skip leaves such rows out, --on-error bad.ndjson keeps them'

/** Counts bad rows, keeps them where the policy says so, and ends the run where it says that. */
export class BadRows {
  readonly #policy: ErrorPolicy
  readonly #counted: () => number
  readonly #secrets: ReadonlySet<string>
  #last: BadRow | null = null

  /** `counted`: all bad rows so far, of sources and steps, the one being rejected included. `secrets`: stand in no reason that is kept. */
  constructor(policy: ErrorPolicy, counted: () => number, secrets: ReadonlySet<string> = new Set()) {
    this.#policy = policy
    this.#counted = counted
    this.#secrets = secrets
  }

  /**
   * Takes one bad row; throws a TidemarkError where the run must end. `read` counts the rows read so far, this one included. `keep` gets
   * the dead letter where the policy asks for one.
   */
  reject(row: BadRow, read: number, keep: (deadLetter: Buffer) => void): void {
    this.#last = row
    const policy = this.#policy
    if (policy.kind === 'fail') {
      const hint = row.hint ?? firstLineHint(row) ?? KEEP_GOING
      throw badRowError(row, `bad row: ${row.reason}`, hint)
    }
    if (policy.kind === 'file')
      keep(Buffer.from(badRowJson({ ...row, reason: withoutSecrets(row.reason, this.#secrets) })))
    if (policy.limit && 'count' in policy.limit && this.#counted() > policy.limit.count)
      throw this.#overLimit(row, `${policy.limit.count}`)
    if (read >= PERCENT_FROM_ROWS) this.#checkPercent(read)
  }

  /** The percentage is judged once more at the end of the input, however few rows there were. */
  end(read: number): void {
    this.#checkPercent(read)
  }

  #checkPercent(read: number): void {
    const limit = this.#policy.kind === 'fail' ? null : this.#policy.limit
    if (limit && 'percent' in limit && this.#counted() * 100 > limit.percent * read)
      throw this.#overLimit(this.#last!, `${limit.percent}%`)
  }

  #overLimit(row: BadRow, limit: string): TidemarkError {
    const count = this.#counted()
    const rows = count === 1 ? '1 bad row' : `${count} bad rows`
    return badRowError(row, `${rows}, more than --max-errors ${limit} allows; the last: ${row.reason}`, row.hint)
  }
}

type Place = Pick<RowPlace, 'file' | 'line' | 'offset'> & { readonly column: number | undefined }

function placeText({ file, line, offset, column }: Place): string {
  if (file === null) return 'a row that a step made'
  const where = column === undefined ? '' : `, column ${column}`
  const record = partitionOf(file)
  if (record) return `${record.topic}/${record.partition}, offset ${line}${where}`
  return `${file}:${line} (byte ${offset}${where})`
}

/** The place of a row for a message, with the beginning of the row under it. */
export function excerptOf({ file, line, offset, column, raw }: RowPlace): Excerpt {
  const text = raw.toString('utf8', 0, SHOWN_CHARACTERS * 4)
  const shown = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text
  const at = placeText({ file, line, offset, column })
  return { at, line: shown }
}

/** What ends a run at a row. */
export function badRowError(row: BadRow, message: string, hint: string | undefined): TidemarkError {
  return new TidemarkError(row.code, message, { excerpt: excerptOf(row), ...(hint === undefined ? {} : { hint }) })
}
