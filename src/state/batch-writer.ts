import type { LevelDatabase, Writes } from './level-database.ts'

/** What is handed to LevelDB, and synced, at a time. */
const BATCH_BYTES = 4 << 20
/** After copying and sealing this much the event loop gets its turn. */
const TURN_BYTES = 512 << 10
/** What a deletion costs, as bytes. */
const DELETION_BYTES = 256

/** Gathers writes into batches of bounded size, or into one, without keeping the event loop. */
export class BatchWriter {
  readonly #database: LevelDatabase
  /** Called after each batch; null: it must be one batch. */
  readonly #onBatch: (() => void) | null
  #writes: Writes
  #bytes = 0
  #sinceTurn = 0

  constructor(database: LevelDatabase, onBatch: (() => void) | null) {
    this.#database = database
    this.#onBatch = onBatch
    this.#writes = database.writes()
  }

  put(key: string, value: Buffer): void {
    this.#writes.put(key, value)
    this.#count(key.length + value.length)
  }

  delete(key: string): void {
    this.#writes.del(key)
    this.#count(DELETION_BYTES)
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    this.#sinceTurn += bytes
  }

  get needsTurn(): boolean {
    return this.#sinceTurn >= TURN_BYTES
  }

  /** Lets others do their work; writes when a batch is full. */
  async turn(): Promise<void> {
    this.#sinceTurn = 0
    if (this.#onBatch === null || this.#bytes < BATCH_BYTES) {
      await new Promise<void>((resolve) => setImmediate(resolve))
      return
    }
    await this.end()
    this.#writes = this.#database.writes()
  }

  async end(): Promise<void> {
    if (this.#bytes === 0) return
    await this.#database.write(this.#writes, true)
    this.#bytes = 0
    this.#onBatch?.()
  }
}
