import type { Span } from '../../base/span.ts'
import type { KafkaSink, KafkaSource } from '../../connectors/kafka.ts'
import type { GraphStyle } from '../../plan/graph.ts'
import type { PathTemplate } from '../../plan/path-template.ts'
import type { Duration } from '../../time/duration.ts'
import type { Zone } from '../../time/zone.ts'
import type { LexedChain } from './lexed.ts'
import type { CommandDefinition } from './verb.ts'
import type { StepOptions } from './verbs.ts'

export type { StepOptions } from './verbs.ts'

/** Where rows or counts are written. `path` is as the user typed it. */
export type Destination =
  | { readonly kind: 'stdout' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'descriptor'; readonly descriptor: number }
  | { readonly kind: 'parts'; readonly template: PathTemplate; readonly roll: Roll | null }
  | { readonly kind: 'kafka'; readonly sink: KafkaSink }

/** When a part ends besides at the end of the unit of time that its path names: at a size in bytes, or after a span of event time in ms. */
export type Roll =
  | { readonly kind: 'size'; readonly bytes: number }
  | { readonly kind: 'time'; readonly span: Duration }

/** What becomes of late rows; `given` is false for the default, whose losses are always said. */
export type LatePolicy =
  | { readonly kind: 'drop'; readonly given: boolean }
  | { readonly kind: 'fail' }
  | { readonly kind: 'route'; readonly to: Destination }

export type BadRowPolicy =
  | { readonly kind: 'fail' }
  | { readonly kind: 'skip' }
  | { readonly kind: 'route'; readonly to: Destination }

/** More bad rows than this end the run: a number of rows, or a share (0 to 1) of the rows read. */
export type ErrorLimit =
  | { readonly kind: 'rows'; readonly rows: number }
  | { readonly kind: 'share'; readonly share: number }

/** `:name` in expressions. `text` is the string itself, or valid JSON. */
export interface Binding {
  readonly name: string
  readonly kind: 'text' | 'json'
  readonly text: string
}

/** When a checkpoint is due: after so many ms of the wall clock, or rows read. */
export type CheckpointInterval =
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'rows'; readonly rows: number }

/** Where a run ends before its input. Milliseconds of the wall clock; rows read; event time that the watermark reaches. */
export type Until =
  | { readonly kind: 'time'; readonly ms: Duration }
  | { readonly kind: 'rows'; readonly rows: number }
  | { readonly kind: 'watermark'; readonly watermark: number }

export type TimeFormat = 'auto' | 'iso' | 's' | 'ms' | 'us' | 'ns'

/** The job flags, with their defaults filled in. Durations in ms, sizes in bytes. */
export interface JobOptions {
  readonly time: Span | null
  readonly timeFormat: TimeFormat
  readonly arrivalTime: boolean
  readonly watermarkDelay: Duration
  readonly idleTimeout: Duration | null
  readonly maxDrift: Duration | null
  readonly maxFuture: Duration | null
  readonly zone: Zone
  /** As typed, `-` for standard input; never empty: without FILE it is `['-']`, and `inputsGiven` is false. */
  readonly inputs: readonly string[]
  readonly inputsGiven: boolean
  /** Topics instead of files; null: files. */
  readonly kafka: KafkaSource | null
  readonly merge: boolean
  /** Are rows sorted before all steps? */
  readonly ordered: boolean
  /** Each input is one file, read on as it grows. */
  readonly follow: boolean
  /** Pipes are given again from their beginning in every run. */
  readonly replay: boolean
  readonly lineLimit: number
  readonly scanner: 'kernel' | 'reference'
  readonly late: LatePolicy
  readonly onError: BadRowPolicy
  readonly maxErrors: ErrorLimit | null
  readonly strictFields: boolean
  readonly failOnEmpty: boolean
  readonly output: Destination
  readonly append: boolean
  readonly inputStyle: {
    readonly format: 'ndjson' | 'csv' | 'tsv'
    /** `--csv-header`; null: each file begins with its names. */
    readonly header: readonly string[] | null
    /** null: rows are never taken back. */
    readonly changelog: 'op' | 'debezium' | 'upsert' | null
  }
  /** Each use of `--input-key`, an SQL list: by what upserts replace each other. */
  readonly inputKeys: readonly Span[]
  readonly outputFormat: 'ndjson' | 'csv' | 'tsv' | 'table'
  readonly changelog: 'op' | 'debezium' | 'upsert'
  readonly timeOutput: 'iso' | 'ms'
  /** As typed; null: nothing outlives the run. */
  readonly state: string | null
  /** At the end of the input: fire what is open, or leave it to the next run. */
  readonly atEof: 'flush' | 'suspend'
  /** null: the run ends with its input. */
  readonly until: Until | null
  readonly checkpointInterval: CheckpointInterval
  /** ms that a run may take to end after a signal. */
  readonly drainTimeout: Duration
  readonly require: 'exactly-once' | 'at-least-once' | null
  /** A savepoint to begin with, as typed. */
  readonly restore: string | null
  readonly allowDropState: boolean
  readonly allowRewind: boolean
  readonly bindings: readonly Binding[]
  readonly summary: Destination | null
  readonly quiet: boolean
  /** Show how the run stands while it runs. */
  readonly live: boolean
  readonly verbose: boolean
  readonly color: 'auto' | 'always' | 'never'
}

/** A chain of verbs, with every value read and checked as far as one flag can be judged without the others' expressions. */
export interface ChainLine {
  readonly kind: 'chain'
  /** What is done with the chain; all but `run` are names of commands. */
  readonly command: 'run' | 'explain' | 'state plan'
  /** `explain --json` */
  readonly json: boolean
  /** `explain --mermaid`, `explain --dot`; null: as text, or as JSON. */
  readonly graph: GraphStyle | null
  readonly job: JobOptions
  readonly steps: readonly StepOptions[]
  /** `--show-yaml`: the words, to be written as a pipeline file; null: the chain is run. */
  readonly shown: LexedChain | null
}

/** What a whole command line asks for. */
export type CommandLine =
  | ChainLine
  | { readonly kind: 'nothing' }
  | { readonly kind: 'version' }
  | { readonly kind: 'help'; readonly topic: string | undefined }
  | {
      readonly kind: 'command'
      readonly command: CommandDefinition
      readonly words: readonly string[]
      /** What is done with what the command would run: `explain run FILE`. */
      readonly about?: CommandDefinition
    }
