import { suggest } from '../../base/suggest.ts'
import { COMMAND_FLAGS } from './command-flags.ts'
import { COMMANDS } from './commands.ts'
import type { FlagDefinition } from './flag.ts'
import { JOB_FLAGS } from './job-flags.ts'
import { STEP_DEFAULTS, STEP_FLAGS } from './step-flags.ts'
import type { CommandDefinition, Verb, VerbDefinition } from './verb.ts'
import { VERBS } from './verbs.ts'

/** All flags there are, of every scope. */
export const ALL_FLAGS: readonly FlagDefinition[] = [...JOB_FLAGS, ...STEP_FLAGS, ...STEP_DEFAULTS, ...COMMAND_FLAGS]

/** What a chain's flag may be where it stands: behind a verb, or before the first one, or in a command. */
export interface Place {
  readonly verb?: VerbDefinition | undefined
  readonly command?: CommandDefinition | undefined
}

const verbsByName = new Map(VERBS.map((verb) => [verb.name, verb]))
const commandsByName = new Map(COMMANDS.map((command) => [command.name, command]))
const flagsByLongName = new Map(
  ALL_FLAGS.filter(({ verb }) => verb === undefined).flatMap((flag) =>
    namesOf(flag).map((name) => [name, flag] as const),
  ),
)
const ownFlags = ALL_FLAGS.filter(({ verb }) => verb !== undefined)

/** The flag with that long name in a verb. */
const flagIn = (verb: VerbDefinition | undefined, name: string): FlagDefinition | undefined =>
  ownFlags.find((flag) => flag.name === name && flag.verb === verb?.name) ?? flagsByLongName.get(name)

export const findVerb = (name: string): Verb | undefined => verbsByName.get(name)
export const findCommand = (name: string): CommandDefinition | undefined => commandsByName.get(name)

/** The flag with that long name (or alias), in whatever scope. */
export const findFlag = (name: string): FlagDefinition | undefined => flagsByLongName.get(name)

/** Its long names, aliases included. */
export function namesOf(flag: FlagDefinition): readonly string[] {
  return [flag.name, ...(flag.aliases ?? [])]
}

/** The step flags and step defaults of a verb, in the order of its help, with the verb's own words. */
export function flagsOfVerb(verb: VerbDefinition): readonly FlagDefinition[] {
  return verb.flags.map((name) => ({ ...flagIn(verb, name)!, ...verb.flagLines?.[name] }))
}

/** May the flag stand here? */
export function standsIn(flag: FlagDefinition, { verb, command }: Place): boolean {
  if (flag.scope === 'job') return true
  if (flag.scope === 'command') return command?.flags.includes(flag.name) ?? false
  if (verb) return verb.flags.includes(flag.name) && flagIn(verb, flag.name) === flag
  return flag.scope === 'step-default'
}

/** Every flag that may stand here. */
export const flagsAt = (place: Place): readonly FlagDefinition[] => ALL_FLAGS.filter((flag) => standsIn(flag, place))

/** The flag that a long name means here: `--file` of a verb that has it. */
export function longFlagAt(name: string, place: Place): FlagDefinition | undefined {
  const flag = flagIn(place.verb, name)
  return flag && standsIn(flag, place) ? flag : undefined
}

/** The flag that a letter means here. */
export const shortFlagAt = (letter: string, place: Place): FlagDefinition | undefined =>
  ALL_FLAGS.find((flag) => flag.short === letter && standsIn(flag, place))

/** The verbs that have a flag. */
export const verbsWith = (flag: FlagDefinition): readonly VerbDefinition[] =>
  VERBS.filter((verb) => verb.flags.includes(flag.name) && flagIn(verb, flag.name) === flag)

/** For "did you mean": the nearest name, or the only one that `word` begins. Flags come without dashes. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const begun = word.length > 1 ? names.filter((name) => name.startsWith(word)) : []
  return begun.length === 1 ? begun[0] : word.length > 1 ? suggest(word, names) : undefined
}
