import type { ErrorCode } from '../base/error-codes.ts'
import { TidemarkError } from '../base/errors.ts'
import { badRowJson } from '../formats/json/bad-row.ts'

/** What becomes of rows that cannot be read or that an expression cannot take (`--on-error`, `--max-errors`). */
export type ErrorPolicy =
  | { readonly kind: 'fail' }
  | { readonly kind: 'skip' | 'file'; readonly limit: ErrorLimit | null; readonly wasWritten: boolean }

/** `--max-errors`: more than `count` bad rows, or more than `percent` of the rows read, end the run. */
export type ErrorLimit = { readonly count: number } | { readonly percent: number }

/** One row that was refused, with its place in the input. `line` and `offset` (byte of the line's start) are absent for rows a step made. */
export interface BadRow {
  readonly code: ErrorCode
  readonly reason: string
  readonly file: string | null
  readonly line: number | null
  readonly offset: number | null
  /** 1-based byte column of what is wrong. */
  readonly column?: number
  /** The row's own bytes, no newline. */
  readonly raw: Buffer
  readonly hint?: string | undefined
}

/** Rows below this number are too few for a percentage to mean something before the end. */
const PERCENT_FROM_ROWS = 1000
const SHOWN_CHARACTERS = 200

/** Counts bad rows, keeps them where the policy says so, and ends the run where it says that. */
export class BadRows {
  readonly #policy: ErrorPolicy
  readonly #counted: () => number
  #last: BadRow | null = null

  /** `counted`: all bad rows so far, of sources and steps, the one being rejected included. */
  constructor(policy: ErrorPolicy, counted: () => number) {
    this.#policy = policy
    this.#counted = counted
  }

  /**
   * Takes one bad row; throws a TidemarkError where the run must end. `read` counts the rows read so far, this one included. `keep` gets
   * the dead letter where the policy asks for one.
   */
  reject(row: BadRow, read: number, keep: (deadLetter: Buffer) => void): void {
    this.#last = row
    const policy = this.#policy
    if (policy.kind === 'fail') throw badRowError(row, `bad row: ${row.reason}`, row.hint)
    if (policy.kind === 'file') keep(Buffer.from(badRowJson(row)))
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

function badRowError(row: BadRow, message: string, hint: string | undefined): TidemarkError {
  const text = row.raw.toString('utf8', 0, SHOWN_CHARACTERS * 4)
  const line = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text
  const column = row.column === undefined ? '' : `, column ${row.column}`
  const at = row.file === null ? null : `${row.file}:${row.line} (byte ${row.offset}${column})`
  return new TidemarkError(row.code, message, {
    ...(at === null ? {} : { excerpt: { at, line } }),
    hint: hint ?? '--on-error skip leaves such rows out, --on-error bad.ndjson keeps them',
  })
}
