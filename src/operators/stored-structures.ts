import { assert } from '../base/assert.ts'
import { valueOfExact } from '../data/json-values.ts'
import { RowSlab } from '../data/row-slab.ts'
import { AGGREGATES } from '../functions/aggregates/index.ts'
import { OVER_FUNCTIONS } from '../functions/over/index.ts'
import { AccumulatorLayout } from '../state/accumulator-table.ts'
import { FrameRows } from '../state/frame-rows.ts'
import { GroupTable } from '../state/group-table.ts'
import { JoinRows } from '../state/join-rows.ts'
import { KeySet } from '../state/key-set.ts'
import { KeyTable } from '../state/key-table.ts'
import { LastTouches } from '../state/last-touches.ts'
import { NewestRows } from '../state/newest-rows.ts'
import { PaneTable } from '../state/pane-table.ts'
import { RankedRows } from '../state/ranked-rows.ts'
import { RecentRows } from '../state/recent-rows.ts'
import { SessionTable } from '../state/session-table.ts'
import { SortedRows } from '../state/sorted-rows.ts'
import type { AccumulatorsShape, StateStructure, StructureShape } from '../state/structure.ts'
import { UntoldResults } from '../state/untold-results.ts'
import { LastRows } from './last-rows.ts'
import { OpenMatches, storedMatcher } from './open-matches.ts'
import { WaitingRows } from './waiting-rows.ts'

/** The structures of a step, made without its plan: to read its pages, or to write them. */
export interface StoredStructures {
  /** In the order in which they must be restored. */
  readonly structures: readonly StateStructure[]
  /** null: none of them refers to keys by slot. */
  readonly keys: KeyTable | null
}

/** Empty structures of these shapes. `shapes`: by name, in order. */
export function createStructures(shapes: Readonly<Record<string, StructureShape>>): StoredStructures {
  const made: Made = { keys: null, arrivalOf: null, slab: null }
  const structures = Object.entries(shapes).map(([name, shape]) => createStructure(name, shape, made))
  return { structures, keys: made.keys }
}

/** What later structures of a step refer to. */
interface Made {
  keys: KeyTable | null
  /** When the group of a slot began. */
  arrivalOf: ((slot: number) => number) | null
  slab: RowSlab | null
}

function createStructure(name: string, shape: StructureShape, made: Made): StateStructure {
  switch (shape.kind) {
    case 'key-table':
      made.keys = new KeyTable(shape.types)
      return made.keys
    case 'key-set':
      return new KeySet({ name, within: shape.within, keepFor: shape.keepFor ?? Infinity })
    case 'group-table': {
      const groups = new GroupTable(layoutOf(shape.aggregates), needed(made.keys))
      made.arrivalOf = (slot) => groups.arrivals[slot]!
      return groups
    }
    case 'pane-table':
      // only who fires windows asks where panes end
      return new PaneTable(layoutOf(shape.aggregates), needed(made.keys), (end) => ({
        end,
        firstEnd: end,
        lastEnd: end,
      }))
    case 'session-table':
      return new SessionTable(layoutOf(shape.aggregates), needed(made.keys))
    case 'last-touches':
      return new LastTouches({ ttl: shape.ttl, arrivalOf: needed(made.arrivalOf) })
    case 'untold-results':
      return new UntoldResults(needed(made.keys))
    default:
      return createRows(name, shape, made)
  }
}

type RowsShape = Extract<StructureShape, { readonly columns: unknown }>

/** The structures that keep whole rows, or parts of them. */
function createRows(name: string, shape: RowsShape, made: Made): StateStructure {
  const { columns: slots, lines: keepsRaw } = shape
  switch (shape.kind) {
    case 'sorted-rows':
      return new SortedRows({ name, slots, keepsRaw, keys: shape.keys, ties: shape.ties })
    case 'join-rows':
      // only who joins asks what is due
      return new JoinRows({
        name,
        keys: needed(made.keys),
        slots,
        asKept: () => {},
        keepsText: keepsRaw,
        dueOf: () => Infinity,
        span: Infinity,
        isByArrival: true,
      })
    case 'ranked-rows': {
      const { orders, most } = shape
      const rows = new RankedRows({ name, keys: needed(made.keys), slots, keepsRaw, orders, most })
      made.arrivalOf = (slot) => rows.arrivalOf(slot)
      return rows
    }
    case 'newest-rows':
      return new NewestRows(name, needed(made.keys), { slots, keepsRaw })
    case 'waiting-rows':
    case 'open-matches':
      return createOfMatch(shape, made)
    case 'frame-rows':
      return new FrameRows(slots)
    case 'recent-rows':
      return new RecentRows({ name, slots, keepsRaw })
    case 'last-rows': {
      const { within, allowedLateness, stateTtl } = shape
      const spans = { within: within ?? Infinity, allowedLateness, stateTtl }
      return new LastRows({ name, keys: needed(made.keys), ...spans, slots, keepsRaw })
    }
  }
}

function createOfMatch(shape: Extract<StructureShape, { kind: 'waiting-rows' | 'open-matches' }>, made: Made) {
  made.slab ??= new RowSlab({ slots: shape.columns, keepsRaw: shape.lines })
  const [slab, keys] = [made.slab, needed(made.keys)]
  return shape.kind === 'waiting-rows' ? new WaitingRows(slab, keys) : new OpenMatches(storedMatcher(slab), slab, keys)
}

function needed<S>(structure: S | null): S {
  assert(structure !== null, 'structures are made in the order of their step')
  return structure
}

function layoutOf({ each, retractable }: AccumulatorsShape): AccumulatorLayout {
  const accumulators = each.map(({ aggregate, constant, ...options }) => {
    const fn = AGGREGATES.get(aggregate) ?? OVER_FUNCTIONS.get(aggregate)
    assert(fn !== undefined, `no aggregate ${aggregate}`)
    return fn.create(constant === undefined ? options : { ...options, constant: valueOfExact(constant) })
  })
  return new AccumulatorLayout(accumulators, retractable)
}
