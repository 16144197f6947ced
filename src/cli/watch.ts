import { TidemarkError } from '../base/errors.ts'
import type { JobOptions } from '../frontend/flags/command-line.ts'
import type { PlannedJob } from '../frontend/planned-job.ts'
import type { CreatedJob } from '../job/create-job.ts'
import type { Pulse } from '../job/run.ts'
import { type AnySource, isRecordSource } from '../sources/source.ts'
import { statusLine } from './status-line.ts'
import type { World } from './world.ts'

/** Looks on while a job runs, and is told over and over that it does. */
export interface Onlooker extends Pulse {
  begin(job: CreatedJob): void
  end(): void
}

export interface Watched {
  readonly options: JobOptions
  readonly world: World
  /** Opened. */
  readonly sources: readonly AnySource[]
}

/** Whoever looks on, as one; null: nobody does. */
export async function watchOf(watched: Watched): Promise<Onlooker | null> {
  const found = [
    serviceManagerOf(watched.world),
    watched.options.live ? await liveViewOf(watched) : await progressOf(watched),
  ]
  const all = found.filter((one) => one !== null)
  if (all.length < 2) return all[0] ?? null
  const each = (tell: (one: Onlooker) => void) => () => all.forEach(tell)
  return {
    interval: Math.min(...all.map(({ interval }) => interval)),
    begin: (job) => each((one) => one.begin(job))(),
    beat: each((one) => one.beat()),
    end: each((one) => one.end()),
  }
}

function serviceManagerOf({ serviceManager, clock }: World): Onlooker | null {
  if (serviceManager === null) return null
  return {
    interval: serviceManager.interval,
    begin: (job) => {
      serviceManager.describe = statusLine(job, clock)
    },
    beat: () => serviceManager.beat(),
    end: () => {},
  }
}

/** Throws E_LIVE where a view that was asked for has no terminal, or would have to share it with the rows. */
export function refuseLive({ job: { live }, sinks }: PlannedJob, { isTerminal, terminal }: World): void {
  if (!live) return
  if (!isTerminal.stdout || terminal === null)
    throw new TidemarkError(
      'E_LIVE',
      `--live needs a terminal, and standard ${isTerminal.stdout ? 'error' : 'output'} is none`,
      {
        hint: 'leave --live out; --summary FILE tells the counts at the end',
      },
    )
  if (sinks.some(({ output }) => output.kind === 'stdout'))
    throw new TidemarkError('E_LIVE', '--live and the rows would both write to the terminal', {
      hint: 'write the rows to a file: -o rows.ndjson',
    })
}

async function liveViewOf({ world }: Watched): Promise<Onlooker> {
  const [{ LiveView }, { openScreen }] = await Promise.all([import('./live/live-view.ts'), import('./live/screen.ts')])
  const memory = () => process.memoryUsage.rss()
  const view = new LiveView({ clock: world.clock, screen: await openScreen(world.terminal!), memory })
  world.setListener((text) => view.say(text))
  return {
    interval: view.interval,
    begin: (job) => view.begin(job),
    beat: () => view.beat(),
    end: () => {
      world.setListener(null)
      view.end()
    },
  }
}

/** For files that are read by somebody who waits: words go to a terminal, rows do not. */
async function progressOf({ options, world, sources }: Watched): Promise<Onlooker | null> {
  const { showStatus } = world
  if (options.quiet || showStatus === null || world.isTerminal.stdout) return null
  const total = sources.reduce((sum, { totalBytes }) => sum + (totalBytes ?? Number.NaN), 0)
  if (Number.isNaN(total) || sources.some(({ isBounded }) => !isBounded)) return null
  const { ProgressLine } = await import('./progress.ts')
  const bytes = () => ({
    read: sources.reduce((sum, source) => sum + (isRecordSource(source) ? 0 : (source.bytesRead ?? 0)), 0),
    total,
  })
  return new ProgressLine({ clock: world.clock, bytes, show: showStatus })
}
