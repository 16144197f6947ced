import { createOutputWriter, type OutputStyle } from '../formats/output/create-output-writer.ts'
import type { OutputWriter } from '../formats/output/output-writer.ts'
import type { Layout } from '../plan/layout.ts'
import type { PlanNode } from '../plan/nodes.ts'
import { upsertKeys } from '../plan/upsert-keys.ts'
import type { Assembled } from './assemble.ts'
import type { JobCounts, SinkOutlet } from './job-counts.ts'
import type { JobOptions, JobSink } from './job-options.ts'
import { RowOutput } from './output.ts'
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
    const outlets = sink.from.map((node) => {
      const writer = resultWriter(node, sink, { layout, zone: options.zone, hasKinds })
      const consumer = sink.route ? new RoutedRows(writer, sink.route) : new RowOutput(writer, sink.output)
      return { consumer, writer, node }
    })
    counts.sinks.set(sink.name, outlets satisfies readonly SinkOutlet[])
    graph.connect(...outlets.map(({ node, consumer }) => [outletOf(node), consumer] as const))
  }
}

interface Printing extends Pick<JobOptions, 'zone'> {
  readonly layout: Layout
  /** Can rows of this sink, of whichever step, take others back? Then each of its rows tells its kind. */
  readonly hasKinds: boolean
}

/** What prints the rows of a node for a sink. */
function resultWriter(node: PlanNode, sink: JobSink, { layout, zone, hasKinds }: Printing): OutputWriter {
  const slots = layout.slots.get(node)!
  const keys = upsertKeys(node)?.map(({ path, field, fraction }) => ({
    name: path,
    slot: slots.indexOf(field),
    type: field.type,
    fraction,
  }))
  const shape = { ...shapeOf(node, layout, { timeOutput: sink.timeOutput, zone }), kind: hasKinds }
  return createOutputWriter(shape, sink.style ?? NDJSON, keys ?? null)
}
