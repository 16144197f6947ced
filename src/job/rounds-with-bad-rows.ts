import type { BadStream } from './bad-stream.ts'
import type { Round, Rounds } from './rounds.ts'

/** Rounds whose sources are followed by the streams of what some of them could not read. */
export class RoundsWithBadRows implements Rounds {
  readonly #rounds: Rounds
  /** By source; null: what it cannot read goes elsewhere. */
  readonly #streams: readonly (BadStream | null)[]

  constructor(rounds: Rounds, streams: readonly (BadStream | null)[]) {
    this.#rounds = rounds
    this.#streams = streams
  }

  get sequence(): number {
    return this.#rounds.sequence
  }

  set sequence(sequence: number) {
    this.#rounds.sequence = sequence
  }

  next(): Round | null | Promise<Round | null> {
    const round = this.#rounds.next()
    return round instanceof Promise ? round.then((some) => this.#complete(some)) : this.#complete(round)
  }

  positions(): readonly unknown[] {
    return this.#rounds.positions()
  }

  isSilent(source: number): boolean {
    return this.#rounds.isSilent(source)
  }

  stop(): Round | null {
    return this.#complete(this.#rounds.stop())
  }

  #complete(round: Round | null): Round | null {
    if (round === null) return null
    const letters = this.#streams.flatMap((stream, i) => (stream ? [stream.take(round[i] ?? null, this.sequence)] : []))
    return [...round, ...letters]
  }
}
