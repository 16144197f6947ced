import { judgesLateness } from '../plan/kinds/index.ts'
import { isStep, type NodeOf, type PlanNode, topologicalOrder } from '../plan/nodes.ts'
import type { JobOptions } from './job-options.ts'
import type { Output } from './output.ts'
import { SideOutput } from './side-output.ts'

/** Where late rows and dead letters go, by the steps that can make some. */
export interface Sides {
  readonly late: SideOutput | null
  /** Of rows that a step cannot take. */
  readonly bad: SideOutput | null
  /** Of lines that a source cannot read. */
  badOf(scan: NodeOf<'scan'>): SideOutput | null
  readonly order: ReadonlyMap<PlanNode, number>
  /** Of the whole job, each once: sinks first. */
  readonly outputs: readonly Output[]
  /** The round is over, or the run ends. */
  endRound(): void
}

export function sideOutputs({ root, outputs: { sinks, late, bad }, settingsOf }: JobOptions): Sides {
  const nodes = topologicalOrder(root)
  const scans = nodes.filter((node) => node.kind === 'scan')
  const badOutputOf = (scan: NodeOf<'scan'>): Output | null => {
    const own = settingsOf?.(scan).bad
    return own ? own.output : bad
  }
  const ofBad = [
    ...scans.flatMap((scan) => badOutputOf(scan) ?? []),
    ...(bad ? nodes.filter(isStep).map(() => bad) : []),
  ]
  const badSides = new Map(
    [...new Set(ofBad)].map((output) => [output, new SideOutput(output, ofBad.filter((one) => one === output).length)]),
  )
  const lateSide = late && new SideOutput(late, nodes.filter(judgesLateness).length)
  const sideOf = (output: Output | null) => (output ? (badSides.get(output) ?? null) : null)
  return {
    late: lateSide,
    bad: sideOf(bad),
    badOf: (scan) => sideOf(badOutputOf(scan)),
    order: new Map(nodes.map((node, i) => [node, i])),
    outputs: [
      ...new Set([...sinks.map(({ output }) => output), ...(late ? [late] : []), ...(bad ? [bad] : []), ...ofBad]),
    ],
    endRound: () => {
      lateSide?.endRound()
      for (const side of badSides.values()) side.endRound()
    },
  }
}
