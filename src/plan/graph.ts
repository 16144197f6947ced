import { kindOf } from './kinds/index.ts'
import { inputsOf, type PlanNode, topologicalOrder } from './nodes.ts'

/** Where rows of a plan go, as a graph shows it. */
export interface GraphSink {
  readonly name: string
  readonly from: readonly PlanNode[]
  /** What flows there, where it is not the result: late rows. */
  readonly side?: string
}

export const GRAPH_STYLES = ['mermaid', 'dot'] as const
export type GraphStyle = (typeof GRAPH_STYLES)[number]

interface Vertex {
  readonly name: string
  readonly lines: readonly string[]
  readonly shape: 'source' | 'step' | 'kept' | 'sink'
}

interface Edge {
  readonly from: string
  readonly to: string
  readonly label: string
  /** Not the result of a step, but what it puts aside. */
  readonly isSide: boolean
}

interface PlanGraph {
  readonly vertices: readonly Vertex[]
  readonly edges: readonly Edge[]
}

/** The plan for Mermaid or Graphviz: steps in their words, those with state in a shape of their own, and on each edge whether its rows correct others. */
export function renderGraph(root: PlanNode, sinks: readonly GraphSink[], style: GraphStyle): string {
  const graph = graphOf(root, sinks)
  const lines = style === 'mermaid' ? mermaid(graph) : dot(graph)
  return `${lines.join('\n')}\n`
}

function graphOf(root: PlanNode, sinks: readonly GraphSink[]): PlanGraph {
  const nodes = topologicalOrder(root).filter(({ kind }) => kind !== 'sinks')
  const names = new Map(nodes.map((node, i) => [node, `n${i}`]))
  const vertices = nodes.map((node) => ({ name: names.get(node)!, lines: linesOf(node), shape: shapeOf(node) }))
  const edges = nodes.flatMap((node) =>
    inputsOf(node).map((input) => ({
      from: names.get(input)!,
      to: names.get(node)!,
      label: node.kind === 'late-rows' ? 'late' : node.kind === 'bad-rows' ? 'bad' : input.schema.changelog,
      isSide: node.kind === 'late-rows' || node.kind === 'bad-rows',
    })),
  )
  const ends = sinks.map(({ name }, i) => ({ name: `s${i}`, lines: [name], shape: 'sink' as const }))
  const last = sinks.flatMap(({ from, side }, i) =>
    from.map((node) => ({
      from: names.get(node)!,
      to: `s${i}`,
      label: side ?? node.schema.changelog,
      isSide: side !== undefined,
    })),
  )
  return { vertices: [...vertices, ...ends], edges: [...edges, ...last] }
}

/** The step, and on a line of its own what it counts. */
function linesOf(node: PlanNode): readonly string[] {
  const what = kindOf(node).describe(node)
  const at = 'aggregates' in node ? what.indexOf(': ') : -1
  return at < 0 ? [what] : [what.slice(0, at), what.slice(at + 2)]
}

function shapeOf(node: PlanNode): Vertex['shape'] {
  if (node.kind === 'scan' || node.kind === 'table') return 'source'
  return kindOf(node).state === null ? 'step' : 'kept'
}

const MERMAID_SHAPES: { readonly [S in Vertex['shape']]: readonly [open: string, close: string] } = {
  source: ['[/', '/]'],
  step: ['[', ']'],
  kept: ['[(', ')]'],
  sink: ['([', '])'],
}

function mermaid({ vertices, edges }: PlanGraph): readonly string[] {
  const text = (line: string) => line.replace(/[&"<>#;`]/g, (character) => `#${character.codePointAt(0)};`)
  return [
    'flowchart TD',
    ...vertices.map(({ name, lines, shape }) => {
      const [open, close] = MERMAID_SHAPES[shape]
      return `  ${name}${open}"${lines.map(text).join('<br>')}"${close}`
    }),
    ...edges.map(({ from, to, label, isSide }) => `  ${from} ${isSide ? '-.->' : '-->'}|${label}| ${to}`),
  ]
}

const DOT_SHAPES: { readonly [S in Vertex['shape']]: string } = {
  source: 'parallelogram',
  step: 'box',
  kept: 'cylinder',
  sink: 'oval',
}

function dot({ vertices, edges }: PlanGraph): readonly string[] {
  const text = (line: string) => line.replace(/["\\]/g, '\\$&')
  return [
    'digraph plan {',
    '  node [fontname="sans-serif"]; edge [fontname="sans-serif"];',
    ...vertices.map(
      ({ name, lines, shape }) => `  ${name} [shape=${DOT_SHAPES[shape]}, label="${lines.map(text).join('\\n')}"];`,
    ),
    ...edges.map(
      ({ from, to, label, isSide }) => `  ${from} -> ${to} [label="${label}"${isSide ? ', style=dashed' : ''}];`,
    ),
    '}',
  ]
}
