import type { Growth } from '../cep/growth.ts'
import type { Field } from '../expressions/bound.ts'
import type { FieldText } from '../expressions/canonical-text.ts'
import type { Demand } from './demand.ts'
import type { PlanNode } from './nodes.ts'

/**
 * What the state of a step means: parts by name, as canonical text. Two steps with equal signatures can go on with each other's state, whatever comes before or
 * after them. Watermark delay, allowed lateness, state TTL and names of results are not in it: they may change (DESIGN 4.15).
 */
export type Signature = Readonly<Record<string, string | readonly string[]>>

/** What a step keeps between rows. */
export interface KeptState<N extends PlanNode> {
  /** What is kept and how long, for `explain`. */
  describe(node: N): string
  signature(node: N, fieldText: FieldText): Signature
  /** Does event time leave it unbounded? Then `explain` warns. */
  isUnbounded?(node: N): boolean
  /** How the user bounds it; where it is given, an unbounded run warns, too. */
  readonly bound?: string
  /** What exactly grows, where it is not just the number of keys: an unbounded run warns of what is endless, `explain` of all. */
  growth?(node: N): readonly Growth[]
}

/** All that the passes over a plan ask of one kind of node; one object a kind, in the file of the kind. */
export interface NodeKind<N extends PlanNode> {
  /** Fields of its output rows, in slot order. `wanted`: what its consumers asked for; `slotsOf`: the same of an input. */
  slots(node: N, wanted: ReadonlySet<Field>, slotsOf: (input: PlanNode) => readonly Field[]): readonly Field[]
  /** Asks its inputs for what it needs to make what its consumers want. They have all asked before. */
  demand(node: N, demand: Demand): void
  /** The step in the words of its verb; what the user wrote stays as it was written. */
  describe(node: N): string
  /** null: it keeps nothing between rows. */
  readonly state: KeptState<N> | null
  /** Does it drop rows that come too late? Then it may route them elsewhere, whole. */
  judgesLateness(node: N): boolean
  /** A column that it makes is known by what it is made of, so that it may be given another name. Absent: it makes none. */
  fieldTexts?(node: N, fieldText: FieldText): Iterable<readonly [Field, string]>
  /** How it shares work among windows, for `explain`. */
  slices?(node: N): string
  /** What its results depend on besides the rows of the sources, for `explain`. */
  readonly dependsOn?: (node: N) => string | undefined
  /** It has windows: digits of the second that their borders need in late rows. Windows of a live input may stay open for long, and a run warns. */
  borderFraction?(node: N): 0 | 3
  /** It makes results that it may take back: what to leave out of it, so that it does not. */
  readonly finalHint?: (node: N) => string
  /** Its rows have no event time: why, and what to use instead. */
  readonly timelessHint?: string
}
