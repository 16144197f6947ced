import type { RowShape } from '../formats/json/row-writer.ts'
import type { OperatorContext } from '../operators/operator.ts'
import type { Layout } from '../plan/layout.ts'
import { inputsOf, type NodeOf, type PlanNode, scansOf, topologicalOrder } from '../plan/nodes.ts'
import { BadStream } from './bad-stream.ts'
import { Graph, type OperatorNode, type OutletNode } from './graph.ts'
import { LateStream, type LateStreams } from './late-stream.ts'
import type { CreateOperator } from './operators/index.ts'
import { Wiring } from './operators/wiring.ts'

export interface Assembled {
  readonly graph: Graph
  /** The scans as they were declared, which is the order of the graph's sources, which are followed by the streams of what they could not read. */
  readonly scans: readonly NodeOf<'scan'>[]
  /** By scan: where what it cannot read goes on as a stream. */
  readonly badStreams: readonly (BadStream | null)[]
  /** Where the rows of a node come out. */
  outletOf(node: PlanNode): OutletNode
}

/** Makes what a step tells besides its rows: counters, late and bad rows. `streams`: its late rows go on as streams. */
export type ContextOf = (node: PlanNode, streams: LateStreams) => OperatorContext

interface AssemblyOptions {
  readonly root: PlanNode
  readonly layout: Layout
  readonly createOperator: CreateOperator
  /** How whole rows of a node print. */
  readonly shapeOf: (node: PlanNode) => RowShape
  readonly contextOf: ContextOf
}

export function assemble({ root, layout, createOperator, shapeOf, contextOf }: AssemblyOptions): Assembled {
  const graph = new Graph()
  const made = new Map<PlanNode, OutletNode>()
  const order = topologicalOrder(root)
  const scans = scansOf(root)
  const badRows = order.filter((node) => node.kind === 'bad-rows')
  const late = new Map<PlanNode, (LateStream | null)[]>()
  for (const node of order) {
    if (node.kind !== 'late-rows') continue
    const streams = late.get(node.input) ?? inputsOf(node.input).map(() => null)
    streams[node.port] = new LateStream(node, layout)
    late.set(node.input, streams)
  }
  for (const node of [...scans, ...inOrderOf(scans, badRows)]) made.set(node, graph.addSource())
  for (const node of order) {
    if (made.has(node) || node.kind === 'sinks' || node.kind === 'table') continue
    const inputs = inputsOf(node).flatMap((input) => made.get(input) ?? [])
    if (node.kind === 'late-rows') {
      made.set(node, graph.addSide(inputs[0] as OperatorNode, late.get(node.input)![node.port]!.out))
      continue
    }
    const wiring = new Wiring(layout, contextOf(node, late.get(node) ?? null), shapeOf)
    made.set(node, graph.add(node.id, createOperator(node, wiring), inputs))
  }
  const badStreams = scans.map((scan) => {
    const node = badRows.find(({ input }) => input === scan)
    return node ? new BadStream(node, layout) : null
  })
  return { graph, scans, badStreams, outletOf: (node) => made.get(node)! }
}

const inOrderOf = (scans: readonly NodeOf<'scan'>[], badRows: readonly NodeOf<'bad-rows'>[]) =>
  scans.flatMap((scan) => badRows.filter(({ input }) => input === scan))
