import type { Signature } from '../../plan/node-kind.ts'
import type { LevelStore } from '../../state/level-store.ts'
import { readMeta } from '../../state/state-files.ts'
import type { OperatorRecord, RootRecord } from '../../state/store.ts'
import { print } from '../print.ts'
import type { World } from '../world.ts'
import { counted, positionText, timeText } from './state-words.ts'

interface ShownStructure {
  readonly name: string
  readonly entries: number | null
  readonly pages: number
  readonly bytes: number
}

interface ShownStep {
  readonly signature: Signature
  readonly structures: readonly ShownStructure[]
}

/** `tidemark state show DIR`: what the last epoch stands for. Reads and checks every page. */
export async function showState(path: string, world: World, { json }: { readonly json: boolean }): Promise<number> {
  const state = await world.inspectState(path, 'read')
  try {
    const { incarnation, created, release } = readMeta(path, path)
    const root = (await state.store.root()) ?? null
    const steps = root ? await stepsOf(root, state.store) : {}
    const about = { dir: path, incarnation, created, release }
    if (!json) return await print([titleOf(about, root), ...(root ? linesOf(root, steps) : [])].join('\n'), world)
    const { epoch = 0, isFinished = false, sources = {}, committables = {}, job = null, sequence = 0 } = root ?? {}
    const shown = {
      ...about,
      epoch,
      finished: isFinished,
      sequence,
      sources,
      steps,
      sinks: committables,
      counters: job,
    }
    return await print(JSON.stringify(shown, null, 2), world)
  } finally {
    await state.close()
  }
}

async function stepsOf(root: RootRecord, store: LevelStore): Promise<Readonly<Record<string, ShownStep>>> {
  const steps: Record<string, ShownStep> = {}
  for (const [id, record] of Object.entries(root.operators)) {
    const structures: ShownStructure[] = []
    for (const name of record.structures) structures.push(await sizeOf(store, id, record, name))
    if (structures.length > 0) steps[id] = { signature: signatureOf(record), structures }
  }
  return steps
}

async function sizeOf(store: LevelStore, id: string, record: OperatorRecord, name: string): Promise<ShownStructure> {
  const pages = await store.pages(id, name)
  const bytes = pages.reduce((sum, [, page]) => sum + page.length, 0)
  return { name, entries: record.entries?.[name] ?? null, pages: pages.length, bytes }
}

const signatureOf = ({ signature }: OperatorRecord): Signature =>
  signature === '' ? {} : (JSON.parse(signature) as Signature)

interface About {
  readonly dir: string
  readonly incarnation: string
  readonly created: string
  readonly release: string
}

function titleOf({ dir, incarnation, created, release }: About, root: RootRecord | null): string {
  const epoch = root === null ? 'no epoch yet' : `epoch ${root.epoch}${root.isFinished ? ', finished' : ''}`
  return `${dir}: ${epoch}\nincarnation ${incarnation}, made ${created} by release ${release}`
}

function linesOf(root: RootRecord, steps: Readonly<Record<string, ShownStep>>): readonly string[] {
  return [
    'sources',
    ...Object.entries(root.sources).map(([name, position]) => `  ${name}: ${positionText(position)}`),
    'steps',
    ...Object.entries(steps).flatMap(([id, step]) => stepLines(id, step, root.operators[id]!)),
    ...(Object.keys(root.committables).length > 0 ? ['sinks'] : []),
    ...Object.entries(root.committables).map(([name, committable]) => `  ${name}: ${sinkText(committable)}`),
  ]
}

function stepLines(id: string, { signature, structures }: ShownStep, { merged }: OperatorRecord): readonly string[] {
  const parts = Object.entries(signature)
    .filter(([, part]) => part.length > 0)
    .map(([name, part]) => `${name} ${typeof part === 'string' ? part : part.join(', ')}`)
  return [
    `  ${id}: ${parts.join('; ')}`,
    ...(merged === null ? [] : [`    watermark of its inputs: ${timeText(merged)}`]),
    ...structures.map(({ name, entries, pages, bytes }) => {
      const kept = entries === null ? '' : `${counted(entries, 'entry', 'entries')}, `
      return `    ${name}: ${kept}${counted(pages, 'page')}, ${bytes} bytes`
    }),
  ]
}

/** What a file or a system was given is opaque to all but its sink; the length is what they have in common. */
function sinkText(committable: unknown): string {
  const { length, segment } = committable as { length?: number; segment?: { length?: number } | null }
  if (length === undefined) return JSON.stringify(committable)
  return `${length + (segment?.length ?? 0)} bytes`
}
