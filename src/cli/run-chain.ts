import type { WarningCode } from '../base/error-codes.ts'
import { EXIT_STATUS } from '../base/error-codes.ts'
import { renderWarning, TidemarkError } from '../base/errors.ts'
import type { ChainLine, Destination, JobOptions } from '../frontend/flags/command-line.ts'
import { lostQuotesHint } from '../frontend/flags/lost-quotes.ts'
import { planChain } from '../frontend/flags/to-plan.ts'
import { type CreatedJob, createJob } from '../job/create-job.ts'
import { Output } from '../job/output.ts'
import { runJob } from '../job/run.ts'
import type { NodeOf, PlanNode } from '../plan/nodes.ts'
import { topologicalOrder } from '../plan/nodes.ts'
import type { ByteSink } from '../sinks/sink.ts'
import type { Source } from '../sources/source.ts'
import { summaryJson, tellLosses } from './summary.ts'
import { timeFieldHint } from './time-hint.ts'
import type { World } from './world.ts'

/** Plans and runs a chain of verbs. Returns the exit status; throws TidemarkError for what ends it earlier. */
export async function runChain(line: ChainLine, world: World): Promise<number> {
  const { root, builder } = planWithHints(line)
  const { job: options } = line
  const sourceOf = sourcesOf(line, world)
  const scans = topologicalOrder(root).filter((node): node is NodeOf<'scan'> => node.kind === 'scan')
  for (const scan of scans) await sourceOf(scan).open()
  const outputs = await openOutputs(options, world)
  const warnings = new Warnings(options, world)
  const job = createJob({
    root,
    namedIn: builder.namedIn,
    sourceOf,
    onError: errorPolicyOf(options),
    late: latePolicyOf(options),
    outputs,
    timeOutput: options.timeOutput,
    zone: options.zone,
    lineLimit: options.lineLimit,
    scanner: options.scanner,
    clock: world.clock,
    batchRows: world.batchRows,
    warn: (warning) => warnings.say(warning.code, warning.message, warning.hint),
    checkpoints: world.checkpoints && {
      ...world.checkpoints,
      tooSlow: (ms) => warnings.say('W_CHECKPOINT_SLOW', slowText(ms), SLOW_HINT),
    },
  })
  try {
    const restored = job.checkpointer ? await job.checkpointer.restore() : null
    if (restored?.isFinished) return await leaveFinished(job, options)
    tellBeforehand({ root, isLive: scans.some((scan) => !sourceOf(scan).isBounded), options, world, warnings })
    const { isInterrupted } = await runJob(job, world.signal)
    if (!isInterrupted) job.endWatches()
    return await finish({ job, line, world, warnings }, isInterrupted)
  } catch (error) {
    // what was finished before the row that ended the run goes out all the same
    await Promise.allSettled(job.outputs.map((output) => output.flush()))
    throw error
  } finally {
    world.report(job.counters())
    await Promise.allSettled(scans.map((scan) => sourceOf(scan).close()))
  }
}

interface Beforehand {
  readonly root: PlanNode
  readonly isLive: boolean
  readonly options: JobOptions
  readonly world: World
  readonly warnings: Warnings
}

const slowText = (ms: number) =>
  `a checkpoint was due, but the one before it, begun ${Math.round(ms)} ms ago, was still being written`
const SLOW_HINT =
  'a longer --checkpoint-interval, or a faster disk; until then checkpoints follow each other without a pause'

/** What a run will bring sooner or later: memory that grows, windows of a live input that nothing closes. */
function tellBeforehand({ root, isLive, options, world, warnings }: Beforehand): void {
  const nodes = topologicalOrder(root)
  for (const node of nodes) {
    if (node.kind !== 'deduplicate' || node.within !== null) continue
    const message = `${node.id} keeps every key for ever; memory grows with their number`
    warnings.say('W_UNBOUNDED', message, '--within 1h forgets a key after an hour of event time')
  }
  const hasWindows = nodes.some(({ kind }) => kind === 'window-aggregate')
  if (isLive && hasWindows && options.idleTimeout === null && world.isTerminal.stderr) {
    const hint = '--idle-timeout 10s lets the wall clock close them when nothing comes'
    warnings.say('W_LIVE_PIPE', 'the last windows of a live pipe stay open until later rows come, or its end', hint)
  }
}

