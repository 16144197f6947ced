import { TidemarkError } from '../../base/errors.ts'
import { COMMANDS } from './commands.ts'
import {
  ALL_FLAGS,
  findCommand,
  findFlag,
  flagsAt,
  flagsOfVerb,
  namesOf,
  nearest,
  type Place,
  verbsWith,
} from './definitions.ts'
import { type FlagDefinition, longName, takesValue } from './flag.ts'
import { splitFlagWord } from './flag-word.ts'
import type { FlagUse } from './lexed.ts'
import { lostQuotesHint } from './lost-quotes.ts'
import type { ArgumentDefinition, CommandDefinition, VerbDefinition } from './verb.ts'
import { VERBS } from './verbs.ts'

const verbNames = VERBS.map(({ name }) => name)
const chainOf = (verbs: readonly VerbDefinition[]) => verbs.map(({ name }) => `${name} …`).join(' then ')
const shellQuoted = (text: string) => (text.includes("'") ? `"${text}"` : `'${text}'`)

// Verbs and commands

export function noVerb(word: string, exists: boolean): TidemarkError {
  if (findCommand(word)) {
    return new TidemarkError('E_COMMAND', `'${word}' is a command, not a verb`, {
      hint: `commands stand alone: tidemark ${findCommand(word)!.usage}`,
    })
  }
  if (word === 'then') return new TidemarkError('E_CHAIN', "'then' stands before the first verb", chainExample)
  const near = nearest(word, [...verbNames, ...COMMANDS.map(({ name }) => name)])
  const hint = exists
    ? fileHint(word)
    : near
      ? `did you mean '${near}'?`
      : `verbs: ${verbNames.join(', ')}; tidemark help says more`
  return new TidemarkError('E_COMMAND', `there is no verb '${word}'`, { hint })
}

const fileHint = (file: string): string =>
  /\.ya?ml$/.test(file)
    ? `a pipeline file is run so: tidemark run ${file}; explained: tidemark explain run ${file}`
    : `files go last, after a verb: tidemark filter … ${file}`

const chainExample = { hint: 'verbs are chained like this: tidemark filter … then dedup … FILE' }

export function noVerbAtAll(command: CommandDefinition | undefined): TidemarkError {
  if (command)
    return new TidemarkError('E_CHAIN', `${command.name} needs a verb`, { hint: `write: tidemark ${command.usage}` })
  return new TidemarkError('E_COMMAND', 'no verb is given', {
    hint: `verbs: ${verbNames.join(', ')}; tidemark help says more`,
  })
}

export function noVerbAfterThen(next: string | undefined, before: readonly VerbDefinition[]): TidemarkError {
  const last = before.at(-1)!.name
  if (next === undefined)
    return new TidemarkError('E_CHAIN', `no verb after 'then'`, { hint: `${last} … then VERB, or leave 'then' out` })
  const near = nearest(next, verbNames)
  if (near) return new TidemarkError('E_COMMAND', `there is no verb '${next}'`, { hint: `did you mean '${near}'?` })
  const hint = next.startsWith('-')
    ? `flags stand behind their verb: ${last} … then VERB … ${next}`
    : findCommand(next)
      ? 'commands stand alone and cannot be chained'
      : `verbs: ${verbNames.join(', ')}; a file of the name then is ./then`
  return new TidemarkError('E_CHAIN', `'${next}' stands where a verb is due, after 'then'`, { hint })
}

export const dashesBeforeVerb = () =>
  new TidemarkError('E_CHAIN', "'--' stands before the first verb", {
    hint: "after '--' come a verb's argument and files only: tidemark filter -- '-x > 3' FILE",
  })

// Arguments

/** Has it neither blanks nor fields in it? */
const isPlain = (kind: ArgumentDefinition['kind']): boolean =>
  kind === 'duration' || kind === 'count' || kind === 'share' || kind === 'file'

