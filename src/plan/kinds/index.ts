import type { NodeKind } from '../node-kind.ts'
import type { NodeOf, PlanNode } from '../nodes.ts'
import { badRows } from './bad-rows.ts'
import { countWindow } from './count-window.ts'
import { deduplicate } from './deduplicate.ts'
import { enrich } from './enrich.ts'
import { filter } from './filter.ts'
import { groupAggregate } from './group-aggregate.ts'
import { intervalJoin } from './interval-join.ts'
import { lateRows } from './late-rows.ts'
import { match } from './match.ts'
import { normalize } from './normalize.ts'
import { over } from './over.ts'
import { project } from './project.ts'
import { regularJoin } from './regular-join.ts'
import { sample } from './sample.ts'
import { scan } from './scan.ts'
import { sessionAggregate } from './session-aggregate.ts'
import { sinks } from './sinks.ts'
import { sort } from './sort.ts'
import { table } from './table.ts'
import { temporalJoin } from './temporal-join.ts'
import { top } from './top.ts'
import { union } from './union.ts'
import { unnest } from './unnest.ts'
import { windowAggregate } from './window-aggregate.ts'
import { windowJoin } from './window-join.ts'

/** One line a kind; a missing one does not compile. */
const NODE_KINDS: { readonly [K in PlanNode['kind']]: NodeKind<NodeOf<K>> } = {
  scan,
  filter,
  project,
  sample,
  union,
  normalize,
  unnest,
  deduplicate,
  sort,
  top,
  over,
  'window-aggregate': windowAggregate,
  'session-aggregate': sessionAggregate,
  'count-window': countWindow,
  'group-aggregate': groupAggregate,
  'late-rows': lateRows,
  'bad-rows': badRows,
  sinks,
  table,
  enrich,
  'interval-join': intervalJoin,
  match,
  'regular-join': regularJoin,
  'temporal-join': temporalJoin,
  'window-join': windowJoin,
}

/** What there is to know of the node's kind; ask it about this node. */
export const kindOf = (node: PlanNode): NodeKind<PlanNode> => NODE_KINDS[node.kind] as NodeKind<PlanNode>

/** Does the step drop rows that come too late? Then it may route them elsewhere, whole. */
export const judgesLateness = (node: PlanNode): boolean =>
  kindOf(node).judgesLateness(node) && !('isBeside' in node && node.isBeside === true)
