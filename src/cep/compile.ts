import { checkPattern } from './check.ts'
import { AT_DEADLINE, AT_NEXT_ROW, type Nfa, RELAXED, STRICT } from './nfa.ts'
import {
  isAmbiguous,
  isGreedy,
  isNot,
  type Pattern,
  type PatternGroup,
  type PatternPart,
  type PatternStep,
  windowOf,
} from './pattern.ts'
import { type Enter, type GreedyGuard, type Leave, Sketch } from './sketch.ts'

/** Where a part can be entered and left. */
interface Fragment {
  readonly enters: readonly Enter[]
  readonly leaves: readonly Leave[]
  /** The ways between its occurrences: a NOT behind the part guards them, too. */
  readonly inner: readonly number[]
  /** May it be left out? Then the guards of greedy parts on the way past it. */
  readonly bypass: readonly GreedyGuard[] | null
}

/**
 * Checks a pattern and draws its positions and ways (a position automaton, after Glushkov). Times are written out: A{2,3} has three positions.
 * Throws E_PATTERN. Rules: those of Flink's CEP library; where its compiler has known faults the rule is kept and not the fault.
 */
export function compilePattern(pattern: Pattern): Nfa {
  checkPattern(pattern)
  const sketch = new Sketch()
  const whole = sequenceOf(pattern.parts, sketch, null)
  const start = sketch.size
  for (const enter of whole.enters) sketch.connect({ ...FREELY, position: start }, enter)
  for (const leave of whole.leaves) endAt(leave, pattern.parts.at(-1)!, sketch)
  const window = windowOf(pattern) ?? 0
  return sketch.finish(start, { window: window > 0 ? window : FOREVER, isAmbiguous: isAmbiguous(pattern.parts) })
}

const FREELY = { bans: [], nextBans: [], greedy: [] } as const
const FOREVER = Number.POSITIVE_INFINITY

/** The match ends here: at once, or if what a NOT at the end forbids does not come. */
function endAt({ position, bans, nextBans }: Leave, last: PatternPart, sketch: Sketch): void {
  const isPending = last.contiguity === 'not-followed-by'
  if (!isPending && nextBans.length === 0) {
    sketch.accept(position)
    return
  }
  const way = { bans, nextBans, notTaken: -1, gates: [] } as const
  if (!isPending) sketch.addWay(position, { ...way, target: AT_NEXT_ROW, contiguity: STRICT, gap: FOREVER })
  else sketch.addWay(position, { ...way, target: AT_DEADLINE, contiguity: RELAXED, gap: gapOf(last) })
}

const gapOf = ({ within }: PatternPart): number =>
  within?.kind === 'previous-to-current' && within.ms > 0 ? within.ms : FOREVER

/** `group`: that the sequence is the inside of, which says how its first part is entered. */
function sequenceOf(parts: readonly PatternPart[], sketch: Sketch, group: PatternGroup | null): Fragment {
  const enters: Enter[] = []
  let leaves: readonly Leave[] = []
  /** Guards on the way past all parts so far; null: one of them must come. */
  let past: readonly GreedyGuard[] | null = []
  let before: Fragment | null = null
  for (const [i, part] of parts.entries()) {
    if (isNot(part)) {
      leaves = guard(part, { leaves, inner: before!.inner }, sketch)
      continue
    }
    const fragment: Fragment = fragmentOf(part, sketch, i === 0 ? group : null)
    connectAll(leaves, fragment.enters, sketch)
    const { bypass } = fragment
    if (past !== null) {
      const guards: readonly GreedyGuard[] = past
      enters.push(...fragment.enters.map((enter) => ({ ...enter, greedy: [...guards, ...enter.greedy] })))
    }
    past = past !== null && bypass !== null ? [...past, ...bypass] : null
    const passed = bypass === null ? [] : leaves.map((leave) => ({ ...leave, greedy: [...leave.greedy, ...bypass] }))
    leaves = [...passed, ...fragment.leaves]
    before = fragment
  }
  return { enters, leaves, inner: before?.inner ?? [], bypass: past }
}

const connectAll = (leaves: readonly Leave[], enters: readonly Enter[], sketch: Sketch): readonly number[] =>
  leaves.flatMap((leave) => enters.flatMap((enter) => sketch.connect(leave, enter)))

