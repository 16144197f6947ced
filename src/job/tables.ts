import { TidemarkError } from '../base/errors.ts'
import type { Enrich } from '../operators/enrich.ts'
import type { NodeOf } from '../plan/nodes.ts'
import type { ReplaceableFile } from '../sources/replaceable-file.ts'
import type { Clock } from '../time/clock.ts'
import type { JobOptions } from './job-options.ts'
import type { TableReader } from './table-reader.ts'

/** Files are looked at so often at the most, ms. */
const LOOK_MS = 100

/** A step that looks rows up, and where its table comes from. */
export interface JobTable {
  readonly node: NodeOf<'enrich'>
  readonly operator: Enrich
  /** Others that look up in the same table. */
  readonly beside: readonly Enrich[]
  readonly file: ReplaceableFile
  readonly reader: TableReader
  /** Is it read again when it has changed? */
  readonly isReplaced: boolean
}

/** The tables of a job: read before the first row, and again between two rounds when their files have changed. */
export class Tables {
  readonly #tables: readonly JobTable[]
  readonly #watched: readonly JobTable[]
  readonly #clock: Clock
  readonly #warn: JobOptions['warn']
  #looked = -Infinity

  constructor(tables: readonly JobTable[], { clock, warn }: Pick<JobOptions, 'clock' | 'warn'>) {
    this.#tables = tables
    this.#watched = tables.filter(({ isReplaced }) => isReplaced)
    this.#clock = clock
    this.#warn = warn
  }

  /** Reads all of them. `rest`: see `TableReader.read`. */
  async load(rest: () => Promise<void>): Promise<void> {
    for (const table of this.#tables) await this.#read(table, rest)
  }

  /** Is it time to look at the files? */
  get isDue(): boolean {
    return this.#watched.length > 0 && this.#clock.now() - this.#looked >= LOOK_MS
  }

  /** Reads those again that have changed. One that cannot be read stays what it was, with a warning. */
  async refresh(rest: () => Promise<void>): Promise<void> {
    this.#looked = this.#clock.now()
    for (const table of this.#watched) {
      const news = table.file.look()
      if (news === 'gone') {
        table.file.acceptGone()
        this.#warn({ code: 'W_TABLE', message: `the table '${table.file.name}' is gone`, hint: KEPT })
      } else if (news === 'changed') await this.#readAgain(table, rest)
    }
  }

  /** Call at the end of the input: keys of two types that never meet. */
  end(): void {
    for (const { node, operator, file } of this.#tables) {
      const { matched, kinds, table } = operator
      if (matched > 0 || table === null || node.leftKeys.length !== 1) continue
      const own = table.records.kinds
      const isNever = kinds.hasNumbers
        ? !kinds.hasOthers && !own.hasNumbers && own.hasOthers
        : kinds.hasOthers && own.hasNumbers && !own.hasOthers
      if (!isNever) continue
      const [row, key] = kinds.hasNumbers ? ['numbers', 'none'] : ['no numbers', 'numbers only']
      this.#warn({
        code: 'W_STRING_COMPARED',
        message: `no row was found in '${file.name}': keys of rows (--on) were ${row}, those of the table ${key}`,
        hint: 'a string never equals a number: CAST one of them, as in --on "CAST(id AS DOUBLE) = id"',
      })
    }
  }

  async #read({ operator, beside, file, reader }: JobTable, rest: () => Promise<void>): Promise<void> {
    const table = await file.read((source) => reader.read(source, rest))
    for (const one of [operator, ...beside]) one.table = table
    if (table.read > 0) return
    this.#warn({ code: 'W_TABLE', message: `the table '${file.name}' has no rows`, hint: 'no key is found in it' })
  }

  async #readAgain(table: JobTable, rest: () => Promise<void>): Promise<void> {
    try {
      await this.#read(table, rest)
    } catch (error) {
      if (!(error instanceof TidemarkError)) throw error
      const { excerpt } = error.details
      const at = excerpt ? ` at ${excerpt.at}` : ''
      const message = `the table '${table.file.name}' has changed, and cannot be used: ${error.message}${at}`
      this.#warn({ code: 'W_TABLE', message, hint: KEPT })
    }
  }
}

const KEPT = 'rows go on with what was read before; the file is read when it changes again'
