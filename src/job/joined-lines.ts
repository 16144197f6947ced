import type { Layout } from '../plan/layout.ts'
import { inputsOf, type PlanNode, topologicalOrder } from '../plan/nodes.ts'
import type { JobOptions, JobSink } from './job-options.ts'

/**
 * The joins whose rows may be made as the lines that leave: only sinks read them, which print them as NDJSON without more, and a row is that of the left side
 * with the right one as a member.
 */
export function joinedLines({ root, outputs }: Pick<JobOptions, 'root' | 'outputs'>, { slots }: Layout): Set<PlanNode> {
  const nodes = topologicalOrder(root)
  const read = new Set(nodes.filter(({ kind }) => kind !== 'sinks').flatMap(inputsOf))
  const isPrinted = (node: PlanNode) => {
    const sinks = outputs.sinks.filter(({ from }) => from.includes(node))
    return sinks.length > 0 && sinks.every(printsLines)
  }
  return new Set(nodes.filter((node) => isOpenPair(node, slots) && !read.has(node) && isPrinted(node)))
}

const isJoin = (node: PlanNode) =>
  node.kind === 'interval-join' ||
  node.kind === 'window-join' ||
  node.kind === 'temporal-join' ||
  node.kind === 'regular-join'

function isOpenPair(node: PlanNode, slots: Layout['slots']): boolean {
  if (!isJoin(node) || node.row === null || node.schema.changelog !== 'append') return false
  const { rest, columns } = node.inputs[0].schema
  const out = slots.get(node)!
  return rest !== null && columns.length === 0 && out.length === 1 && out[0] === node.row
}

const printsLines = ({ from, route, records, style }: JobSink): boolean =>
  route === null &&
  !records &&
  (style === undefined || (style.format === 'ndjson' && style.changelog !== 'debezium')) &&
  from.every(({ schema }) => schema.changelog === 'append')
