import { judgesLateness } from '../plan/kinds/index.ts'
import { isStep, type PlanNode, topologicalOrder } from '../plan/nodes.ts'
import type { JobOptions } from './job-options.ts'
import type { Output } from './output.ts'
import { SideOutput } from './side-output.ts'

/** Where late rows and dead letters go, by the steps that can make some. */
export interface Sides {
  readonly late: SideOutput | null
  /** Of lines that a source cannot read, and of rows that a step cannot take. */
  badOf(node: PlanNode): SideOutput | null
  readonly order: ReadonlyMap<PlanNode, number>
  /** Of partial matches that run out of time. */
  timeoutsOf(node: PlanNode): SideOutput | null
  /** Of the whole job, each once: sinks first. */
  readonly outputs: readonly Output[]
  /** The round is over, or the run ends. */
  endRound(): void
}

export function sideOutputs({ root, outputs: { sinks, late, bad, timeouts }, settingsOf }: JobOptions): Sides {
  const nodes = topologicalOrder(root)
  const badOutputOf = (node: PlanNode): Output | null => {
    // what does not fit the schema of a source is what the source cannot read
    const source = node.kind === 'project' ? (node.schemaOf ?? node) : node
    const own = source.kind === 'scan' ? settingsOf?.(source).bad : null
    return own ? own.output : bad
  }
  const ofBad = nodes.flatMap((node) => (node.kind === 'scan' || isStep(node) ? (badOutputOf(node) ?? []) : []))
  const badSides = new Map(
    [...new Set(ofBad)].map((output) => [output, new SideOutput(output, ofBad.filter((one) => one === output).length)]),
  )
  const timeoutSides = new Map([...(timeouts ?? [])].map(([node, output]) => [node, new SideOutput(output, 1)]))
  const lateSide = late && new SideOutput(late, nodes.filter(judgesLateness).length)
  const sideOf = (output: Output | null) => (output ? (badSides.get(output) ?? null) : null)
  return {
    late: lateSide,
    badOf: (node) => sideOf(badOutputOf(node)),
    timeoutsOf: (node) => timeoutSides.get(node) ?? null,
    order: new Map(nodes.map((node, i) => [node, i])),
    outputs: [
      ...new Set([
        ...sinks.map(({ output }) => output),
        ...(late ? [late] : []),
        ...(bad ? [bad] : []),
        ...ofBad,
        ...(timeouts?.values() ?? []),
      ]),
    ],
    endRound: () => {
      lateSide?.endRound()
      for (const side of badSides.values()) side.endRound()
      for (const side of timeoutSides.values()) side.endRound()
    },
  }
}
