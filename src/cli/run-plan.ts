import type { WarningCode } from '../base/error-codes.ts'
import { EXIT_STATUS } from '../base/error-codes.ts'
import { renderWarning, TidemarkError } from '../base/errors.ts'
import type { JobOptions } from '../frontend/flags/command-line.ts'
import type { PlannedJob } from '../frontend/planned-job.ts'
import { inWordsOfFile } from '../frontend/yaml/words-of-file.ts'
import { judgeState, refuseMisfit } from '../job/compatibility.ts'
import { type CreatedJob, createJob } from '../job/create-job.ts'
import { loadOperators } from '../job/operators/index.ts'
import { runJob } from '../job/run.ts'
import { kindOf } from '../plan/kinds/index.ts'
import type { NodeOf, PlanNode } from '../plan/nodes.ts'
import { scansOf, topologicalOrder } from '../plan/nodes.ts'
import { unboundedText } from '../plan/wording.ts'
import type { AnySource } from '../sources/source.ts'
import type { RootRecord } from '../state/store.ts'
import { withinDeadline } from './drain.ts'
import { guaranteesOf, refuseLess } from './guarantees.ts'
import { kafkaInput } from './kafka-input.ts'
import { openInputs, type Wording } from './open-inputs.ts'
import { errorPolicyOf, openOutputs, writeSummary } from './outputs.ts'
import { partialsText } from './partials-text.ts'
import { summaryJson, tellLosses } from './summary.ts'
import { refuseLive, watchOf } from './watch.ts'
import type { OpenState, World } from './world.ts'

/** Runs what a front end has planned. Returns the exit status; throws TidemarkError for what ends it earlier. */
export async function runPlan(planned: PlannedJob, world: World, wording: Wording = {}): Promise<number> {
  const { root, builder, secrets, job: options } = planned
  const scans = scansOf(root)
  refuseLess(options.require === null ? [] : guaranteesOf(planned), options)
  refuseLive(planned, world)
  const warnings = new Warnings(planned, world)
  const createOperator = await loadOperators(root)
  const sourceOf = sourcesOf(planned, world, { warnings, wording })
  const tables = await openInputs(root, sourceOf, world, wording)
  const state = options.state === null || world.checkpoints ? null : await world.openState(options.state)
  const watch = await watchOf({ options, world, sources: scans.map(sourceOf) })
  let job: CreatedJob | null = null
  try {
    job = createJob({
      root,
      ...{ createOperator, tables, secrets },
      namedIn: builder.namedIn,
      sourceOf,
      onError: errorPolicyOf(options),
      late: latePolicyOf(options),
      ...(await openOutputs({ planned, world, state })),
      timeOutput: options.timeOutput,
      zone: options.zone,
      lineLimit: options.lineLimit,
      scanner: options.scanner,
      clock: world.clock,
      batchRows: world.batchRows,
      atEnd: options.atEof,
      until: options.until,
      warn: (warning) => warnings.say(warning.code, warning.message, warning.hint),
      checkpoints: checkpointsOf(state, { options, world, warnings }),
      pulse: watch,
      tellPartials: (report) => world.stderr(partialsText(report)),
    })
    watch?.begin(job)
    tellWhenAsked(job, root, world)
    const isLive = scans.some((scan) => !sourceOf(scan).isBounded)
    const running = run({ job, planned, world, warnings, state }, () =>
      tellBeforehand({ root, isLive, options, world, warnings }),
    )
    const deadline = { signal: world.signal, timeout: options.drainTimeout, clock: world.clock }
    return await withinDeadline(running, deadline)
  } finally {
    watch?.end()
    world.onAsked(null)
    await Promise.allSettled(scans.map((scan) => sourceOf(scan).close()))
    job?.close() // after the sources: a read that was under way may have filled its memory
    await state?.close()
  }
}

