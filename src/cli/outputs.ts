import type { Destination, JobOptions } from '../frontend/flags/command-line.ts'
import { Output } from '../job/output.ts'
import type { World } from './world.ts'

/** Colour for the eye only: rows that go to standard output, on a terminal or where --color always asks for it. */
async function openRows(
  options: JobOptions,
  world: World,
  open: (role: string, to: Destination) => Promise<Output>,
): Promise<Output> {
  if (options.output.kind !== 'stdout' || options.color === 'never') return open('rows', options.output)
  if (options.color === 'auto' && !world.isTerminal.stdout) return open('rows', options.output)
  const { ColoredSink, wantsColor } = await import('./color.ts')
  if (!wantsColor(options.color, world.isTerminal.stdout)) return open('rows', options.output)
  const sink = new ColoredSink(world.openOutput(options.output, { append: options.append, segments: null }))
  await sink.open()
  return new Output('rows', sink)
}

/** Opens where results, late rows and dead letters go; `segments`: the folder of the state directory for that. Throws E_OUTPUT. */
export async function openOutputs(
  options: JobOptions,
  world: World,
  segments: string | null,
): Promise<{ rows: Output; late: Output | null; bad: Output | null }> {
  const open = async (role: string, to: Destination): Promise<Output> => {
    const sink = world.openOutput(to, { append: options.append, segments })
    await sink.open()
    return new Output(role, sink)
  }
  const rows = await openRows(options, world, open)
  const late = options.late.kind === 'route' ? await open('late', options.late.to) : null
  const bad = options.onError.kind === 'route' ? await open('bad', options.onError.to) : null
  return { rows, late, bad }
}

/** `--summary` */
export async function writeSummary(to: Destination, text: string, world: World): Promise<void> {
  const sink = world.openOutput(to, { append: false, segments: null })
  await sink.open()
  sink.write(Buffer.from(text))
  await sink.close()
}
