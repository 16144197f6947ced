import type { Span } from '../../base/span.ts'
import type { DeclaredColumn } from '../../plan/kinds/project.ts'
import type { Binding } from '../flags/command-line.ts'
import type { FlagUse, LexedStep } from '../flags/lexed.ts'
import type { Places } from './places.ts'

/** A name in the file, and where it stands. */
export interface Name {
  readonly name: string
  readonly span: Span
}

/** What sources, steps and sinks can be called. */
export const NAME = /^[A-Za-z_][\w-]*$/

/** A source as the file describes it; its keys are uses of flags. */
export interface PipelineSource extends Name {
  /** FILE operands: paths for this process, `-` for standard input. */
  readonly files: readonly string[]
  readonly uses: readonly FlagUse[]
  /** Columns and their types; null: its rows have no schema. */
  readonly schema: readonly DeclaredColumn[] | null
}

export interface PipelineStep {
  /** null: it has none. */
  readonly name: Name | null
  /** Where it stands. */
  readonly span: Span
  /** What messages call it where it has no name: its place in the list. */
  readonly label: string
  /** null: the step above, or the only source. */
  readonly from: readonly Name[] | null
  readonly step: LexedStep
}

export interface PipelineSink extends Name {
  /** null: the last step. */
  readonly from: readonly Name[] | null
  readonly uses: readonly FlagUse[]
}

/** A pipeline file, read; names are not looked up and values not judged yet. */
export interface Pipeline {
  readonly path: string
  readonly span: Span
  readonly places: Places
  /** Job flags. */
  readonly uses: readonly FlagUse[]
  /** Step defaults. */
  readonly defaults: readonly FlagUse[]
  readonly args: readonly Binding[]
  readonly sources: readonly PipelineSource[]
  readonly steps: readonly PipelineStep[]
  readonly sinks: readonly PipelineSink[]
  /** Texts that must not be printed. */
  readonly secrets: ReadonlySet<string>
}
