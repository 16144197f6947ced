import { type Nfa, STRICT, type Way } from './nfa.ts'

const NONE: readonly number[] = []

/** The ways of an NFA in columns; a way is a number, and those of a position follow each other. */
export class WayTable {
  /** By position, and one more for the end: the first of its ways. Ways to begin are those of the last position. */
  readonly first: Int32Array
  readonly target: Int32Array
  readonly contiguity: Uint8Array
  /** The condition that the row of the target meets; -1: it takes none. */
  readonly condition: Int32Array
  /** 1: a row's own truths decide, there being no bans, no gate, nothing that is not taken. */
  readonly isPlain: Uint8Array
  /** By position: 1 if all its ways are plain. */
  readonly arePlain: Uint8Array
  /** By position: a bit for each way. */
  readonly all: Int32Array
  /** By position, a bit each: the ways that a row leaves open which it does not go. */
  readonly lasting: Int32Array
  readonly bans: readonly (readonly number[])[]
  readonly nextBans: readonly (readonly number[])[]
  readonly notTaken: Int32Array
  readonly gates: readonly Way['gates'][]
  readonly gap: Float64Array

  /** `dependent`: numbers of the conditions that look at rows taken before. */
  constructor({ ways, conditionOf }: Nfa, dependent: ReadonlySet<number>) {
    const all = ways.flat()
    this.first = new Int32Array(ways.length + 1)
    for (const [position, own] of ways.entries()) this.first[position + 1] = this.first[position]! + own.length
    this.target = Int32Array.from(all, ({ target }) => target)
    this.contiguity = Uint8Array.from(all, ({ contiguity }) => contiguity)
    this.condition = Int32Array.from(all, ({ target }) => (target < 0 ? -1 : conditionOf[target]!))
    this.bans = all.map(({ bans }) => (bans.length === 0 ? NONE : bans))
    this.nextBans = all.map(({ nextBans }) => (nextBans.length === 0 ? NONE : nextBans))
    this.notTaken = Int32Array.from(all, ({ notTaken }) => notTaken)
    this.gates = all.map(({ gates }) => gates)
    this.gap = Float64Array.from(all, ({ gap }) => gap)
    this.isPlain = Uint8Array.from(all, (way) => (isPlain(way) && !dependent.has(conditionOf[way.target]!) ? 1 : 0))
    this.arePlain = Uint8Array.from(ways, (own, p) => (own.every((_, w) => this.isPlain[this.first[p]! + w]) ? 1 : 0))
    this.all = Int32Array.from(ways, ({ length }) => 2 ** length - 1)
    this.lasting = Int32Array.from(ways, (own) =>
      own.reduce((bits, { contiguity }, w) => (contiguity === STRICT ? bits : bits | (1 << w)), 0),
    )
  }
}

const isPlain = ({ target, bans, nextBans, notTaken, gates }: Way): boolean =>
  target >= 0 && bans.length === 0 && nextBans.length === 0 && notTaken < 0 && gates.length === 0
