/** How the row of a way's target stands to the row before; as numbers, for the matcher's arrays. */
export const STRICT = 0
export const RELAXED = 1
export const ANY = 2

/** Instead of a position: the match is complete with the next row, whatever it is; or when the time is up. */
export const AT_NEXT_ROW = -1
export const AT_DEADLINE = -2

/** One way on from a position: to the row of another one, or to the end of the match. */
export interface Way {
  /** A position, `AT_NEXT_ROW` or `AT_DEADLINE`. */
  readonly target: number
  readonly contiguity: typeof STRICT | typeof RELAXED | typeof ANY
  /** Conditions that end this way as soon as a row meets one of them, taken or not. */
  readonly bans: readonly number[]
  /** The same, for the row right behind the position's own alone. */
  readonly nextBans: readonly number[]
  /** A row that meets this is not taken; -1: none. */
  readonly notTaken: number
  /** The row right behind decides whether this way is there at all: it must meet (or not meet) each of these conditions. */
  readonly gates: readonly { readonly condition: number; readonly meets: boolean }[]
  /** Longest time since the position's row, ms, exclusive; Infinity: any. */
  readonly gap: number
}

/** The longest stay at a position, Flink's window argument of `times`. */
export interface Stay {
  readonly ms: number
  /** It ends with the first row that is skipped. */
  readonly isFreshOnly: boolean
}

/**
 * A pattern as positions and ways between them: a position is one occurrence of a step, and a partial match stands at the position of the row that it took
 * last. There are no transitions without a row, and no two ways between the same positions mean the same, so that no match is found twice.
 */
export interface Nfa {
  /** Names of the steps that rows can be taken for, in the order of the pattern. */
  readonly steps: readonly string[]
  /** Labels of the conditions; ways refer to them by number. */
  readonly conditions: readonly string[]
  /** By position: its step. */
  readonly stepOf: Int32Array
  /** By position: the condition that its row meets. */
  readonly conditionOf: Int32Array
  /** By position: 1 where the match is complete with its row. */
  readonly accepts: Uint8Array
  /** By position: its ways, loops before exits; the last entry: the ways to begin. */
  readonly ways: readonly (readonly Way[])[]
  readonly stays: readonly (Stay | null)[]
  /** From the first row to the last, ms, exclusive; Infinity: none. */
  readonly window: number
  /** Can the same rows be taken for the same steps by more than one chain of positions, as in (A+ B?)+? */
  readonly isAmbiguous: boolean
}
