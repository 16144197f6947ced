/** What the value of a flag is: decides how it is read, what completion offers and what a refusal says. */
export type FlagValue =
  | { readonly kind: 'none' }
  /** A field path, as `--time` takes it. */
  | { readonly kind: 'field' }
  /** An SQL list of expressions; cut by the expression parser, never at commas here. */
  | { readonly kind: 'list' }
  /** `zero`: 0 is allowed; `signed`: below 0 too; `orOff`: the word `off` as well. */
  | { readonly kind: 'duration'; readonly zero?: true; readonly signed?: true; readonly orOff?: true }
  /** Two durations with a comma between, each of any sign. */
  | { readonly kind: 'bounds' }
  /** A name that the result gets. */
  | { readonly kind: 'name' }
  | { readonly kind: 'keyword'; readonly keywords: readonly string[] }
  /** One of the words, `fd:N`, or a path; a word with neither `/` nor `.` must be a keyword. */
  | { readonly kind: 'keyword-or-file'; readonly keywords: readonly string[] }
  | { readonly kind: 'input-file' }
  /** A path; `-` or `fd:N` where `stream` says so. */
  | { readonly kind: 'output-file'; readonly stream: '-' | 'fd' }
  | { readonly kind: 'size' }
  /** A size with its unit, or a duration. */
  | { readonly kind: 'size-or-duration' }
  /** A directory. */
  | { readonly kind: 'folder' }
  /** A duration, or `rows:N`. */
  | { readonly kind: 'interval' }
  /** A duration, `rows:N`, or `watermark:TIME`. */
  | { readonly kind: 'until' }
  /** `final`, `changes`, or `every:D`. */
  | { readonly kind: 'emission' }
  /** A whole number from 1 on. */
  | { readonly kind: 'count' }
  /** A pattern, as `tidemark help patterns` tells. */
  | { readonly kind: 'pattern' }
  /** Where matching goes on: a word, or a word, a colon and the name of a step. */
  | { readonly kind: 'skip' }
  /** `N` or `drop:N`. */
  | { readonly kind: 'partials' }
  /** Any text. */
  | { readonly kind: 'text' }
  /** `N` or `N%`. */
  | { readonly kind: 'error-limit' }
  | { readonly kind: 'zone' }
  /** `NAME=TEXT` or `NAME=JSON`. */
  | { readonly kind: 'binding' }
  /** The id of a step: letters, digits, `_` and `-`. */
  | { readonly kind: 'step-name' }

/**
 * Where a flag may stand. `job`: anywhere, once a line. `step`: after its verb. `step-default`: after a verb for that step, before the
 * first verb for every step that has it. `command`: with its command only. One name has one scope.
 */
export type FlagScope = 'job' | 'step' | 'step-default' | 'command'

/** Where the man page and the long help list it. */
export type FlagSection =
  | 'time'
  | 'loss'
  | 'input'
  | 'output'
  | 'state'
  | 'kafka'
  | 'values'
  | 'messages'
  | 'step'
  | 'command'

/** What help says of a flag on its one line: `PLACEHOLDER   summary [default]; note`. */
export interface FlagLine {
  readonly placeholder: string
  readonly summary: string
  /** As shown between brackets; absent where there is none to show. */
  readonly default?: string
  readonly note?: string
}

/** A flag. The lexer, the help texts, the man page and the completions are made from it. */
export interface FlagDefinition extends FlagLine {
  /** The long name, without dashes. */
  readonly name: string
  readonly short?: string
  /** Further long names. */
  readonly aliases?: readonly string[]
  /** Written so, it is the other flag with that value: `--no-color` is `--color never`. */
  readonly means?: { readonly flag: string; readonly value: string }
  readonly scope: FlagScope
  /** It is the flag of that name of this verb alone; other verbs have another one. */
  readonly verb?: string
  readonly value: FlagValue
  /** A list flag: may be repeated, repeats append. */
  readonly repeats?: true
  readonly section: FlagSection
  /** A paragraph for the man page, after the summary. */
  readonly manual: string
}

/** `-b` and `--by`, as help lists them; `--every` where only an alias is meant. */
export const longName = (flag: FlagDefinition) => `--${flag.name}`

/** Does the flag take a value? */
export const takesValue = (flag: FlagDefinition) => flag.value.kind !== 'none'

/** The words that completion offers for a flag's value, apart from files. */
export function keywordsOf(flag: FlagDefinition): readonly string[] {
  const { value } = flag
  if (value.kind === 'keyword' || value.kind === 'keyword-or-file') return value.keywords
  if (value.kind === 'emission') return ['final', 'changes']
  return value.kind === 'duration' && value.orOff ? ['off'] : []
}

/** May the value be the name of a file? */
export const takesFile = ({ value }: FlagDefinition) =>
  value.kind === 'input-file' ||
  value.kind === 'output-file' ||
  value.kind === 'keyword-or-file' ||
  value.kind === 'folder'
