import type { WarningCode } from '../base/error-codes.ts'
import type { Field } from '../expressions/bound.ts'
import type { InputStyle } from '../formats/decoding/create-decoder.ts'
import type { ScannerChoice } from '../formats/json/create-scanner.ts'
import type { OutputStyle } from '../formats/output/create-output-writer.ts'
import type { PartialsReport } from '../operators/partials-report.ts'
import type { Naming } from '../plan/build-context.ts'
import type { NodeOf, PlanNode } from '../plan/nodes.ts'
import type { AnySource, Source } from '../sources/source.ts'
import type { Store } from '../state/store.ts'
import type { Clock } from '../time/clock.ts'
import type { Zone } from '../time/zone.ts'
import type { ErrorPolicy } from './bad-rows.ts'
import type { CheckpointInterval } from './checkpoint-schedule.ts'
import type { CreateTables } from './create-tables.ts'
import type { LatePolicy } from './late-rows.ts'
import type { CreateOperator } from './operators/index.ts'
import type { Output } from './output.ts'
import type { RecordForm } from './record-rows.ts'
import type { Route } from './routed-output.ts'
import type { Pulse } from './run.ts'
import type { Until } from './until.ts'

/** What one source has of its own. */
export interface SourceSettings {
  /** How its rows are written. Default: NDJSON, no changelog. */
  readonly inputStyle?: InputStyle
  /** What becomes of lines that it cannot read, and where they go. Default: as the job says. */
  readonly bad?: { readonly policy: ErrorPolicy; readonly output: Output | null }
}

/** One place where rows go. */
export interface JobSink {
  readonly name: string
  /** Whose rows; those of several nodes in the order of their arrival. */
  readonly from: readonly PlanNode[]
  readonly output: Output
  /** Where each row goes, if the sink is many files; null: it is one. */
  readonly route: Route | null
  /** How rows become records, where the sink takes those. */
  readonly records?: RecordForm | null
  /** How rows are written. Default: NDJSON, with `_op` where they are updated. */
  readonly style?: OutputStyle
  readonly timeOutput: 'iso' | 'ms'
}

/** What a run tells that goes on all the same. */
export interface JobWarning {
  readonly code: WarningCode
  readonly message: string
  readonly hint: string
}

/** Where the rows of tables come from. */
export interface TableOptions {
  /** A source of the bytes of a table's file, not opened yet; a new one each time. */
  readonly open: (table: NodeOf<'table'>) => Source
  /** Of create-tables.ts, which is loaded on demand. */
  readonly create: CreateTables
}

export interface JobOptions {
  readonly root: PlanNode
  /** What `loadOperators` gave for the root. */
  readonly createOperator: CreateOperator
  /** Where fields are named on the command line, for warnings. */
  readonly namedIn: ReadonlyMap<Field, Naming>
  /** Values of parameters that are neither stored with the state nor written into dead letters. Default: none. */
  readonly secrets?: ReadonlySet<string> | undefined
  /** One opened source for each scan of the plan. */
  readonly sourceOf: (scan: NodeOf<'scan'>) => AnySource
  /** What rows are looked up in; absent: the plan has no tables. */
  readonly tables?: TableOptions | null
  readonly onError: ErrorPolicy
  readonly late: LatePolicy
  /** `late` and `bad` only where the policies keep rows. */
  readonly outputs: {
    readonly sinks: readonly JobSink[]
    readonly late: Output | null
    readonly bad: Output | null
    /** Of partial matches that run out of time, by the step; no step has another's. */
    readonly timeouts?: ReadonlyMap<PlanNode, Output>
  }
  /** What sources have of their own. Default: all is as the job says. */
  readonly settingsOf?: (scan: NodeOf<'scan'>) => SourceSettings
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
  readonly warn: (warning: JobWarning) => void
  readonly pulse?: Pulse | null
  /** Told of open partial matches at the end of the input, where a step was asked. Default: nobody wants to know. */
  readonly tellPartials?: (report: PartialsReport) => void
  /** `tooSlow`: a checkpoint took longer than the interval; told once. */
  readonly checkpoints: {
    readonly store: Store
    readonly interval: CheckpointInterval
    readonly tooSlow: (tookMs: number) => void
  } | null
}
