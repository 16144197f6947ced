import { RowError } from '../base/errors.ts'
import type { MatchBuffer } from '../cep/match-buffer.ts'
import type { Batch } from '../data/batch.ts'
import type { KeyTable } from '../state/key-table.ts'
import type { CompleteMatch, MatchWriter } from './match-writer.ts'
import { isFull } from './operator.ts'

/** Told of a match whose result cannot be computed. */
export type OnMatchError = (entry: number, error: RowError) => void

/** Matches on their way out: one row can complete more of them than an output batch has room for. */
export class ToldMatches {
  readonly writer: MatchWriter
  /** Matches so far. */
  count = 0
  readonly #buffer: MatchBuffer
  readonly #keys: KeyTable
  readonly #onError: OnMatchError
  #queue: CompleteMatch[] = []
  #next = 0
  /** Of the first match in the queue, how many of its rows are written. */
  #written = 0

  constructor(writer: MatchWriter, buffer: MatchBuffer, keys: KeyTable, onError: OnMatchError) {
    this.writer = writer
    this.#onError = onError
    this.#buffer = buffer
    this.#keys = keys
  }

  /** The match has the number `count + 1`. */
  add(match: CompleteMatch): void {
    this.#buffer.retain(match.entry)
    this.#keys.retain(match.key)
    this.count = match.number
    this.#queue.push(match)
  }

  /** Writes what there is room for. False: there is more. */
  drain(out: Batch): boolean {
    while (this.#next < this.#queue.length) {
      const told = this.#queue[this.#next]!
      while (this.#written < this.writer.rowsOf(told.entry)) {
        if (isFull(out)) return false
        try {
          this.writer.write(out, told, this.#written)
        } catch (error) {
          if (!(error instanceof RowError)) throw error
          this.#onError(told.entry, error)
        }
        this.#written += 1
      }
      this.#written = 0
      this.#next += 1
      this.#buffer.release(told.entry)
      this.#keys.release(told.key)
    }
    if (this.#queue.length > 0) this.#queue = []
    this.#next = 0
    return true
  }
}
