import { COMMANDS } from '../../frontend/flags/commands.ts'
import { ALL_FLAGS, namesOf, verbsWith } from '../../frontend/flags/definitions.ts'
import { type FlagDefinition, keywordsOf, takesFile, takesValue } from '../../frontend/flags/flag.ts'
import { VERBS } from '../../frontend/flags/verbs.ts'
import {
  chainsOfTwoWords,
  flagsWithValue,
  simpleCommands,
  spellings,
  takesFolders,
  verbsWithArgument,
  wordsOfCommand,
} from './words.ts'

export const fishCompletion = (): string => `${stateFunctions()}\n\n${completeLines()}\n`

const stateFunctions = () => `# fish completion for tidemark; made by: tidemark completion fish

# Reads the words before the cursor as tidemark does: values of flags, flags, the verb, its argument, then, files. Prints the place, and what is
# due there: "start verb", "tumble argument", "tumble files", "explain verb", "then verb", "help words".
function __tidemark_state
    set -l words (commandline -opc)
    set -l place start
    set -l due verb
    set -l value 0
    set -l ended 0
    for word in $words[2..-1]
        if test $value = 1
            set value 0
        else if test $ended = 0; and test "$word" = --
            set ended 1
        else if test $ended = 0; and string match -qr -- '^-.' $word
            if contains -- $word ${flagsWithValue.flatMap(spellings).join(' ')}
                set value 1
            end
            if string match -qr -- '^(-f|--file)' $word; and test $due = argument
                set due files
            end
        else if test $due = verb
            set place $word
            switch $word
                case ${verbsWithArgument.join(' ')}
                    set due argument
                case explain
                    set due verb
                case ${simpleCommands
                  .filter(({ takesChain }) => !takesChain)
                  .map(({ name }) => name)
                  .join(' ')}
                    set due words
                case '*'
                    set due files
            end
        else if ${chainsOfTwoWords.map(([first, second]) => `test "$place $word" = '${first} ${second}'`).join('; or ')}
            set place explain
            set due verb
        else if test $due = argument
            set due files
        else if test $ended = 0; and test "$word" = then
            set place then
            set due verb
        end
    end
    if test $ended = 1; and test $due = files
        set due last-files
    end
    printf '%s\\n' $place $due
end

function __tidemark_place
    set -l state (__tidemark_state)
    contains -- $state[1] $argv
end

function __tidemark_due
    set -l state (__tidemark_state)
    contains -- $state[2] $argv
end`

const completeLines = () => `complete -c tidemark -f
complete -c tidemark -n '__tidemark_due files last-files' -F
complete -c tidemark -n '__tidemark_due files' -a then -d 'one more verb'
${VERBS.map(({ name, summary }) => `complete -c tidemark -n '__tidemark_due verb' -a ${name} -d ${fishQuoted(summary)}`).join('\n')}
${simpleCommands.map(({ name, summary }) => `complete -c tidemark -n '__tidemark_place start' -a ${name} -d ${fishQuoted(summary)}`).join('\n')}
${COMMANDS.flatMap((command) => {
  const words = wordsOfCommand(command)
  return words.length === 0
    ? []
    : [`complete -c tidemark -n '__tidemark_place ${command.name}' -a '${words.join(' ')}'`]
}).join('\n')}
${COMMANDS.filter(takesFolders)
  .map(({ name }) => `complete -c tidemark -n '__tidemark_place ${name}' -a '(__fish_complete_directories)'`)
  .join('\n')}
${ALL_FLAGS.map(flagLine).join('\n')}`

function flagLine(flag: FlagDefinition): string {
  const names = namesOf(flag).map((name) => `-l ${name}`)
  const value = !takesValue(flag) ? '' : takesFile(flag) ? ' -r -F' : ' -x'
  const keywords = keywordsOf(flag)
  return [
    `complete -c tidemark -n ${fishQuoted(condition(flag))}`,
    ...(flag.short ? [`-s ${flag.short}`] : []),
    `${names.join(' ')}${value}`,
    ...(keywords.length > 0 ? [`-a '${keywords.join(' ')}'`] : []),
    `-d ${fishQuoted(flag.summary)}`,
  ].join(' ')
}

/** Where the flag may stand, as fish asks it. */
function condition(flag: FlagDefinition): string {
  const verbs = verbsWith(flag).map(({ name }) => name)
  if (flag.scope === 'step') return `__tidemark_place ${verbs.join(' ')}`
  if (flag.scope === 'step-default') return `__tidemark_place start explain ${verbs.join(' ')}`
  if (flag.scope === 'command') {
    return `__tidemark_place ${simpleCommands
      .filter(({ flags }) => flags.includes(flag.name))
      .map(({ name }) => name)
      .join(' ')}`
  }
  return flag.name === 'help' ? '__tidemark_due verb argument files words' : '__tidemark_due verb argument files'
}

const fishQuoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
