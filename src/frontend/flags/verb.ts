import type { PlanNode } from '../../plan/nodes.ts'
import type { FlagDefinition, FlagLine } from './flag.ts'
import type { Planning } from './planning.ts'
import type { StepReader } from './step-reader.ts'

/** What a verb's one argument is. */
export interface ArgumentDefinition {
  /** As in usage lines: `EXPR`, `SIZE`. */
  readonly placeholder: string
  /** Its key in a pipeline file, if not `condition` for an expression, `columns` for a list, else the placeholder in small letters. */
  readonly key?: string
  readonly kind: 'expression' | 'list' | 'duration' | 'count' | 'share' | 'file'
  /** For help: what it says of the argument. */
  readonly summary: string
  /** As a user would type it, quotes included; for hints. */
  readonly example: string
}

export interface Example {
  readonly command: string
  /** One line of what comes out, where it teaches something. */
  readonly output?: string
}

/** A verb as help, completion and messages see it. */
export interface VerbDefinition {
  readonly name: string
  readonly argument?: ArgumentDefinition
  /** What it does, in one line under 80 columns. */
  readonly summary: string
  /** Which line of the top-level help lists it. */
  readonly group: 'rows' | 'windows' | 'inputs' | 'patterns'
  readonly needsTime: boolean
  /** Names of its step flags and step defaults, in the order of the help. */
  readonly flags: readonly string[]
  /** Flags it cannot do without. */
  readonly required?: readonly string[]
  /** Where a shared flag has other words here. */
  readonly flagLines?: Readonly<Record<string, Partial<FlagLine>>>
  /** The flags in its usage line, short: `[-b KEYS] [-a AGGREGATES]`. */
  readonly usage: string
  readonly examples: readonly Example[]
  /** Lines under the flags in the help; each under 100 columns. */
  readonly notes: readonly string[]
  /** Paragraphs of the man page. */
  readonly manual: readonly string[]
  readonly seeAlso: string
}

/** What the options of every step have. */
export interface StepBase {
  readonly verb: string
  /** `--name`, or null: the plan then makes one of verb and ordinal. */
  readonly name: string | null
}

/** A verb: one step of a chain, from its help to its node; one object a verb, in a file of its own. */
export interface Verb<O extends StepBase = StepBase> extends VerbDefinition {
  readonly name: O['verb']
  /** Its argument and flags, typed and checked as far as each can be judged without the others' expressions; throws TidemarkError. */
  parse(step: StepReader): O
  /** Its node over the node of the step before; throws TidemarkError for what is wrong with its expressions. */
  plan(step: O, planning: Planning): PlanNode
}

/** A command: `tidemark COMMAND …`; never chained. */
export interface CommandDefinition {
  /** One word; or two (`state plan`), where what stands behind them is read in another way than behind the first alone. */
  readonly name: string
  readonly summary: string
  /** What comes after the name. */
  readonly usage: string
  /** Takes a whole chain of verbs; otherwise `arguments` says what it takes. */
  readonly takesChain: boolean
  readonly arguments: readonly {
    readonly name: string
    readonly required: boolean
    readonly summary: string
    readonly keywords?: readonly string[]
    /** It is a directory. */
    readonly isFolder?: true
    readonly isFile?: true
    /** One or more; the last one only. */
    readonly repeats?: true
  }[]
  readonly flags: readonly string[]
  /** Where a flag means something else behind this command. */
  readonly flagLines?: Readonly<Record<string, Partial<FlagDefinition>>>
  /** What would be run may stand behind another command, which then tells about it: `explain run FILE`. */
  readonly isExplained?: true
  readonly examples: readonly string[]
  readonly manual: string
  /** Lines below it, as they stand; each at most 100 columns. */
  readonly table?: readonly string[]
}
