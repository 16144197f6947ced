import type { ClassicLevel } from 'classic-level'
import { unreadableState, unwritableState } from './state-error.ts'

/** The lock is held by another process, or by another opening in this one. */
export class DatabaseLocked extends Error {}

export interface DatabaseOptions {
  readonly folder: string
  /** The state directory as the user named it, for messages. */
  readonly path: string
  /** Make a new one. Must not be said where one might have been: LevelDB would take it for empty and clear it away. */
  readonly create: boolean
}

/** Bytes that are handed over at a time when many are read. */
const READ_BYTES = 1 << 20
const READ_ENTRIES = 1000

type Level = ClassicLevel<string, Buffer>
export type Writes = ReturnType<Level['batch']>

/**
 * LevelDB, as far as state needs it, with errors in the user's words. All work is done by other threads; what this one does is to copy bytes.
 * After a failed write nothing more is written: the log may end within a record, and what came after it could not be read again.
 */
export class LevelDatabase {
  readonly #level: Level
  readonly #path: string
  #failure: Error | null = null

  private constructor(level: Level, path: string) {
    this.#level = level
    this.#path = path
  }

  /** Throws DatabaseLocked, E_STATE_DAMAGED, E_STATE_WRITE. */
  static async open({ folder, path, create }: DatabaseOptions): Promise<LevelDatabase> {
    const { ClassicLevel } = await import('classic-level')
    const level: Level = new ClassicLevel<string, Buffer>(folder, {
      createIfMissing: create,
      keyEncoding: 'utf8',
      valueEncoding: 'buffer',
    })
    try {
      await level.open()
    } catch (error) {
      throw openingError(error, path)
    }
    return new LevelDatabase(level, path)
  }

  /** The value of a key; undefined: there is none. */
  async get(key: string): Promise<Buffer | undefined> {
    try {
      return await this.#level.get(key)
    } catch (error) {
      throw this.#worded(error)
    }
  }

  /** Entries with from <= key < to, ascending, some at a time. */
  async *scan(from: string, to: string): AsyncGenerator<readonly [key: string, value: Buffer][]> {
    const iterator = this.#level.iterator({ gte: from, lt: to, highWaterMarkBytes: READ_BYTES, fillCache: false })
    try {
      for (;;) {
        const entries = await iterator.nextv(READ_ENTRIES)
        if (entries.length === 0) return
        yield entries
      }
    } catch (error) {
      throw this.#worded(error)
    } finally {
      await iterator.close()
    }
  }

  writes(): Writes {
    return this.#level.batch()
  }

  /**
   * Writes all or nothing. `sync`: resolves when it is safe from a crash of the machine. Every synced write must say so itself: LevelDB syncs only the log
   * that it writes to at that moment, and what was written before may be in the one before it.
   */
  async write(writes: Writes, sync: boolean): Promise<void> {
    if (this.#failure) throw this.#failure
    try {
      await writes.write({ sync })
    } catch (error) {
      this.#failure = isOfLevel(error) ? this.#writeError(error) : (error as Error)
      throw this.#failure
    }
  }

  async close(): Promise<void> {
    await this.#level.close()
  }

  /** Writing may have to read tables in the background, and find them damaged. */
  #writeError(error: Error & { code?: string }): Error {
    return error.code === 'LEVEL_CORRUPTION' ? unreadableState(this.#path, error) : unwritableState(this.#path, error)
  }

  #worded(error: unknown): Error {
    return isOfLevel(error) ? unreadableState(this.#path, error) : (error as Error)
  }
}

const isOfLevel = (error: unknown): error is Error =>
  /^LEVEL_(?:CORRUPTION|IO_ERROR)$/.test((error as NodeJS.ErrnoException).code ?? '')

function openingError(error: unknown, path: string): Error {
  const cause = ((error as Error).cause ?? error) as NodeJS.ErrnoException
  return cause.code === 'LEVEL_LOCKED' ? new DatabaseLocked(cause.message) : unreadableState(path, cause)
}
