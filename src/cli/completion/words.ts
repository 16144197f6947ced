import { COMMANDS } from '../../frontend/flags/commands.ts'
import { ALL_FLAGS, flagsAt, flagsOfVerb, namesOf } from '../../frontend/flags/definitions.ts'
import { type FlagDefinition, takesValue } from '../../frontend/flags/flag.ts'
import type { CommandDefinition, VerbDefinition } from '../../frontend/flags/verb.ts'
import { VERBS } from '../../frontend/flags/verbs.ts'
import { helpTopics } from '../help.ts'

/** The verbs, as words for a shell's list. */
export const verbWords = VERBS.map(({ name }) => name).join(' ')
export const verbsWithArgument = VERBS.filter(({ argument }) => argument).map(({ name }) => name)
/** Commands of one word; those of two are words of the first. */
export const simpleCommands = COMMANDS.filter(({ name }) => !name.includes(' '))
export const commandWords = simpleCommands.map(({ name }) => name).join(' ')
/** `state plan`: behind its two words stands what stands behind `explain`. */
export const chainsOfTwoWords = COMMANDS.filter(({ name, takesChain }) => takesChain && name.includes(' ')).map(
  ({ name }) => name.split(' ') as [string, string],
)

/** `--by -b`: everything that a flag may be written as. */
export const spellings = (flag: FlagDefinition): readonly string[] => [
  ...namesOf(flag).map((name) => `--${name}`),
  ...(flag.short ? [`-${flag.short}`] : []),
]

export const longSpellings = (flags: readonly FlagDefinition[]) =>
  flags.flatMap((flag) => namesOf(flag).map((name) => `--${name}`)).join(' ')

export const flagsWithValue = ALL_FLAGS.filter(takesValue)

/** Before the first verb, and behind each verb: the step's own flags first. */
export const flagsBeforeVerb = flagsAt({})
export const flagsBehind = (verb: VerbDefinition): readonly FlagDefinition[] => {
  const own = new Set(verb.flags)
  return [...flagsOfVerb(verb), ...flagsAt({ verb }).filter(({ name }) => !own.has(name))]
}

/** What may follow a command that takes no chain. */
export const wordsOfCommand = (command: CommandDefinition): readonly string[] => [
  ...(command.name === 'help'
    ? helpTopics().filter((topic) => !topic.includes(' '))
    : command.arguments.flatMap(({ keywords }) => keywords ?? [])),
  ...chainsOfTwoWords.filter(([first]) => first === command.name).map(([, second]) => second),
]

/** Does the command take directories? */
export const takesFolders = ({ arguments: taken }: CommandDefinition): boolean => taken.some(({ isFolder }) => isFolder)

export const commandFlags = (command: CommandDefinition): readonly FlagDefinition[] => [
  ...ALL_FLAGS.filter(({ name }) => command.flags.includes(name)),
  ...ALL_FLAGS.filter(({ name }) => name === 'help'),
]

/** In single quotes, for bash and zsh. */
export const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
