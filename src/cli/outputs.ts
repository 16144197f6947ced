import type { Destination, JobOptions } from '../frontend/flags/command-line.ts'
import { Output } from '../job/output.ts'
import { checkPathFields } from '../job/part-path.ts'
import { Route } from '../job/routed-output.ts'
import type { PlanNode } from '../plan/nodes.ts'
import type { PartsSink } from '../sinks/parts.ts'
import type { ByteSink } from '../sinks/sink.ts'
import type { Zone } from '../time/zone.ts'
import { wantsColor } from './color.ts'
import type { OpenState, World } from './world.ts'

export interface Outputs {
  readonly rows: Output
  readonly late: Output | null
  readonly bad: Output | null
}

interface Opening {
  readonly options: JobOptions
  readonly world: World
  /** null: nothing outlives the run. */
  readonly state: OpenState | null
  /** Whose rows are the result. */
  readonly root: PlanNode
}

/** Colour for the eye only: rows that go to standard output, on a terminal or where --color always asks for it. */
async function colored(sink: ByteSink, { output, color, outputFormat }: JobOptions, world: World): Promise<ByteSink> {
  if (output.kind !== 'stdout' || color === 'never' || outputFormat !== 'ndjson') return sink
  if (!wantsColor(color, world.isTerminal.stdout)) return sink
  const { ColoredSink } = await import('./colored-sink.ts')
  return new ColoredSink(sink)
}

/** Opens where results, late rows and dead letters go. `route`: where each result goes, if they go to many files. Throws E_OUTPUT. */
export async function openOutputs({ options, world, state, root }: Opening): Promise<{
  readonly outputs: Outputs
  readonly route: Route | null
}> {
  const kept = {
    append: options.append,
    segments: state?.segmentsFolder ?? null,
    incarnation: (state?.store ?? world.checkpoints?.store)?.incarnation ?? null,
  }
  const open = async (role: string, to: Destination): Promise<Output> => {
    const sink = await world.openOutput(to, kept)
    await sink.open()
    return new Output(role, sink)
  }
  if (options.output.kind === 'parts') checkPathFields(options.output.template, root)
  const sink = await world.openOutput(options.output, kept)
  const shown = await colored(sink, options, world)
  await shown.open()
  const outputs = {
    rows: new Output('rows', shown),
    late: options.late.kind === 'route' ? await open('late', options.late.to) : null,
    bad: options.onError.kind === 'route' ? await open('bad', options.onError.to) : null,
  }
  return {
    outputs,
    route: options.output.kind === 'parts' ? routeTo(sink as PartsSink, options.output, options.zone) : null,
  }
}

/** A destination of that kind is opened as a PartsSink. */
function routeTo(sink: PartsSink, { template, roll }: Extract<Destination, { kind: 'parts' }>, zone: Zone): Route {
  return new Route({ sink, template, roll: roll?.kind === 'time' ? roll.span : null, zone })
}

/** `--summary` */
export async function writeSummary(to: Destination, text: string, world: World): Promise<void> {
  const sink = await world.openOutput(to, { append: false, segments: null, incarnation: null })
  await sink.open()
  sink.write(Buffer.from(text))
  await sink.close()
}
