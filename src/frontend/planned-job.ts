import type { PlanBuilder } from '../plan/builder.ts'
import type { ScanNode } from '../plan/kinds/scan.ts'
import type { PlanNode } from '../plan/nodes.ts'
import type { BadRowPolicy, Destination, ErrorLimit, JobOptions } from './flags/command-line.ts'
import type { PlannedRecord } from './record-parts.ts'

/** Where rows go, and how they are written there. */
export interface SinkOptions
  extends Pick<JobOptions, 'output' | 'append' | 'outputFormat' | 'changelog' | 'timeOutput'> {
  /** Names its commits in the state. */
  readonly name: string
  readonly output: Destination
  /** Whose rows. */
  readonly from: readonly PlanNode[]
  /** What stands beside the values of records, for each of them, where the output takes records. */
  readonly records?: readonly PlannedRecord[]
}

/** What a source has besides its place in the plan. */
export interface SourceOptions extends Pick<JobOptions, 'inputStyle'> {
  /** What becomes of lines that it cannot read; null: what becomes of all bad rows of the job. */
  readonly bad: { readonly onError: BadRowPolicy; readonly maxErrors: ErrorLimit | null } | null
}

/** What every front end ends in: a plan, and what its sources and sinks are besides. */
export interface PlannedJob {
  readonly root: PlanNode
  /** Knows where fields were named. */
  readonly builder: PlanBuilder
  /** In the order of their declaration. */
  readonly sinks: readonly SinkOptions[]
  readonly sources: ReadonlyMap<ScanNode, SourceOptions>
  /** For words about it: flags of a command line, or keys of a file. */
  readonly origin: 'flags' | 'file'
  /** Texts that must not be printed, nor kept in a state directory. */
  readonly secrets?: ReadonlySet<string>
  /** Job-wide settings. */
  readonly job: JobOptions
}