/** A job that ended with its input and was started again: fine as long as no row has come since (DESIGN 4.2). */
async function leaveFinished(job: CreatedJob, options: JobOptions): Promise<number> {
  const round = await job.rounds.next()
  if (round?.some((batch) => batch !== null && batch.length > 0)) {
    throw new TidemarkError('E_STATE_FINISHED', 'the job in this state has ended, and there are new rows', {
      hint: 'to go on with more rows later, end each run with --at-eof suspend; to begin anew: tidemark state reset',
    })
  }
  for (const output of job.outputs) await output.close()
  refuseEmpty(job, options)
  return EXIT_STATUS.done[0]
}

function refuseEmpty(job: CreatedJob, { failOnEmpty }: JobOptions): void {
  if (failOnEmpty && job.counters().rowsOut === 0) {
    throw new TidemarkError('E_EMPTY', 'no rows came out (--fail-on-empty)')
  }
}

interface Finished {
  readonly job: CreatedJob
  readonly line: ChainLine
  readonly world: World
  readonly warnings: Warnings
}

async function finish({ job, line, world, warnings }: Finished, isInterrupted: boolean): Promise<number> {
  const { job: options } = line
  for (const output of job.outputs) await output.flush()
  const counters = job.counters()
  if (options.summary) await writeSummary(options.summary, summaryJson(counters, job.lateRows.count), world)
  if (!options.quiet)
    tellLosses({
      job,
      options,
      isInterrupted,
      say: (code, message, hint) => warnings.say(code, message, hint),
      verbose: (text) => world.stderr(text),
    })
  // after all that is to be said: once the epoch is decided, a job that ended is not run again
  if (job.checkpointer) await job.checkpointer.take(!isInterrupted)
  for (const output of job.outputs) await output.close()
  if (!isInterrupted) refuseEmpty(job, options)
  return EXIT_STATUS.done[0]
}

/** A verb that needs event time: the message names the time-like fields of the first row, where there is a file to look into. */
function planWithHints(line: ChainLine) {
  try {
    return planChain(line)
  } catch (error) {
    if (!(error instanceof TidemarkError) || error.code !== 'E_TIME_MISSING' || line.job.time || line.job.arrivalTime)
      throw error
    const hint = timeFieldHint(line.job.inputs)
    throw hint === undefined ? error : new TidemarkError(error.code, error.message, { ...error.details, hint })
  }
}

/** One source for each scan, made when first asked for; none is opened here. */
function sourcesOf({ job, steps }: ChainLine, world: World): (scan: NodeOf<'scan'>) => Source {
  const last = steps.at(-1)
  const argument =
    last?.verb === 'filter' ? last.condition.text : last?.verb === 'select' ? last.columns.text : undefined
  const torn = last && { verb: last.verb, argument, files: job.inputs }
  const sources = new Map<NodeOf<'scan'>, Source>()
  return (scan) => {
    const known = sources.get(scan)
    if (known) return known
    const source = world.openInput(scan.source.files, (name) => lostQuotesHint(name, torn))
    sources.set(scan, source)
    return source
  }
}

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

async function openOutputs(
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

const latePolicyOf = ({ late }: JobOptions) =>
  late.kind === 'drop'
    ? { kind: 'drop' as const, wasWritten: late.given }
    : late.kind === 'fail'
      ? { kind: 'fail' as const }
      : { kind: 'file' as const }

function errorPolicyOf({ onError, maxErrors }: JobOptions) {
  if (onError.kind === 'fail') return { kind: 'fail' as const }
  const limit =
    maxErrors && (maxErrors.kind === 'rows' ? { count: maxErrors.rows } : { percent: maxErrors.share * 100 })
  return { kind: onError.kind === 'skip' ? ('skip' as const) : ('file' as const), limit, wasWritten: true }
}

async function writeSummary(to: Destination, text: string, world: World): Promise<void> {
  const sink = world.openOutput(to, false)
  await sink.open()
  sink.write(Buffer.from(text))
  await sink.close()
}

/** Warnings go to stderr at once; under --strict-fields a field that no row had ends the run. */
class Warnings {
  readonly #options: JobOptions
  readonly #world: World

  constructor(options: JobOptions, world: World) {
    this.#options = options
    this.#world = world
  }

  say(code: WarningCode, message: string, hint?: string): void {
    const details = hint === undefined ? {} : { hint }
    if (code === 'W_FIELD_NEVER_SEEN' && this.#options.strictFields)
      throw new TidemarkError('E_FIELD_NEVER_SEEN', message, details)
    if (!this.#options.quiet) this.#world.stderr(`${renderWarning(code, message, details)}\n`)
  }
}
