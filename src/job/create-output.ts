import type { Field } from '../expressions/bound.ts'
import { createRowWriter } from '../formats/json/row-writer.ts'
import { createOutputWriter, type OutputStyle } from '../formats/output/create-output-writer.ts'
import type { OutputWriter } from '../formats/output/output-writer.ts'
import type { Layout, SinkExpression } from '../plan/layout.ts'
import type { PlanNode } from '../plan/nodes.ts'
import { upsertKeys } from '../plan/upsert-keys.ts'
import type { Assembled } from './assemble.ts'
import type { JobCounts, SinkOutlet } from './job-counts.ts'
import type { JobOptions, JobSink } from './job-options.ts'
import { RowOutput } from './output.ts'
import { type RecordForm, RecordRows } from './record-rows.ts'
import { RoutedRows } from './routed-output.ts'
import { shapeOf } from './step-context.ts'

const NDJSON: OutputStyle = {
  format: 'ndjson',
  changelog: 'op',
  isContinued: false,
  terminalWidth: null,
  emphasize: (text) => text,
}

/** Puts what prints them between the rows of a job and its sinks. */
export function connectSinks(
  options: JobOptions,
  layout: Layout,
  { graph, outletOf }: Assembled,
  counts: JobCounts,
): void {
  for (const sink of options.outputs.sinks) {
    const hasKinds = sink.from.some(({ schema }) => schema.changelog === 'retract')
    const outlets = sink.from.map((node, i) => {
      const writer = resultWriter(node, sink, { layout, zone: options.zone, hasKinds })
      const consumer = sink.records
        ? recordRows(node, sink, sink.records, i, { layout, zone: options.zone, hasKinds })
        : sink.route
          ? new RoutedRows(writer, sink.route)
          : new RowOutput(writer, sink.output)
      return { consumer, writer, node }
    })
    counts.sinks.set(sink.name, outlets satisfies readonly SinkOutlet[])
    graph.connect(...outlets.map(({ node, consumer }) => [outletOf(node), consumer] as const))
  }
}

/** What the sinks compute of rows besides printing them. */
export const sinkExpressions = ({ outputs }: Pick<JobOptions, 'outputs'>): readonly SinkExpression[] =>
  outputs.sinks.flatMap(({ from, records }) =>
    from.flatMap((node, i) => {
      const { topic, key, headers } = records?.parts[i] ?? { topic: [], key: null, headers: [] }
      const expressions = [...topic, ...(key ? [key] : []), ...headers.map(([, value]) => value)]
      return expressions.flatMap((expression) => (typeof expression === 'string' ? [] : [{ node, expression }]))
    }),
  )

/** Rows of a node as records; those of an upsert tell by their kind, not by a member, what becomes of the one before. */
function recordRows(
  node: PlanNode,
  sink: JobSink,
  { parts, isUpsert }: RecordForm,
  i: number,
  printing: Printing,
): RecordRows {
  const { layout, zone } = printing
  const slots = layout.slots.get(node)!
  const shape = shapeOf(node, layout, { timeOutput: sink.timeOutput, zone })
  const style = { ...(sink.style ?? NDJSON), ...(isUpsert ? { changelog: 'op' as const } : {}) }
  const keys = upsertColumns(node, slots)
  return new RecordRows({
    writer: resultWriter(node, { ...sink, style }, { ...printing, hasKinds: printing.hasKinds && !isUpsert }),
    output: sink.output,
    parts: parts[i]!,
    isUpsert,
    keys: keys && createRowWriter({ ...shape, kind: false, rest: null, columns: keys }),
    slotOf: (field) => slots.indexOf(field),
  })
}

const upsertColumns = (node: PlanNode, slots: readonly Field[]) =>
  upsertKeys(node)?.map(({ path, field, fraction }) => ({
    name: path,
    slot: slots.indexOf(field),
    type: field.type,
    fraction,
  })) ?? null

interface Printing extends Pick<JobOptions, 'zone'> {
  readonly layout: Layout
  /** Can rows of this sink, of whichever step, take others back? Then each of its rows tells its kind. */
  readonly hasKinds: boolean
}

/** What prints the rows of a node for a sink. */
function resultWriter(node: PlanNode, sink: JobSink, { layout, zone, hasKinds }: Printing): OutputWriter {
  const slots = layout.slots.get(node)!
  const keys = upsertColumns(node, slots)
  const shape = { ...shapeOf(node, layout, { timeOutput: sink.timeOutput, zone }), kind: hasKinds }
  return createOutputWriter(shape, sink.style ?? NDJSON, keys)
}
