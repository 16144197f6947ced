import { TidemarkError } from '../base/errors.ts'
import type { Span } from '../base/span.ts'
import { ANY, type Nfa, RELAXED, STRICT, type Stay, type Way } from './nfa.ts'
import type { InnerContiguity, PatternPart } from './pattern.ts'

/** A greedy part that is left, or left out: while a row meets its condition nothing goes on. `until` lifts that, if the first row meets it; -1: none. */
export interface GreedyGuard {
  readonly condition: number
  readonly until: number
}

/** Where a part can be entered. */
export interface Enter extends Pick<Way, 'bans' | 'gap' | 'notTaken'> {
  readonly position: number
  /** null: the group around it will say. */
  readonly contiguity: Way['contiguity'] | null
  readonly stay: Stay | null
  readonly greedy: readonly GreedyGuard[]
}

/** Where a part can be left, and what must not come then. */
export interface Leave extends Pick<Way, 'bans' | 'nextBans'> {
  readonly position: number
  readonly greedy: readonly GreedyGuard[]
}

/** More positions than this are a mistake, or will not be fast. */
const MOST_POSITIONS = 5000
/** A partial match notes which of its ways are open in the bits of one number. */
const MOST_WAYS = 30

const INNER = { strict: STRICT, relaxed: RELAXED, any: ANY } as const
const OUTER = { next: STRICT, 'followed-by': RELAXED, 'followed-by-any': ANY } as const

type MutableWay = { -readonly [K in keyof Way]: Way[K] } & { readonly from: number }

/** An NFA while it is drawn. */
export class Sketch {
  readonly #steps: string[] = []
  readonly #conditions: string[] = []
  readonly #positions: { readonly step: number; readonly condition: number }[] = []
  readonly #accepts = new Set<number>()
  readonly #stays = new Map<number, Stay>()
  readonly #ways: MutableWay[] = []
  readonly #drawn = new Set<string>()

  /** Positions so far. */
  get size(): number {
    return this.#positions.length
  }

  /** The number of a condition. */
  condition(label: string): number {
    const known = this.#conditions.indexOf(label)
    return known >= 0 ? known : this.#conditions.push(label) - 1
  }

  /** A new position, for one occurrence of a step. */
  position(name: string, span: Span | undefined): number {
    if (this.size === MOST_POSITIONS) {
      const hint = `times are written out one by one, ${MOST_POSITIONS} at most: use {n,}, or fewer`
      throw new TidemarkError('E_PATTERN', 'the pattern is too long', span ? { span, hint } : { hint })
    }
    const known = this.#steps.indexOf(name)
    const step = known >= 0 ? known : this.#steps.push(name) - 1
    return this.#positions.push({ step, condition: this.condition(name) }) - 1
  }

  innerKind(inner: InnerContiguity): Way['contiguity'] {
    return INNER[inner]
  }

  /** A part without one of its own begins something, strictly. */
  kindOf(contiguity: PatternPart['contiguity']): Way['contiguity'] {
    return OUTER[contiguity as keyof typeof OUTER] ?? STRICT
  }

  accept(position: number): void {
    this.#accepts.add(position)
  }

  /** Draws the ways from one position to another; returns their numbers. A way that is there already is not drawn twice. */
  connect(leave: Leave, enter: Enter): readonly number[] {
    if (enter.stay !== null && !this.#stays.has(leave.position)) this.#stays.set(leave.position, enter.stay)
    const way = {
      target: enter.position,
      contiguity: enter.contiguity ?? STRICT,
      bans: [...leave.bans, ...enter.bans],
      nextBans: leave.nextBans,
      notTaken: enter.notTaken,
      gates: [],
      gap: enter.gap,
    }
    return this.#guarded(way, [...leave.greedy, ...enter.greedy]).flatMap((one) => this.addWay(leave.position, one))
  }

  /** A guard that `until` can lift makes two ways of one, and the first row decides between them. */
  #guarded(way: Way, guards: readonly GreedyGuard[]): readonly Way[] {
    let ways: readonly Way[] = [way]
    for (const { condition, until } of guards) {
      ways = ways.flatMap((one): readonly Way[] => {
        const guarded = { ...one, bans: [...one.bans, condition] }
        if (until < 0) return [guarded]
        return [
          { ...one, gates: [...one.gates, { condition: until, meets: true }] },
          { ...guarded, gates: [...one.gates, { condition: until, meets: false }] },
        ]
      })
    }
    return ways
  }

  addWay(from: number, way: Way): readonly number[] {
    const key = `${from} ${JSON.stringify(way)}`
    if (this.#drawn.has(key)) return []
    this.#drawn.add(key)
    return [this.#ways.push({ ...way, from }) - 1]
  }

  /** Puts a condition to the bans of some of the ways so far. */
  ban(
    condition: number,
    where: 'bans' | 'nextBans',
    isMeant: (way: number, from: number, target: number) => boolean,
  ): void {
    for (const [number, way] of this.#ways.entries()) {
      if (isMeant(number, way.from, way.target) && !way[where].includes(condition))
        way[where] = [...way[where], condition]
    }
  }

  /** `start`: the number that the ways to begin were drawn from. */
  finish(start: number, { window, isAmbiguous }: Pick<Nfa, 'window' | 'isAmbiguous'>): Nfa {
    const ways: Way[][] = Array.from({ length: start + 1 }, () => [])
    for (const { from, ...way } of this.#ways) ways[from]!.push(way)
    if (ways.some(({ length }) => length > MOST_WAYS)) {
      const hint = `put a step that must come between them; more than ${MOST_WAYS} ways on are not followed`
      throw new TidemarkError('E_PATTERN', 'too many steps in a row may be left out', { hint })
    }
    return {
      steps: this.#steps,
      conditions: this.#conditions,
      stepOf: Int32Array.from(this.#positions, ({ step }) => step),
      conditionOf: Int32Array.from(this.#positions, ({ condition }) => condition),
      accepts: Uint8Array.from(this.#positions, (_, position) => (this.#accepts.has(position) ? 1 : 0)),
      ways,
      stays: this.#positions.map((_, position) => this.#stays.get(position) ?? null),
      window,
      isAmbiguous,
    }
  }
}