/** From the last checkpoint, if there is one, to the end. `begin`: called when it is clear that there is something to do. */
async function run(running: Running, begin: () => void): Promise<number> {
  const { job, planned, world } = running
  const { job: options } = planned
  try {
    if (running.state) await beginWithSavepoint(running.state, job, options)
    const restored = await restore(job, options)
    await world.serviceManager?.ready()
    if (restored?.isFinished) return await leaveFinished(job, planned)
    begin()
    const { isInterrupted } = await runJob(job, world.signal)
    await world.serviceManager?.stopping()
    if (!isInterrupted) job.endWatches()
    return await finish(running, isInterrupted)
  } catch (error) {
    // what was finished before the row that ended the run goes out all the same
    await Promise.allSettled(job.outputs.map((output) => output.close()))
    throw error
  } finally {
    world.report(job.counters())
  }
}

const restore = async ({ checkpointer, signatures }: CreatedJob, options: JobOptions) =>
  checkpointer ? checkpointer.restore(judgeOf(signatures, options)) : null

const judgeOf =
  (signatures: CreatedJob['signatures'], { state, allowDropState }: JobOptions) =>
  ({ operators }: RootRecord): void =>
    refuseMisfit(judgeState(operators, signatures), state ?? 'DIR', allowDropState)

/** `--restore` */
async function beginWithSavepoint({ store }: OpenState, job: CreatedJob, options: JobOptions): Promise<void> {
  if (options.restore === null) return
  const { restoreFile } = await import('./restore-savepoint.ts')
  const judge = judgeOf(job.signatures, options)
  await restoreFile(options.restore, { store, folder: options.state!, judge })
}

function checkpointsOf(
  state: OpenState | null,
  { options, world, warnings }: { options: JobOptions; world: World; warnings: Warnings },
) {
  const checkpoints = state ? { store: state.store, interval: options.checkpointInterval } : world.checkpoints
  if (checkpoints === null) return null
  return { ...checkpoints, tooSlow: (ms: number) => warnings.say('W_CHECKPOINT_SLOW', slowText(ms), SLOW_HINT) }
}

const slowText = (ms: number) =>
  `a checkpoint was due, but the one before it, begun ${Math.round(ms)} ms ago, was still being written`
const SLOW_HINT =
  'a longer --checkpoint-interval, or a faster disk; until then checkpoints follow each other without a pause'

interface Beforehand {
  readonly root: PlanNode
  readonly isLive: boolean
  readonly options: JobOptions
  readonly world: World
  readonly warnings: Warnings
}

/** What a run will bring sooner or later: memory that grows, windows of a live input that nothing closes. */
function tellBeforehand({ root, isLive, options, world, warnings }: Beforehand): void {
  const nodes = topologicalOrder(root)
  for (const node of nodes) {
    const { state } = kindOf(node)
    for (const { text, hint } of state?.growth?.(node).filter(({ isEndless }) => isEndless) ?? [])
      warnings.say('W_UNBOUNDED', `${node.id}: ${text}`, hint)
    if (state?.bound !== undefined && state.isUnbounded?.(node)) {
      warnings.say('W_UNBOUNDED', unboundedText(node), state.bound)
    }
  }
  const hasWindows = nodes.some((node) => kindOf(node).borderFraction !== undefined)
  if (isLive && hasWindows && options.idleTimeout === null && world.isTerminal.stderr) {
    const hint = '--idle-timeout 10s lets the wall clock close them when nothing comes'
    warnings.say('W_LIVE_PIPE', 'the last windows of a live pipe stay open until later rows come, or its end', hint)
  }
}

/** A job that ended with its input and was started again: fine as long as no row has come since (DESIGN 4.2). */
async function leaveFinished(job: CreatedJob, { job: options, root }: PlannedJob): Promise<number> {
  const before = job.progress().rowsRead
  const asked = job.rounds.next()
  // a followed file without new rows has none for ever
  const round = scansOf(root).some(({ source }) => source.isFollowed)
    ? await Promise.race([asked, nothingAtHand()])
    : await asked
  if (round !== null && job.progress().rowsRead > before) {
    throw new TidemarkError('E_STATE_FINISHED', 'the job in this state has ended, and there are new rows', {
      hint: 'to go on with more rows later, end each run with --at-eof suspend; to begin anew: tidemark state reset',
    })
  }
  for (const output of job.outputs) await output.close()
  refuseEmpty(job, options)
  return EXIT_STATUS.done[0]
}

