import type { PartialsReport } from '../operators/partials-report.ts'
import { type Layout, layOut } from '../plan/layout.ts'
import type { PlanNode } from '../plan/nodes.ts'
import { signaturesOf } from '../plan/signature.ts'
import type { Clock } from '../time/clock.ts'
import { ArrivalRounds, type Drift } from './arrival-rounds.ts'
import { type Assembled, assemble } from './assemble.ts'
import { BadRows } from './bad-rows.ts'
import { Checkpointer } from './checkpoint.ts'
import { CheckpointSchedule } from './checkpoint-schedule.ts'
import { createIntake, watchedFields } from './create-intake.ts'
import { connectSinks, sinkExpressions } from './create-output.ts'
import { FieldWatch } from './field-watch.ts'
import type { Intake } from './intake.ts'
import { type JobCounters, JobCounts } from './job-counts.ts'
import type { JobOptions } from './job-options.ts'
import { joinedLines } from './joined-lines.ts'
import { LateRows } from './late-rows.ts'
import type { Output } from './output.ts'
import { MergedRounds, type OnReject, type Rounds, SingleRounds } from './rounds.ts'
import { RoundsWithBadRows } from './rounds-with-bad-rows.ts'
import type { Job } from './run.ts'
import { sideOutputs } from './side-outputs.ts'
import { inputsOf, type JobSnapshot, stateOf } from './snapshot.ts'
import { createContext, shapeOf, silentContext } from './step-context.ts'
import { IdleTicks } from './ticks.ts'
import { Ending, rowLimitOf } from './until.ts'

export type { JobCounters } from './job-counts.ts'
export type { JobOptions, JobSink, SourceSettings } from './job-options.ts'

/** How far a run has come. */
export interface Progress {
  readonly rowsRead: number
  /** The least of all sources. */
  readonly watermark: number
  /** When the last epoch was decided, as `monotonicTime`; null: none was in this run. */
  readonly checkpointed: number | null
}

/** A job ready to run, and what it can tell. */
export interface CreatedJob extends Job {
  readonly badRows: BadRows
  readonly lateRows: LateRows
  readonly checkpointer: Checkpointer | null
  /** By step: what its state means (DESIGN 4.15). */
  readonly signatures: ReadonlyMap<string, string>
  counters(): JobCounters
  progress(): Progress
  snapshot(): JobSnapshot
  /** Of steps that were asked for their partial matches: what is open now. */
  partials(): readonly PartialsReport[]
  /** Call when the input has ended: what the field watches have left to say. */
  endWatches(): void
  /** The run has come to its end, before its last checkpoint: the next one counts its rows anew (`--until rows:N`). */
  endRun(): void
  /** The job is over and its outputs are closed: gives memory back. */
  close(): void
}

function layoutOf(options: JobOptions, keepsLateRows: boolean): Layout {
  const layout = layOut(options.root, keepsLateRows, sinkExpressions(options))
  return { ...layout, lines: joinedLines(options, layout) }
}

/** Wires a plan to its sources and outputs. Opens nothing. */
export function createJob(options: JobOptions): CreatedJob {
  const { root, createOperator } = options
  const lateRows = new LateRows(options.late)
  const layout = layoutOf(options, lateRows.areKept)
  const counts = new JobCounts(lateRows)
  const badRows = new BadRows(options.onError, () => counts.badRows, options.secrets)
  const sides = sideOutputs(options)
  const shared = { layout, options, lateRows, sides, read: () => counts.rowsRead }
  const assembled = assemble({
    root,
    layout,
    createOperator,
    shapeOf: (node) => shapeOf(node, layout, options),
    contextOf: (node, streams) => {
      if ('isBeside' in node && node.isBeside) return silentContext(node.id)
      const bad = ownBadRows(node, options, () => counts.badRows)
      const context = createContext({ ...shared, node, badRows: bad ?? badRows, streams })
      counts.steps[node.id] = context.counters
      return context
    },
  })
  addIntakes({ options, layout, assembled, counts, badRows })
  connectSinks(options, layout, assembled, counts)
  const onReject: OnReject = ({ text }, sequence, source) => {
    const stream = assembled.badStreams[source]
    if (stream) stream.add(text, sequence)
    else sides.badOf(assembled.scans[source]!)?.add({ sequence, step: -1, text })
  }
  const rounds = roundsOf(counts.intakes, assembled, options, onReject)
  return {
    ...runnable({ options, layout, assembled, counts, rounds, outputs: sides.outputs }),
    endRound: () => sides.endRound(),
    endSources: () => {
      for (const [source, intake] of counts.intakes.entries()) {
        for (const reject of intake.takeRejects()) onReject(reject, rounds.sequence, source)
      }
    },
    badRows,
    lateRows,
    counters: () => counts.read(),
    endRun: () => {
      for (const intake of counts.intakes) intake.endRun()
    },
    close: () => {
      for (const intake of counts.intakes) intake.close()
    },
  }
}

interface IntakeParts {
  readonly options: JobOptions
  readonly layout: Layout
  readonly assembled: Assembled
  readonly counts: JobCounts
  readonly badRows: BadRows
}

