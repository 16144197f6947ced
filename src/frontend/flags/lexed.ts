import type { Span } from '../../base/span.ts'
import type { FlagDefinition } from './flag.ts'
import type { CommandDefinition, Verb } from './verb.ts'

/** A flag as it stands on the command line. */
export interface FlagUse {
  readonly flag: FlagDefinition
  /** As typed: `--by`, `-b`, `--every`. */
  readonly written: string
  /** Empty for a flag without value, and only then. */
  readonly value: string
  /** What messages call the value's text, where it is not that of a flag on the command line. */
  readonly origin?: string
}

/** One step of the chain. */
export interface LexedStep {
  readonly verb: Verb
  /** Absent when the verb takes none, or reads it from `--file`. */
  readonly argument?: string
  /** What messages call the argument's text, if not by the name of the verb. */
  readonly argumentOrigin?: string
  /** Step flags, and step defaults given behind this verb. */
  readonly flags: readonly FlagUse[]
}

/** A chain of verbs, cut into its parts; values are still text. */
export interface LexedChain {
  readonly kind: 'chain'
  /** The command in front (`explain`), if there is one. */
  readonly command?: CommandDefinition
  readonly commandFlags: readonly FlagUse[]
  readonly jobFlags: readonly FlagUse[]
  /** Step defaults given before the first verb. */
  readonly defaults: readonly FlagUse[]
  readonly steps: readonly LexedStep[]
  readonly files: readonly string[]
}

/** What a command line asks for. */
export type LexedLine =
  | LexedChain
  /** No word at all. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'version' }
  /** `--help`: of all, or of the verb or command in whose segment it stands. */
  | { readonly kind: 'help'; readonly topic: string | undefined }
  /** A command without a chain, with all words but its name: `commander` reads them. `about`: the command before it. */
  | {
      readonly kind: 'command'
      readonly command: CommandDefinition
      readonly words: readonly string[]
      readonly about?: CommandDefinition
    }

/** The whole value of a flag, as a span for messages. */
export const spanOfUse = ({ written, value, origin }: FlagUse): Span => spanOfText(origin ?? written, value)

/** The whole argument of a verb, as a span for messages. */
export const spanOfText = (source: string, text: string): Span => ({ source, text, start: 0, end: text.length })