/** Once every source has been asked. */
const nothingAtHand = (): Promise<null> => new Promise((resolve) => setImmediate(resolve, null))

function refuseEmpty(job: CreatedJob, { failOnEmpty }: JobOptions): void {
  if (failOnEmpty && job.counters().rowsOut === 0) {
    throw new TidemarkError('E_EMPTY', 'no rows came out (--fail-on-empty)')
  }
}

interface Running {
  readonly job: CreatedJob
  readonly planned: PlannedJob
  readonly world: World
  readonly warnings: Warnings
  readonly state: OpenState | null
}

async function finish({ job, planned, world, warnings }: Running, isInterrupted: boolean): Promise<number> {
  const { job: options } = planned
  const hasEnded = !isInterrupted && options.atEof === 'flush'
  for (const output of job.outputs) {
    if (hasEnded) output.end()
    await output.flush()
  }
  if (isInterrupted || options.atEof === 'suspend') tellPartials(job, world)
  const counters = job.counters()
  if (options.summary)
    await writeSummary(options.summary, summaryJson(counters, job.lateRows.count + job.lateRows.streamed), world)
  if (!options.quiet)
    tellLosses({
      job,
      planned,
      isInterrupted,
      say: (code, message, hint) => warnings.say(code, message, hint),
      verbose: (text) => world.stderr(text),
    })
  // after all that is to be said: once the epoch is decided, a job that ended is not run again
  if (!isInterrupted) job.endRun()
  if (job.checkpointer) await job.checkpointer.take(hasEnded)
  for (const output of job.outputs) await output.close()
  if (!isInterrupted) refuseEmpty(job, options)
  return EXIT_STATUS.done[0]
}

function tellPartials(job: CreatedJob, world: World): void {
  for (const report of job.partials()) world.stderr(partialsText(report))
}

/** `--explain-partials` */
function tellWhenAsked(job: CreatedJob, root: PlanNode, world: World): void {
  const isAsked = topologicalOrder(root).some((node) => node.kind === 'match' && node.explained !== null)
  if (isAsked) world.onAsked(() => tellPartials(job, world))
}

/** One source for each scan, made when first asked for; none is opened here. */
function sourcesOf(
  { job }: PlannedJob,
  world: World,
  { warnings, wording }: { readonly warnings: Warnings; readonly wording: Wording },
): (scan: NodeOf<'scan'>) => AnySource {
  const sources = new Map<NodeOf<'scan'>, AnySource>()
  return (scan) => {
    const known = sources.get(scan)
    if (known) return known
    const warn = warnings.say.bind(warnings)
    const { kafka } = scan.source
    const source = kafka
      ? kafkaInput(kafka, world, warn)
      : world.openInput(scan.source.files, {
          ...wording,
          isMarked: job.state !== null || world.checkpoints !== null,
          isFollowed: scan.source.isFollowed ?? false,
          isReplayed: job.replay,
          warn,
        })
    sources.set(scan, source)
    return source
  }
}

const latePolicyOf = ({ late }: JobOptions) =>
  late.kind === 'drop'
    ? { kind: 'drop' as const, wasWritten: late.given }
    : late.kind === 'fail'
      ? { kind: 'fail' as const }
      : { kind: 'file' as const }

/** Warnings go to stderr at once; under --strict-fields a field that no row had ends the run. */
class Warnings {
  readonly #options: JobOptions
  readonly #world: World
  /** A text in the words of those who planned the job. */
  readonly #worded: (text: string) => string

  constructor({ job, origin }: PlannedJob, world: World) {
    this.#options = job
    this.#world = world
    this.#worded = origin === 'file' ? inWordsOfFile : (text) => text
  }

  say(code: WarningCode, said: string, hint?: string): void {
    const message = this.#worded(said)
    const details = hint === undefined ? {} : { hint: this.#worded(hint) }
    if (code === 'W_FIELD_NEVER_SEEN' && this.#options.strictFields)
      throw new TidemarkError('E_FIELD_NEVER_SEEN', message, details)
    if (!this.#options.quiet) this.#world.stderr(`${renderWarning(code, message, details)}\n`)
  }
}