/** The inputs of all scans, in their order. */
function addIntakes({ options, layout, assembled, counts, badRows }: IntakeParts): void {
  const { scans } = assembled
  const limit = scans.length === 1 ? rowLimitOf(options.until) : null
  for (const [i, scan] of scans.entries()) {
    const watch = new FieldWatch(watchedFields(scan, layout, options), options.warn)
    counts.watches.push(watch)
    const ofSource = badRowsOf(i, assembled, options, counts) ?? badRows
    counts.intakes.push(createIntake(scan, layout, options, { badRows: ofSource, watch, limit }))
  }
}

/** What does not fit the schema of a source is what the source cannot read; null: as the job says. */
function ownBadRows(node: PlanNode, { settingsOf }: JobOptions, counted: () => number): BadRows | null {
  const source = node.kind === 'project' ? node.schemaOf : undefined
  const own = source && settingsOf?.(source).bad
  return own ? new BadRows(own.policy, counted) : null
}

/** What becomes of the lines that a source cannot read; null: as the job says. */
function badRowsOf(
  source: number,
  { scans, badStreams }: Assembled,
  { settingsOf }: JobOptions,
  counts: JobCounts,
): BadRows | null {
  const counted = () => counts.intakes[source]!.counters.bad + counts.intakes[source]!.counters.refused
  const own = settingsOf?.(scans[source]!).bad
  if (badStreams[source]) {
    const limit = own && own.policy.kind !== 'fail' ? own.policy.limit : null
    return new BadRows({ kind: 'file', limit, wasWritten: true }, counted)
  }
  return own ? new BadRows(own.policy, counted) : null
}

interface Wired {
  readonly options: JobOptions
  readonly layout: Layout
  readonly assembled: Assembled
  readonly counts: JobCounts
  readonly rounds: Rounds
  readonly outputs: readonly Output[]
}

/** What the run loop needs: graph, rounds, outputs, checkpoints, ticks of the clock. */
function runnable({ options, layout, assembled, counts, rounds, outputs }: Wired) {
  const { intakes } = counts
  const { graph } = assembled
  const { checkpoints, clock } = options
  const signatures = signaturesOf(options.root, options.secrets)
  const checkpointer =
    checkpoints && new Checkpointer(checkpoints.store, { graph, rounds, intakes, outputs, facts: counts, signatures })
  const tables = options.tables?.create(options, options.tables.open, layout, assembled) ?? null
  const watermark = () => Math.min(...intakes.map((intake) => intake.watermark))
  return {
    graph,
    rounds,
    outputs,
    pulse: options.pulse ?? null,
    progress: () => ({
      rowsRead: counts.rowsRead,
      watermark: watermark(),
      checkpointed: checkpointer?.decidedAt ?? null,
    }),
    snapshot: () => ({
      inputs: inputsOf(intakes),
      rowsOut: counts.read().rowsOut,
      lateRows: counts.lateRows,
      badRows: counts.badRows,
      ...stateOf(graph.operators),
      checkpointed: checkpointer?.decidedAt ?? null,
    }),
    partials: () => graph.operators.flatMap(({ operator }) => operator.partials?.() ?? []),
    checkpointer,
    signatures,
    tables,
    endWatches: () => {
      tables?.end()
      for (const watch of counts.watches) watch.end()
    },
    checkpoints:
      checkpointer && new CheckpointSchedule(checkpointer, { ...checkpoints!, clock, rowsRead: () => counts.rowsRead }),
    ticks: ticksOf(assembled, intakes, rounds, clock),
    ending: options.until && new Ending(options.until, clock, watermark),
  }
}

function roundsOf(intakes: readonly Intake[], assembled: Assembled, options: JobOptions, onReject: OnReject): Rounds {
  const rounds = roundsOfSources(intakes, assembled, options, onReject)
  return assembled.badStreams.some((stream) => stream !== null)
    ? new RoundsWithBadRows(rounds, assembled.badStreams)
    : rounds
}

function roundsOfSources(
  intakes: readonly Intake[],
  assembled: Assembled,
  { sourceOf, until }: JobOptions,
  onReject: OnReject,
): Rounds {
  if (intakes.length === 1) return new SingleRounds(intakes[0]!, onReject)
  return assembled.scans.every((scan) => sourceOf(scan).isBounded)
    ? new MergedRounds(intakes, onReject, rowLimitOf(until))
    : new ArrivalRounds(intakes, onReject, rowLimitOf(until), driftOf(assembled))
}

function driftOf({ scans, graph }: Assembled): Drift | null {
  const most = scans.map(({ source }) => source.maxDrift ?? Infinity)
  if (most.every((ms) => ms === Infinity)) return null
  return { most, isWaitedFor: (i) => scans[i]!.source.time !== null && !graph.sources[i]!.clock.isIdle }
}

function ticksOf(
  { scans, graph }: Assembled,
  intakes: readonly Intake[],
  rounds: Rounds,
  clock: Clock,
): IdleTicks | null {
  const timeouts = scans.map(({ source }) => source.idleTimeout ?? Infinity)
  if (timeouts.every((timeout) => timeout === Infinity)) return null
  return new IdleTicks({
    intakes,
    sources: graph.sources.slice(0, intakes.length),
    rounds,
    timeouts,
    clock,
    empty: (i) => intakes[i]!.emptyBatch(),
  })
}
