import { statSync } from 'node:fs'
import type { BadRowPolicy, Destination, ErrorLimit, JobOptions } from '../frontend/flags/command-line.ts'
import { destinationName } from '../frontend/flags/outputs.ts'
import type { PlannedJob, SinkOptions } from '../frontend/planned-job.ts'
import type { ErrorPolicy } from '../job/bad-rows.ts'
import type { JobOptions as RunOptions, SourceSettings } from '../job/create-job.ts'
import { Output } from '../job/output.ts'
import { checkPathFields } from '../job/part-path.ts'
import { Route } from '../job/routed-output.ts'
import type { ScanNode } from '../plan/kinds/scan.ts'
import { type PlanNode, topologicalOrder } from '../plan/nodes.ts'
import type { PartsSink } from '../sinks/parts.ts'
import type { ByteSink } from '../sinks/sink.ts'
import type { Zone } from '../time/zone.ts'
import { wantsColor } from './color.ts'
import { outputStyle } from './output-style.ts'
import type { OpenState, OutputOptions, World } from './world.ts'

interface Opening {
  readonly planned: PlannedJob
  readonly world: World
  /** null: nothing outlives the run. */
  readonly state: OpenState | null
}

/** Opens where rows, late rows and dead letters go, each place once. Throws E_OUTPUT. */
export async function openOutputs(opening: Opening): Promise<Pick<RunOptions, 'outputs' | 'settingsOf'>> {
  const { planned } = opening
  const opener = new Opener(opening)
  const sinks: RunOptions['outputs']['sinks'][number][] = []
  for (const sink of planned.sinks) sinks.push(await opener.sink(sink))
  const { late, onError, summary } = planned.job
  if (summary) await checkSummary(summary, opening.world)
  const lateOutput = late.kind === 'route' ? await opener.side('late', late.to) : null
  const badOutput = onError.kind === 'route' ? await opener.side('bad', onError.to) : null
  const timeouts = new Map<PlanNode, Output>()
  for (const node of topologicalOrder(planned.root)) {
    if (node.kind === 'match' && node.timeouts !== null)
      timeouts.set(node, await opener.side(`${node.id}.timeouts`, node.timeouts))
  }
  const settings = new Map<ScanNode, SourceSettings>()
  for (const [scan, { inputStyle, bad }] of planned.sources) {
    if (bad === null) {
      settings.set(scan, { inputStyle })
      continue
    }
    const output = bad.onError.kind === 'route' ? await opener.side(`${scan.id}.bad`, bad.onError.to) : null
    settings.set(scan, { inputStyle, bad: { policy: errorPolicyOf(bad), output } })
  }
  return {
    outputs: { sinks, late: lateOutput, bad: badOutput, timeouts },
    settingsOf: (scan) => settings.get(scan) ?? {},
  }
}

class Opener {
  readonly #job: JobOptions
  readonly #world: World
  readonly #kept: Omit<OutputOptions, 'append'>
  readonly #sides = new Map<string, Output>()

  constructor({ planned, world, state }: Opening) {
    this.#job = planned.job
    this.#world = world
    this.#kept = {
      allowRewind: planned.job.allowRewind,
      segments: state?.segmentsFolder ?? null,
      incarnation: (state?.store ?? world.checkpoints?.store)?.incarnation ?? null,
    }
  }

  async sink(options: SinkOptions): Promise<RunOptions['outputs']['sinks'][number]> {
    const { name, from, output: to, timeOutput, append } = options
    const style = outputStyle(options, this.#job.color, this.#world)
    if (to.kind === 'parts') for (const node of from) checkPathFields(to.template, node)
    const sink = await this.#world.openOutput(to, { ...this.#kept, append, sink: name })
    const shown = await this.#colored(sink, options)
    await shown.open()
    const route = to.kind === 'parts' ? routeTo(sink as PartsSink, to, this.#job.zone) : null
    const records = options.records ? { parts: options.records, isUpsert: options.changelog === 'upsert' } : null
    return { name, from, output: new Output(name, shown), route, records, style, timeOutput }
  }

  /** Several sources may share a place. */
  async side(role: string, to: Destination): Promise<Output> {
    const known = this.#sides.get(destinationName(to))
    if (known) return known
    const sink = await this.#world.openOutput(to, { ...this.#kept, append: this.#job.append })
    await sink.open()
    const output = new Output(role, sink)
    this.#sides.set(destinationName(to), output)
    return output
  }

  /** Colour for the eye only: rows that go to standard output, on a terminal or where --color always asks for it. */
  async #colored(sink: ByteSink, { output, outputFormat }: SinkOptions): Promise<ByteSink> {
    const { color } = this.#job
    if (output.kind !== 'stdout' || color === 'never' || outputFormat !== 'ndjson') return sink
    if (!wantsColor(color, this.#world.isTerminal.stdout)) return sink
    const { ColoredSink } = await import('./colored-sink.ts')
    return new ColoredSink(sink)
  }
}

/** A destination of that kind is opened as a PartsSink. */
function routeTo(sink: PartsSink, { template, roll }: Extract<Destination, { kind: 'parts' }>, zone: Zone): Route {
  return new Route({ sink, template, roll: roll?.kind === 'time' ? roll.span : null, zone })
}

/** What `--on-error` and `--max-errors` say, for the job. */
export function errorPolicyOf({
  onError,
  maxErrors,
}: {
  readonly onError: BadRowPolicy
  readonly maxErrors: ErrorLimit | null
}): ErrorPolicy {
  if (onError.kind === 'fail') return { kind: 'fail' }
  const limit =
    maxErrors && (maxErrors.kind === 'rows' ? { count: maxErrors.rows } : { percent: maxErrors.share * 100 })
  return { kind: onError.kind === 'skip' ? 'skip' : 'file', limit, wasWritten: true }
}

/** Looks whether the summary can be written at the end of the run. What is there stays until then. Throws E_OUTPUT. */
async function checkSummary(to: Destination, world: World): Promise<void> {
  // a named pipe has a reader once it is opened, which would take the end of this one for that of the summary
  if (to.kind === 'file' && statSync(to.path, { throwIfNoEntry: false })?.isFIFO() === true) return
  const sink = await world.openOutput(to, { append: true, segments: null, incarnation: null })
  await sink.open()
  await sink.close()
}

/** `--summary` */
export async function writeSummary(to: Destination, text: string, world: World): Promise<void> {
  const sink = await world.openOutput(to, { append: false, segments: null, incarnation: null })
  await sink.open()
  sink.write(Buffer.from(text))
  await sink.close()
}
