import type { Destination } from '../frontend/flags/command-line.ts'
import type { CheckpointInterval } from '../job/checkpoint-schedule.ts'
import type { JobCounters } from '../job/create-job.ts'
import type { ByteSink } from '../sinks/sink.ts'
import type { InputOptions } from '../sources/open-input.ts'
import type { Source } from '../sources/source.ts'
import type { StateDirectory } from '../state/state-directory.ts'
import type { Store } from '../state/store.ts'
import type { Clock } from '../time/clock.ts'
import type { ServiceManager } from './service-manager.ts'

/** A state directory in use. */
export interface OpenState {
  readonly store: Store
  /** For segment files of sinks that cannot prepare. */
  readonly segmentsFolder: string
  close(): Promise<void>
}

export interface OutputOptions {
  /** Keep what is in the file. */
  readonly append: boolean
  /** Go on behind what a later run of the job wrote. */
  readonly allowRewind?: boolean
  /** The state directory's folder of segments: rows become final by checkpoints, where the destination can (`EpochSink`). null: there is no state. */
  readonly segments: string | null
  /** Of the state; null: there is none. */
  readonly incarnation: string | null
  /** Of the job's sinks, where it is one. */
  readonly sink?: string
}

/** Everything outside the process that a command line touches besides files that it reads at once. `main.ts` has the real one. */
export interface World {
  readonly isTerminal: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean }
  /** Columns of the terminal on standard output, if it is one and tells. */
  readonly terminalColumns?: number | undefined
  readonly clock: Clock
  /** Of the process; only names that CLI.md lists are read. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Aborted at SIGINT or SIGTERM. */
  readonly signal: AbortSignal
  /** The operands of one input, `-` for standard input; not opened yet. */
  openInput(names: readonly string[], options: InputOptions): Source
  /** Not opened yet. */
  openOutput(to: Destination, options: OutputOptions): Promise<ByteSink>
  /** Who started this process and waits for life signs; null: nobody does. */
  readonly serviceManager: ServiceManager | null
  /** Words for people; a whole number of lines. */
  stderr(text: string): void
  /** Who is called at SIGUSR1 from now on; null: nobody, and the signal does what it does in any process of Node. */
  onAsked(listener: (() => void) | null): void
  /** To draw on; null: standard error is no terminal, or one that cannot do more than print. */
  readonly terminal: NodeJS.WriteStream | null
  /** Who shows words from now on in the place of standard error; null: nobody does. */
  setListener(listener: ((text: string) => void) | null): void
  /** A line at the bottom of the terminal on standard error, in the place of the one before; '': none. Other words go before it. null: there is no such terminal. */
  readonly showStatus: ((text: string) => void) | null
  /** Rows per batch at the most; results never depend on it. */
  readonly batchRows: number
  /** Opens `--state DIR` and locks it until it is closed. Throws the E_STATE_ errors. */
  openState(path: string): Promise<OpenState>
  /** Opens a state directory that must be there, for the commands about it. `read`: nothing in it is changed. Throws as `openState`. */
  inspectState(path: string, mode: 'open' | 'read'): Promise<StateDirectory>
  /** Tests keep a store over a crash and go on, whatever `--state` says; null: none. */
  readonly checkpoints: { readonly store: Store; readonly interval: CheckpointInterval } | null
  /** What the run counted, also when it failed. */
  report(counters: JobCounters): void
}