export function noArgument(verb: VerbDefinition, next: string | undefined): TidemarkError {
  const { placeholder, example, kind } = verb.argument!
  const field = next !== undefined && !isPlain(kind) ? `; a field of the name ${next} is '(${next})'` : ''
  const where = next === undefined ? '' : ` before '${next}'`
  return new TidemarkError('E_CHAIN', `${verb.name} needs its ${placeholder}${where}`, {
    hint: `for example: tidemark ${example}${field}`,
  })
}

export const emptyArgument = (verb: VerbDefinition) =>
  new TidemarkError('E_CHAIN', `the ${verb.argument!.placeholder} of ${verb.name} is empty`, {
    hint: 'a shell variable that is not set? --arg NAME=TEXT brings values in as :NAME',
  })

export const argumentIsFile = (word: string, verb: VerbDefinition) =>
  new TidemarkError(
    'E_CHAIN',
    `'${word}' stands in the place of ${verb.name}'s ${verb.argument!.placeholder}, and is a file`,
    {
      hint: `did the shell expand *? write: ${isPlain(verb.argument!.kind) ? verb.argument!.example : `${verb.name} '*'`}`,
    },
  )

export function argumentTwice(argument: string, verb: VerbDefinition, { written, value }: FlagUse): TidemarkError {
  const { placeholder } = verb.argument!
  return new TidemarkError(
    'E_CHAIN',
    `${verb.name} has its ${placeholder} twice: '${argument}' and ${written} ${value}`,
    {
      hint: `if '${argument}' is a file to read, write it behind ${written} ${value}`,
    },
  )
}

/** Is a word in the place of the argument an expression that begins with a minus, and no flag? */
export function isDashedArgument(word: string, place: Place): boolean {
  if (word.startsWith('--')) return !/^--[a-z][a-z0-9-]*(=|$)/i.test(word)
  if (/^-[a-z]$/i.test(word)) return false
  return /^-[a-z]\s/i.test(word) || splitFlagWord(word, place).flags.length === 0
}

export function dashedArgument(word: string, verb: VerbDefinition): TidemarkError {
  const { placeholder, kind, example } = verb.argument!
  const end = negatedEnd(word)
  const inParentheses = `(${word.slice(0, end)})${word.slice(end)}`
  return new TidemarkError('E_CHAIN', `'${word}' begins with '-': a flag, not the ${placeholder} of ${verb.name}`, {
    hint: isPlain(kind) ? `for example: tidemark ${example}` : `write: ${verb.name} ${shellQuoted(inParentheses)}`,
  })
}

/** Where that ends which the minus at the beginning stands before: a path or call, with all its brackets. */
function negatedEnd(word: string): number {
  let end = /^-\s*[\w@.]*/.exec(word)![0].length
  while (word[end] === '(' || word[end] === '[') {
    let depth = 0
    let at = end
    do {
      depth += '(['.includes(word[at]!) ? 1 : ')]'.includes(word[at]!) ? -1 : 0
      at += 1
    } while (depth > 0 && at < word.length)
    if (depth > 0) return word.length
    end = at
  }
  return end
}

// Files

export interface EarlyFiles {
  readonly files: readonly string[]
  readonly verbs: readonly VerbDefinition[]
  /** Of the last verb. */
  readonly argument: string | undefined
  /** The word behind `then`. */
  readonly next: string | undefined
}

export function fileBeforeThen({ files, verbs, argument, next }: EarlyFiles): TidemarkError {
  const nextVerb = next !== undefined && verbNames.includes(next) ? next : 'VERB'
  const hint =
    lostQuotesHint(files[0]!, { verb: verbs.at(-1)!.name, argument, files }) ??
    `files go last: tidemark ${chainOf(verbs)} then ${nextVerb} … ${files.join(' ')}`
  return new TidemarkError('E_CHAIN', `'${files[0]}' stands before 'then'`, { hint })
}

export const verbInFiles = (word: string, before: readonly VerbDefinition[]) =>
  new TidemarkError('E_CHAIN', `'${word}' stands where files go, and is a verb`, {
    hint: `verbs are chained with 'then': tidemark ${chainOf(before)} then ${word} …; a file of that name is ./${word}`,
  })

export const emptyFile = () =>
  new TidemarkError('E_CHAIN', 'the name of a file is empty', { hint: 'a shell variable that is not set?' })

