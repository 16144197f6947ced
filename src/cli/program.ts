import { Argument, Command, CommanderError, Option } from 'commander'
import { TidemarkError } from '../base/errors.ts'
import { ALL_FLAGS, namesOf, nearest } from '../frontend/flags/definitions.ts'
import { type FlagDefinition, longName, takesValue } from '../frontend/flags/flag.ts'
import type { FlagUse } from '../frontend/flags/lexed.ts'
import { listed, readKeyword } from '../frontend/flags/values.ts'
import type { CommandDefinition } from '../frontend/flags/verb.ts'

/** The words behind a command, read. */
export interface CommandWords {
  /** In the order of the definition; those left out at the end are missing. */
  readonly arguments: readonly string[]
  /** By long name; without the ones that were not given. */
  readonly flags: Readonly<Record<string, string | boolean>>
  /** The same as uses of flags, lists included; those with a value in the order of the line. */
  readonly uses: readonly FlagUse[]
  /** The command before this one: what is to be done with what it would run. */
  readonly about: CommandDefinition | undefined
}

/** Flags of the whole line that make sense with a command that reads no rows. */
const FLAGS_OF_ALL_COMMANDS = ['color', 'no-color', 'quiet', 'verbose']

/**
 * Reads the words behind a command that takes no chain, with `commander`. Chains never come here: our lexer reads them, so that a run does
 * not load it (10 ms). Throws the refusals of the lexer's kind: E_FLAG, E_FLAG_VALUE, E_CHAIN.
 */
export function readCommandWords(
  definition: CommandDefinition,
  words: readonly string[],
  about?: CommandDefinition,
): CommandWords {
  const flags = flagsOf(definition, about)
  const uses: FlagUse[] = []
  const command = new Command(definition.name)
    .exitOverride()
    .configureOutput({ writeErr: () => {}, outputError: () => {} })
    .helpOption(false)
    .helpCommand(false)
    .showSuggestionAfterError(false)
    .allowExcessArguments(false)
  for (const flag of flags) command.addOption(optionOf(flag, uses))
  for (const argument of definition.arguments) command.addArgument(argumentOf(argument, definition))
  let given: CommandWords = { arguments: [], flags: {}, uses: [], about }
  command.action(() => {
    given = {
      arguments: command.args,
      flags: givenFlags(command, flags),
      uses: withSwitches(uses, command, flags),
      about,
    }
  })
  try {
    command.parse(words, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) throw refusal({ definition, flags, words }, error)
    throw error
  }
  return given
}

const flagsOf = (
  { flags, flagLines }: CommandDefinition,
  about: CommandDefinition | undefined,
): readonly FlagDefinition[] =>
  ALL_FLAGS.filter(({ name }) => [...flags, ...(about?.flags ?? []), ...FLAGS_OF_ALL_COMMANDS].includes(name)).map(
    (flag) => ({
      ...flag,
      ...flagLines?.[flag.name],
    }),
  )

/** Flags that take no value tell nobody when they are read. */
function withSwitches(
  uses: readonly FlagUse[],
  command: Command,
  flags: readonly FlagDefinition[],
): readonly FlagUse[] {
  const given = givenFlags(command, flags)
  const switches = flags.filter((flag) => !takesValue(flag) && !flag.means && given[flag.name] === true)
  return [...uses, ...switches.map((flag) => ({ flag, written: longName(flag), value: '' }))]
}

function optionOf(flag: FlagDefinition, uses: FlagUse[]): Option {
  const placeholder = flag.placeholder === '' ? '' : ` <${flag.placeholder}>`
  const option = new Option(`${flag.short ? `-${flag.short}, ` : ''}${longName(flag)}${placeholder}`, flag.summary)
  const { value } = flag
  if (!takesValue(flag)) return option
  return option.argParser((text) => {
    const use = { flag, written: longName(flag), value: text }
    const before = uses.find((other) => other.flag === flag)
    if (before && !flag.repeats) {
      const both = `${longName(flag)} is given twice: ${before.value} and ${text}`
      throw new TidemarkError('E_FLAG_TWICE', both, { hint: 'keep one of them' })
    }
    uses.push(use)
    return value.kind === 'keyword' ? readKeyword(use, value.keywords) : text
  })
}

function argumentOf(
  { name, required, keywords, repeats }: CommandDefinition['arguments'][number],
  command: CommandDefinition,
) {
  const form = `${name}${repeats ? '...' : ''}`
  const argument = new Argument(required ? `<${form}>` : `[${form}]`)
  if (!keywords) return argument
  return argument.argParser((text: string) => {
    if (keywords.includes(text)) return text
    throw notAKeyword(text, keywords, command)
  })
}

function notAKeyword(text: string, keywords: readonly string[], command: CommandDefinition): TidemarkError {
  const near = nearest(text, keywords)
  return new TidemarkError('E_CHAIN', `${command.name} takes ${listed(keywords)}, not '${text}'`, {
    hint: near ? `did you mean '${near}'?` : `write: tidemark ${command.usage}`,
  })
}

/** `--no-color` is commander's own way to say `color: false`. */
function givenFlags(command: Command, flags: readonly FlagDefinition[]): Record<string, string | boolean> {
  const values = command.opts<Record<string, string | boolean>>()
  const names = flags.filter(({ means }) => !means).map(({ name }) => name)
  const given = names.filter((name) => command.getOptionValueSource(name) === 'cli')
  return Object.fromEntries(given.map((name) => [name, values[name] === false ? 'never' : values[name]!]))
}

interface Refused {
  readonly definition: CommandDefinition
  readonly flags: readonly FlagDefinition[]
  readonly words: readonly string[]
}

/** What commander says no to, in our words. */
function refusal({ definition, flags, words }: Refused, { code, message }: CommanderError): TidemarkError {
  const hint = `write: tidemark ${definition.usage}`
  const culprit = /'(?:.*, )?(-[^' =]+)[^']*'/.exec(message)?.[1] ?? ''
  const first = definition.arguments[0]?.keywords
  const word = words.find((one) => !one.startsWith('-'))
  const missing = /'(.*)'/.exec(message)?.[1]
  const { keywords, name } = definition.arguments.find((argument) => argument.name === missing) ?? { name: '' }
  switch (code) {
    case 'commander.unknownOption': {
      if (flags.some((flag) => longName(flag) === culprit)) {
        return new TidemarkError('E_FLAG_VALUE', `${culprit} takes no value`, { hint })
      }
      const near = nearest(culprit.replace(/^-+/, ''), flags.flatMap(namesOf))
      const details = { hint: near ? `did you mean '--${near}'?` : hint }
      return new TidemarkError('E_FLAG', `${definition.name} has no flag '${culprit}'`, details)
    }
    case 'commander.optionMissingArgument':
      return new TidemarkError('E_FLAG_VALUE', `${culprit} needs a value`, { hint })
    case 'commander.excessArguments':
      return new TidemarkError('E_CHAIN', `${definition.name} does not take so many words: ${words.join(' ')}`, {
        hint,
      })
    case 'commander.missingArgument':
      // of two mistakes the one that comes first in the line
      if (first && word !== undefined && !first.includes(word)) return notAKeyword(word, first, definition)
      return new TidemarkError(
        'E_CHAIN',
        `${definition.name} needs ${name}${keywords ? `: ${listed(keywords)}` : ''}`,
        {
          hint,
        },
      )
    default:
      return new TidemarkError('E_CHAIN', `${definition.name}: ${message}`, { hint })
  }
}
