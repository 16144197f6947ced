import type { Destination, JobOptions } from '../frontend/flags/command-line.ts'
import { Output } from '../job/output.ts'
import type { ByteSink } from '../sinks/sink.ts'
import type { World } from './world.ts'

/** Colour for the eye only: rows that go to standard output, on a terminal or where --color always asks for it. */
async function openRows(
  options: JobOptions,
  world: World,
  open: (to: Destination) => Promise<Output>,
): Promise<Output> {
  if (options.output.kind !== 'stdout' || options.color === 'never') return open(options.output)
  if (options.color === 'auto' && !world.isTerminal.stdout) return open(options.output)
  const { ColoredSink, wantsColor } = await import('./color.ts')
  if (!wantsColor(options.color, world.isTerminal.stdout)) return open(options.output)
  const sink = new ColoredSink(world.openOutput(options.output, options.append))
  await sink.open()
  return new Output(sink.name, sink)
}

/** Opens where results, late rows and dead letters go. Throws E_OUTPUT. */
export async function openOutputs(
  options: JobOptions,
  world: World,
): Promise<{ rows: Output; late: Output | null; bad: Output | null }> {
  const open = async (to: Destination): Promise<Output> => {
    const sink: ByteSink = world.openOutput(to, options.append)
    await sink.open()
    return new Output(sink.name, sink)
  }
  const rows = await openRows(options, world, open)
  const late = options.late.kind === 'route' ? await open(options.late.to) : null
  const bad = options.onError.kind === 'route' ? await open(options.onError.to) : null
  return { rows, late, bad }
}

/** `--summary` */
export async function writeSummary(to: Destination, text: string, world: World): Promise<void> {
  const sink = world.openOutput(to, false)
  await sink.open()
  sink.write(Buffer.from(text))
  await sink.close()
}
