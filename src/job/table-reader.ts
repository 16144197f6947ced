import { type RowError, TidemarkError } from '../base/errors.ts'
import type { Batch } from '../data/batch.ts'
import { createInputScanner } from '../formats/create-input-scanner.ts'
import type { InputStyle } from '../formats/decoding/create-decoder.ts'
import { createCutter } from '../formats/decoding/create-decoder.ts'
import { LineReader, type Lines } from '../formats/lines.ts'
import type { ScanField, Scanner } from '../formats/scanner.ts'
import type { KeyReader } from '../operators/key-reader.ts'
import { TooManyBytes } from '../operators/table-records.ts'
import { RepeatedKey, TableBuilder, type TableRows, type TableShape } from '../operators/table-rows.ts'
import type { Source } from '../sources/source.ts'
import { type BadRow, badRowError, excerptOf, placeOfLine } from './bad-rows.ts'
import { type FieldWarning, FieldWatch, type WatchedField } from './field-watch.ts'
import type { JobOptions } from './job-options.ts'

const MEND = 'every row of a table must be readable; --on-error is for the rows of the input'

const UNPACK = "rows are objects, a line each: jq -c '.[]' FILE makes them of an array"

export interface TableReaderOptions extends Pick<JobOptions, 'scanner' | 'lineLimit' | 'warn'> {
  readonly style: InputStyle
  readonly fields: readonly ScanField[]
  readonly keys: KeyReader
  readonly shape: TableShape
  /** Fields that the key is made of: a row without them is worth nothing, so no table is without them. */
  readonly keyFields: readonly WatchedField[]
  /** Others that the command names. */
  readonly otherFields: readonly WatchedField[]
}

/** Reads a table from its file into memory. */
export class TableReader {
  readonly #options: TableReaderOptions

  constructor(options: TableReaderOptions) {
    this.#options = options
  }

  /**
   * `rest` is awaited time and again, so that the rest of the process gets its turn. Throws E_TABLE, E_HEADER, and the codes of bad rows: all rows must be
   * readable.
   */
  async read(source: Source, rest: () => Promise<void>): Promise<TableRows> {
    const { style, fields, scanner: choice } = this.#options
    const scanner = createInputScanner(fields, style, choice)
    try {
      return await this.#read(source, scanner, rest)
    } catch (error) {
      if (error instanceof RepeatedKey) throw repeatedKey(source.current, error)
      if (error instanceof TooManyBytes)
        throw new TidemarkError('E_TABLE', `'${source.current}' has more than 2 GiB of rows`)
      throw error
    } finally {
      scanner.close()
    }
  }

  async #read(source: Source, scanner: Scanner, rest: () => Promise<void>): Promise<TableRows> {
    const { style, lineLimit, shape } = this.#options
    const builder = new TableBuilder(shape)
    const watches = this.#watches(source)
    const take = (batch: Batch) => {
      for (const watch of watches) watch.look(batch)
      builder.add(batch, this.#keysOf(batch))
    }
    const reader = new LineReader({ source, buffer: scanner, cutter: createCutter(style), lineLimit })
    const batch = scanner.createBatch()
    let line: number | undefined
    for (;;) {
      const next = reader.next(line)
      const lines = next instanceof Promise ? await next : next
      if (lines === null) break
      line = scanLines(lines, scanner, batch, take)
      await rest()
    }
    for (const watch of watches) watch.end()
    return builder.finish()
  }

  /** The table is judged when all of it is known. */
  #watches({ current }: Source): readonly FieldWatch[] {
    const { keyFields, otherFields, warn } = this.#options
    const ofTable = (message: string) => message.replace('no row', `no row of '${current}'`)
    const refuse = ({ message, hint }: FieldWarning) => {
      throw new TidemarkError('E_TABLE', ofTable(message), { hint: keyHint(hint) })
    }
    const tell = ({ code, message, hint }: FieldWarning) => warn({ code, message: ofTable(message), hint })
    return [new FieldWatch(keyFields, refuse, Infinity), new FieldWatch(otherFields, tell, Infinity)]
  }

  #keysOf(batch: Batch) {
    return this.#options.keys.columns(batch, 0, batch.length, (row, error) => {
      throw unusableKey(batch, row, error)
    })
  }
}

/** Returns the number of the line behind them. Throws what is wrong with one of them. */
function scanLines(lines: Lines, scanner: Scanner, batch: Batch, take: (batch: Batch) => void): number {
  const { buffer, file, base, tooLong } = lines
  if (tooLong) {
    const hint = '--line-limit 64MiB allows longer lines'
    const { code, reason, line, offset, head: raw } = tooLong
    throw badRow({ code, reason, file, line, offset, raw, hint })
  }
  let at = lines.from
  let line = lines.firstLine
  while (at < lines.to) {
    batch.clear()
    Object.assign(batch.raw!, { source: file, buffer, base })
    const { next, nextLine, bad } = scanner.scan(buffer, at, lines.to, batch, line)
    if (bad) {
      const { code, reason, start, end } = bad
      const place = { file, line: bad.line ?? nextLine - 1, offset: base + start, column: bad.at - start + 1 }
      const raw = buffer.subarray(start, end)
      throw badRow({ code, reason, ...place, raw, hint: place.line === 1 && isArray(raw) ? UNPACK : MEND })
    }
    if (batch.length > 0) take(batch)
    at = next
    line = nextLine
  }
  return line
}

/** Is it the beginning of an array? */
const isArray = (raw: Buffer): boolean => /^\s*\[/.test(raw.toString('latin1', 0, 100))

const badRow = (row: BadRow): TidemarkError => badRowError(row, `bad row in a table: ${row.reason}`, row.hint)

const unusableKey = (batch: Batch, row: number, { message, hint }: RowError): TidemarkError =>
  badRow({ code: 'E_ROW_VALUE', reason: `--on: ${message}`, hint: hint ?? MEND, ...placeOfLine(batch.raw!, row) })

function repeatedKey(file: string, { batch, row, key, earlier }: RepeatedKey): TidemarkError {
  const { at, line } = excerptOf(placeOfLine(batch.raw!, row))
  return new TidemarkError('E_TABLE', `two rows of '${file}' have the key ${key}`, {
    excerpt: { at: `${at}; the other is in line ${earlier}`, ...(line === undefined ? {} : { line }) },
    hint: '--keep last takes the last row of each key, --keep first the first',
  })
}

const keyHint = (hint: string): string => hint.replace(/;? it was NULL in all rows$/, '')
