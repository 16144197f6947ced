import { assert } from '../../base/assert.ts'
import type { Operator } from '../../operators/operator.ts'
import { type NodeOf, type PlanNode, topologicalOrder } from '../../plan/nodes.ts'
import { deduplicateOperator } from './deduplicate.ts'
import { filterOperator } from './filter.ts'
import { projectOperator } from './project.ts'
import { unionOperator } from './union.ts'
import { windowAggregateOperator } from './window-aggregate.ts'
import type { Wiring } from './wiring.ts'

type Factory<Node extends PlanNode> = (node: Node, wiring: Wiring) => Operator

/** Makes the operator of a node of the plan that it was loaded for. */
export type CreateOperator = Factory<PlanNode>

type Loaders = { readonly [K in PlanNode['kind']]: () => Factory<NodeOf<K>> | Promise<Factory<NodeOf<K>>> }

const noOperator =
  () =>
  (node: PlanNode): never =>
    assert(false, `${node.kind} is no operator`) as never

/** One line a kind of plan node; a missing one does not compile. What a small job needs is at hand, the rest is loaded on demand. */
const LOADERS: Loaders = {
  scan: noOperator,
  'late-rows': noOperator,
  'bad-rows': noOperator,
  sinks: noOperator,
  table: noOperator,
  filter: () => filterOperator,
  project: () => projectOperator,
  sample: async () => (await import('./sample.ts')).sampleOperator,
  union: () => unionOperator,
  normalize: async () => (await import('./normalize.ts')).normalizeOperator,
  unnest: async () => (await import('./unnest.ts')).unnestOperator,
  deduplicate: () => deduplicateOperator,
  sort: async () => (await import('./sort.ts')).sortOperator,
  top: async () => (await import('./top.ts')).topOperator,
  over: async () => (await import('./over.ts')).overOperator,
  'window-aggregate': () => windowAggregateOperator,
  'session-aggregate': async () => (await import('./session-aggregate.ts')).sessionAggregateOperator,
  'count-window': async () => (await import('./count-window.ts')).countWindowOperator,
  'group-aggregate': async () => (await import('./group-aggregate.ts')).groupAggregateOperator,
  enrich: async () => (await import('./enrich.ts')).enrichOperator,
  'interval-join': async () => (await import('./interval-join.ts')).intervalJoinOperator,
  match: async () => (await import('./match.ts')).matchOperator,
  'regular-join': async () => (await import('./regular-join.ts')).regularJoinOperator,
  'temporal-join': async () => (await import('./temporal-join.ts')).temporalJoinOperator,
  'window-join': async () => (await import('./window-join.ts')).windowJoinOperator,
}

/** What the steps of a plan take. */
export async function loadOperators(root: PlanNode): Promise<CreateOperator> {
  const factories = new Map<PlanNode['kind'], CreateOperator>()
  for (const { kind } of topologicalOrder(root)) {
    if (!factories.has(kind)) factories.set(kind, (await LOADERS[kind]()) as CreateOperator) // sound: given nodes of this kind only
  }
  return (node, wiring) => factories.get(node.kind)!(node, wiring)
}
