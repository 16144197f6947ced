import type { Field } from '../expressions/bound.ts'
import type { InputStyle } from '../formats/decoding/create-decoder.ts'
import type { ScannerChoice } from '../formats/json/create-scanner.ts'
import type { OutputStyle } from '../formats/output/create-output-writer.ts'
import type { OutputWriter } from '../formats/output/output-writer.ts'
import type { StepCounters } from '../operators/operator.ts'
import { layOut } from '../plan/layout.ts'
import type { NodeOf, PlanNode } from '../plan/nodes.ts'
import { signaturesOf } from '../plan/signature.ts'
import type { Source } from '../sources/source.ts'
import type { Store } from '../state/store.ts'
import type { Clock } from '../time/clock.ts'
import type { Zone } from '../time/zone.ts'
import { ArrivalRounds } from './arrival-rounds.ts'
import { type Assembled, assemble } from './assemble.ts'
import { BadRows, type ErrorPolicy } from './bad-rows.ts'
import { Checkpointer } from './checkpoint.ts'
import { type CheckpointInterval, CheckpointSchedule } from './checkpoint-schedule.ts'
import { createIntake, watchedFields } from './create-intake.ts'
import { resultWriter } from './create-output.ts'
import { type FieldWarning, FieldWatch } from './field-watch.ts'
import type { Intake } from './intake.ts'
import { type LatePolicy, LateRows } from './late-rows.ts'
import { type Output, RowOutput } from './output.ts'
import { MergedRounds, type OnReject, type Rounds, SingleRounds } from './rounds.ts'
import { type Route, RoutedRows } from './routed-output.ts'
import type { SourceCounters } from './row-gate.ts'
import type { Job, Pulse } from './run.ts'
import { createContext, sideOutputs } from './step-context.ts'
import { IdleTicks } from './ticks.ts'
import { Ending, rowLimitOf, type Until } from './until.ts'

export interface JobOptions {
  readonly root: PlanNode
  /** Where fields are named on the command line, for warnings. */
  readonly namedIn: ReadonlyMap<Field, string>
  /** One opened source for each scan of the plan. */
  readonly sourceOf: (scan: NodeOf<'scan'>) => Source
  readonly onError: ErrorPolicy
  readonly late: LatePolicy
  /** `late` and `bad` only where the policies keep rows. */
  readonly outputs: { readonly rows: Output; readonly late: Output | null; readonly bad: Output | null }
  /** Where each row goes, if `rows` is many files; null: it is one. */
  readonly route: Route | null
  /** How the rows of sources are written. Default: NDJSON, no changelog. */
  readonly inputStyle?: InputStyle
  /** How results are written. Default: NDJSON, with `_op` where they are updated. */
  readonly style?: OutputStyle
  readonly timeOutput: 'iso' | 'ms'
  /** Of printed times. */
  readonly zone: Zone
  readonly lineLimit: number
  readonly scanner: ScannerChoice
  readonly clock: Clock
  readonly batchRows: number
  /** At the end of the input: `flush` fires what is open, `suspend` leaves it, and a last line without a newline, to the next run. */
  readonly atEnd: 'flush' | 'suspend'
  /** Where the run ends before its input; null: nowhere. */
  readonly until: Until | null
  readonly warn: (warning: FieldWarning) => void
  readonly pulse?: Pulse | null
  /** `tooSlow`: a checkpoint took longer than the interval; told once. */
  readonly checkpoints: {
    readonly store: Store
    readonly interval: CheckpointInterval
    readonly tooSlow: (tookMs: number) => void
  } | null
}

/** What a run counted. */
export interface JobCounters {
  readonly sources: Readonly<Record<string, SourceCounters>>
  readonly steps: Readonly<Record<string, StepCounters>>
  readonly rowsOut: number
}

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
  /** Call when the input has ended: what the field watches have left to say. */
  endWatches(): void
  /** The run has come to its end, before its last checkpoint: the next one counts its rows anew (`--until rows:N`). */
  endRun(): void
  /** The job is over and its outputs are closed: gives memory back. */
  close(): void
}

/** Wires a plan to its sources and outputs. Opens nothing. */
export function createJob(options: JobOptions): CreatedJob {
  const { root, outputs } = options
  const lateRows = new LateRows(options.late)
  const layout = layOut(root, lateRows.areKept)
  const counts = new JobCounts(lateRows)
  const badRows = new BadRows(options.onError, () => counts.badRows)
  const sides = sideOutputs(root, outputs)
  const assembled = assemble(root, layout, (node) => {
    const context = createContext({ node, layout, options, lateRows, badRows, sides, read: () => counts.rowsRead })
    counts.steps[node.id] = context.counters
    return context
  })
  for (const scan of assembled.scans) {
    counts.watches.push(new FieldWatch(watchedFields(scan, layout, options), options.warn))
  }
  for (const [i, scan] of assembled.scans.entries()) {
    const limit = assembled.scans.length === 1 ? rowLimitOf(options.until) : null
    counts.intakes.push(createIntake(scan, layout, options, { badRows, watch: counts.watches[i]!, limit }))
  }
  const writer = resultWriter(options, layout)
  counts.writer = writer
  counts.rows = options.route ? new RoutedRows(writer, options.route) : new RowOutput(writer, outputs.rows)
  assembled.graph.connect(assembled.root, counts.rows)
  const onReject: OnReject = ({ text }, sequence) => sides.bad?.add({ sequence, step: -1, text })
  const rounds = roundsOf(counts.intakes, assembled, options, onReject)
  return {
    ...runnable({ options, assembled, counts, rounds }),
    endRound: () => {
      sides.late?.endRound()
      sides.bad?.endRound()
    },
    endSources: () => {
      for (const intake of counts.intakes) for (const reject of intake.takeRejects()) onReject(reject, rounds.sequence)
    },
    badRows,
    lateRows,
    counters: () => counts.read(),
    endWatches: () => {
      for (const watch of counts.watches) watch.end()
    },
    endRun: () => {
      for (const intake of counts.intakes) intake.endRun()
    },
    close: () => {
      for (const intake of counts.intakes) intake.close()
    },
  }
}