/** What a NOT forbids, it forbids to every way on from the part before it, those to its own next occurrence included. */
function guard(not: PatternPart, before: Pick<Fragment, 'leaves' | 'inner'>, sketch: Sketch): readonly Leave[] {
  const where = not.contiguity === 'not-next' ? 'nextBans' : 'bans'
  const condition = sketch.condition((not as PatternStep).name)
  const positions = new Set(before.leaves.map(({ position }) => position))
  sketch.ban(condition, where, (way, from) => positions.has(from) || (where === 'bans' && before.inner.includes(way)))
  return before.leaves.map((leave) => ({ ...leave, [where]: [...leave[where], condition] }))
}

const fragmentOf = (part: PatternPart, sketch: Sketch, group: PatternGroup | null): Fragment =>
  part.kind === 'step' ? stepFragment(part, sketch, group) : groupFragment(part, sketch)

function stepFragment(step: PatternStep, sketch: Sketch, group: PatternGroup | null): Fragment {
  const { min, max, optional, inner } = step.quantifier
  const condition = sketch.condition(step.name)
  const stop = step.until === null ? -1 : sketch.condition(step.until)
  const positions = Array.from({ length: max ?? min }, () => sketch.position(step.name, step.span))
  const last = positions.at(-1)!
  const first: Enter = {
    position: positions[0]!,
    contiguity: group ? null : sketch.kindOf(step.contiguity),
    bans: [],
    gap: max === 1 ? gapOf(step) : FOREVER,
    notTaken: stop,
    stay: stayFor(step, 1),
    greedy: [],
  }
  // as in Flink, the first step of a group repeats as the group does
  const contiguity = sketch.innerKind(group?.quantifier.inner ?? inner)
  const again = { ...first, contiguity, bans: stop < 0 ? [] : [stop], gap: FOREVER, notTaken: -1, stay: null }
  const ways = positions.slice(1).flatMap((position, i) => {
    const enter = { ...again, position, stay: stayFor(step, i + 2) }
    return sketch.connect({ ...FREELY, position: positions[i]! }, enter)
  })
  const loop = max === null ? sketch.connect({ ...FREELY, position: last }, { ...again, position: last }) : []
  const greedy = isGreedy(step) ? [{ condition, until: stop }] : []
  const leaves = positions.slice(min - 1).map((position) => ({ ...FREELY, position, greedy }))
  return { enters: [first], leaves, inner: [...ways, ...loop], bypass: optional ? greedy : null }
}

/**
 * Flink's window argument of `times` and `oneOrMore`, as it is built there: it covers the wait for the first occurrence and for each further one
 * up to the lower bound, but not for the last possible one; and where the occurrence may be left out, only until a row is skipped.
 */
function stayFor({ quantifier }: PatternStep, occurrence: number): Enter['stay'] {
  const { gap, min, max, optional } = quantifier
  if (gap === null || gap <= 0 || (occurrence > 1 && occurrence === max)) return null
  return { ms: gap, isFreshOnly: occurrence > min || (occurrence === 1 && optional) }
}

function groupFragment(group: PatternGroup, sketch: Sketch): Fragment {
  const { min, max, optional, inner } = group.quantifier
  const from = sketch.size
  const again = sketch.innerKind(inner)
  const ways: number[] = []
  const iterations: Fragment[] = []
  for (let i = 0; i < (max ?? min); i += 1) {
    const iteration = sequenceOf(group.parts, sketch, group)
    const before = iterations.at(-1)
    if (before) ways.push(...connectAll(before.leaves, enteredBy(iteration.enters, again), sketch))
    iterations.push(iteration)
  }
  const last = iterations.at(-1)!
  if (max === null) ways.push(...connectAll(last.leaves, enteredBy(last.enters, again), sketch))
  let enters = iterations[0]!.enters
  if (group.contiguity !== 'inherit') enters = enteredBy(enters, sketch.kindOf(group.contiguity))
  if (group.until !== null) {
    const stop = sketch.condition(group.until)
    sketch.ban(stop, 'bans', (_way, _from, target) => target >= from)
    enters = enters.map((enter) => ({ ...enter, bans: [...enter.bans, stop] }))
  }
  const leaves = iterations.slice(min - 1).flatMap((iteration) => iteration.leaves)
  // every round that may be the last one is guarded by a NOT behind the group
  const guarded = [...ways, ...iterations.slice(min - 1).flatMap((iteration) => iteration.inner)]
  return { enters, leaves, inner: guarded, bypass: optional ? [] : last.bypass }
}

/** The first step of a group is entered as the group is, or as it repeats. */
const enteredBy = (enters: readonly Enter[], contiguity: Enter['contiguity']): readonly Enter[] =>
  enters.map((enter) => (enter.contiguity === null ? { ...enter, contiguity } : enter))
