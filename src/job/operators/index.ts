import { assert } from '../../base/assert.ts'
import type { Operator } from '../../operators/operator.ts'
import type { NodeOf, PlanNode } from '../../plan/nodes.ts'
import { countWindowOperator } from './count-window.ts'
import { deduplicateOperator } from './deduplicate.ts'
import { filterOperator } from './filter.ts'
import { groupAggregateOperator } from './group-aggregate.ts'
import { intervalJoinOperator } from './interval-join.ts'
import { matchOperator } from './match.ts'
import { normalizeOperator } from './normalize.ts'
import { overOperator } from './over.ts'
import { projectOperator } from './project.ts'
import { regularJoinOperator } from './regular-join.ts'
import { sampleOperator } from './sample.ts'
import { sessionAggregateOperator } from './session-aggregate.ts'
import { sortOperator } from './sort.ts'
import { temporalJoinOperator } from './temporal-join.ts'
import { topOperator } from './top.ts'
import { unionOperator } from './union.ts'
import { unnestOperator } from './unnest.ts'
import { windowAggregateOperator } from './window-aggregate.ts'
import { windowJoinOperator } from './window-join.ts'
import type { Wiring } from './wiring.ts'

type Factories = { readonly [K in PlanNode['kind']]: (node: NodeOf<K>, wiring: Wiring) => Operator }

const noOperator = ({ kind }: PlanNode): never => assert(false, `${kind} is no operator`) as never

/** One line a kind of plan node; a missing one does not compile. */
const FACTORIES: Factories = {
  scan: noOperator,
  'late-rows': noOperator,
  'bad-rows': noOperator,
  sinks: noOperator,
  filter: filterOperator,
  project: projectOperator,
  sample: sampleOperator,
  union: unionOperator,
  normalize: normalizeOperator,
  unnest: unnestOperator,
  deduplicate: deduplicateOperator,
  sort: sortOperator,
  top: topOperator,
  over: overOperator,
  'window-aggregate': windowAggregateOperator,
  'session-aggregate': sessionAggregateOperator,
  'count-window': countWindowOperator,
  'group-aggregate': groupAggregateOperator,
  'interval-join': intervalJoinOperator,
  match: matchOperator,
  'regular-join': regularJoinOperator,
  'temporal-join': temporalJoinOperator,
  'window-join': windowJoinOperator,
}

export function createOperator(node: PlanNode, wiring: Wiring): Operator {
  const factory = FACTORIES[node.kind] as (node: PlanNode, wiring: Wiring) => Operator // sound: chosen by this node's kind
  return factory(node, wiring)
}