interface Wired {
  readonly options: JobOptions
  readonly assembled: Assembled
  readonly counts: JobCounts
  readonly rounds: Rounds
}

/** What the run loop needs: graph, rounds, outputs, checkpoints, ticks of the clock. */
function runnable({ options, assembled, counts, rounds }: Wired) {
  const { rows, late, bad } = options.outputs
  const outputs = [rows, ...(late ? [late] : []), ...(bad ? [bad] : [])]
  const { intakes } = counts
  const { graph } = assembled
  const { checkpoints, clock } = options
  const signatures = signaturesOf(options.root)
  const checkpointer =
    checkpoints && new Checkpointer(checkpoints.store, { graph, rounds, intakes, outputs, facts: counts, signatures })
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
    checkpointer,
    signatures,
    checkpoints:
      checkpointer && new CheckpointSchedule(checkpointer, { ...checkpoints!, clock, rowsRead: () => counts.rowsRead }),
    ticks: ticksOf(assembled, intakes, rounds, clock),
    ending: options.until && new Ending(options.until, clock, watermark),
  }
}

interface SavedCounts {
  readonly steps: Readonly<Record<string, StepCounters>>
  readonly rowsOut: number
  readonly late: unknown
  readonly writer?: unknown
  readonly watches: readonly unknown[]
}

/** Everything a job counts, in one place: for reports, for limits, and for checkpoints. */
class JobCounts {
  readonly steps: Record<string, StepCounters> = {}
  readonly intakes: Intake[] = []
  readonly watches: FieldWatch[] = []
  rows: RowOutput | RoutedRows | null = null
  writer: OutputWriter | null = null
  readonly #lateRows: LateRows

  constructor(lateRows: LateRows) {
    this.#lateRows = lateRows
  }

  get rowsRead(): number {
    return this.intakes.reduce((sum, { counters }) => sum + counters.read, 0)
  }

  get badRows(): number {
    const ofSources = this.intakes.reduce((sum, { counters: { bad, refused } }) => sum + bad + refused, 0)
    return Object.values(this.steps).reduce((sum, { bad }) => sum + bad, ofSources)
  }

  read(): JobCounters {
    const sources = Object.fromEntries(this.intakes.map(({ name, counters }) => [name, counters]))
    return { sources, steps: this.steps, rowsOut: this.rows?.rows ?? 0 }
  }

  /** Those of the sources are kept with their positions. */
  save(): unknown {
    const watches = this.watches.map((watch) => watch.save())
    return {
      steps: this.steps,
      rowsOut: this.rows?.rows ?? 0,
      late: this.#lateRows.save(),
      writer: this.writer?.save?.() ?? null,
      watches,
    }
  }

  restore(saved: unknown): void {
    const { steps, rowsOut, late, writer, watches } = saved as SavedCounts
    for (const [id, counters] of Object.entries(steps)) Object.assign(this.steps[id] ?? {}, counters)
    if (this.rows) this.rows.rows = rowsOut
    this.#lateRows.restore(late)
    if (writer) this.writer?.restore?.(writer)
    for (const [i, watch] of this.watches.entries()) watch.restore(watches[i])
  }
}

function roundsOf(
  intakes: readonly Intake[],
  { scans }: Assembled,
  { sourceOf, until }: JobOptions,
  onReject: OnReject,
): Rounds {
  if (intakes.length === 1) return new SingleRounds(intakes[0]!, onReject)
  return scans.every((scan) => sourceOf(scan).isBounded)
    ? new MergedRounds(intakes, onReject, rowLimitOf(until))
    : new ArrivalRounds(intakes, onReject, rowLimitOf(until))
}

function ticksOf(
  { scans, graph }: Assembled,
  intakes: readonly Intake[],
  rounds: Rounds,
  clock: Clock,
): IdleTicks | null {
  const timeouts = scans.flatMap(({ source }) => (source.idleTimeout === null ? [] : [source.idleTimeout]))
  if (timeouts.length === 0) return null
  return new IdleTicks({
    intakes,
    sources: graph.sources,
    rounds,
    timeout: Math.min(...timeouts),
    clock,
    empty: (i) => intakes[i]!.emptyBatch(),
  })
}