export const standardInputTwice = () =>
  new TidemarkError('E_CHAIN', "'-' (standard input) is given twice", { hint: 'it can be read once' })

// Flags

export function unknownFlag(written: string, place: Place): TidemarkError {
  const here = place.verb ? `${place.verb.name} has` : 'there is'
  const flag = written.startsWith('--')
    ? findFlag(written.slice(2))
    : written.length === 2
      ? ALL_FLAGS.find(({ short }) => short === written[1])
      : undefined
  if (flag) return misplaced(flag, written, place)
  const own = place.verb ? flagsOfVerb(place.verb) : []
  const names = [...new Set([...own, ...flagsAt(place)].flatMap(namesOf))]
  const near =
    nearest(written.replace(/^-+/, ''), names) ?? nearest(written.replace(/^-+/, ''), ALL_FLAGS.flatMap(namesOf))
  const hint = near ? `did you mean '--${near}'?` : helpHint(place)
  return new TidemarkError('E_FLAG', `${here} no flag '${written}'`, { hint })
}

const helpHint = ({ verb }: Place) => `tidemark help${verb ? ` ${verb.name}` : ''} lists the flags`

/** A flag there is, but not here. */
function misplaced(flag: FlagDefinition, written: string, { verb }: Place): TidemarkError {
  if (flag.scope === 'command') {
    const commands = COMMANDS.filter(({ flags }) => flags.includes(flag.name)).map(({ name }) => name)
    return new TidemarkError('E_FLAG', `'${written}' belongs to a command`, {
      hint: `it stands behind ${commands.join(' or ')}: tidemark ${commands[0]} ${written}`,
    })
  }
  const verbs = verbsWith(flag).map(({ name }) => name)
  if (verb)
    return new TidemarkError('E_FLAG', `${verb.name} has no flag '${written}'`, {
      hint: `verbs that have it: ${verbs.join(', ')}`,
    })
  const value = takesValue(flag) ? ` ${flag.placeholder}` : ''
  return new TidemarkError('E_FLAG', `'${written}' stands before the first verb`, {
    hint: `it belongs to one step: write it behind the verb, as in: tidemark ${verbs[0]} … ${written}${value}`,
  })
}

export const valueNotTaken = (written: string, attached: string) =>
  new TidemarkError('E_FLAG_VALUE', `${written} takes no value`, { hint: `leave out '=${attached}'` })

export const equalsAfterShort = (written: string, attached: string) =>
  new TidemarkError('E_FLAG_VALUE', `'${written}${attached}' has '=' after a short flag`, {
    hint: `write: ${written} ${attached.slice(1)}`,
  })

export const emptyValue = (written: string) =>
  new TidemarkError('E_FLAG_VALUE', `the value of ${written} is empty`, {
    hint: 'a shell variable that is not set?',
  })

export function noValue({ flag, written }: Pick<FlagUse, 'flag' | 'written'>, next: string | undefined): TidemarkError {
  const form = written.startsWith('--') ? `${written}=${next}` : `${written}${next}`
  const hint =
    next === undefined
      ? `write: ${written} ${flag.placeholder}`
      : next === '--'
        ? `'--' ends the flags; write: ${written} ${flag.placeholder} --`
        : `'${next}' is a flag; if it is meant as the value, write ${form}`
  return new TidemarkError('E_FLAG_VALUE', `${written} needs a value`, { hint })
}

interface PlacedUse extends FlagUse {
  readonly where: VerbDefinition | undefined
}

const describe = ({ written, value, where }: PlacedUse) =>
  `'${value === '' ? written : `${written} ${value}`}' ${where ? `after ${where.name}` : 'before the first verb'}`

export function twice(first: PlacedUse, second: PlacedUse): TidemarkError {
  const name = longName(first.flag)
  const hint =
    first.flag.scope === 'job' ? 'it counts for the whole line, wherever it stands; keep one' : 'keep one of them'
  return new TidemarkError('E_FLAG_TWICE', `${name} is given twice: ${describe(first)}, ${describe(second)}`, { hint })
}
