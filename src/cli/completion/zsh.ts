import { COMMANDS } from '../../frontend/flags/commands.ts'
import { type FlagDefinition, keywordsOf, takesFile } from '../../frontend/flags/flag.ts'
import type { CommandDefinition } from '../../frontend/flags/verb.ts'
import { VERBS } from '../../frontend/flags/verbs.ts'
import {
  chainsOfTwoWords,
  commandFlags,
  flagsBeforeVerb,
  flagsBehind,
  flagsWithValue,
  quoted,
  simpleCommands,
  spellings,
  takesFolders,
  verbsWithArgument,
  wordsOfCommand,
} from './words.ts'

export const zshCompletion = (): string =>
  `${[takesValueFunction(), valueFunction(), flagsFunction(), nameFunctions(), `${READ_WORDS}\n\n${offerWords()}`].join('\n\n')}\n`

const takesValueFunction = () => `#compdef tidemark
# zsh completion for tidemark; made by: tidemark completion zsh

_tidemark_flag_takes_value() {
  [[ $1 == (${flagsWithValue.flatMap(spellings).join('|')}) ]]
}`

const valueFunction = () => `_tidemark_value() {
  case $1 in
${flagsWithValue.flatMap(valueCase).join('\n')}
    *) _message 'value of '$1 ;;
  esac
}`

const flagsFunction = () => `_tidemark_flags() {
  local -a flags
  case $1 in
${VERBS.map((verb) => `    (${verb.name}) flags=(${described(flagsBehind(verb))}) ;;`).join('\n')}
${COMMANDS.filter(({ takesChain }) => !takesChain)
  .map((command) => `    (${command.name}) flags=(${described(commandFlags(command))}) ;;`)
  .join('\n')}
    (explain) flags=(${described([...commandFlags(COMMANDS.find(({ takesChain }) => takesChain)!), ...flagsBeforeVerb])}) ;;
    (*) flags=(${described(flagsBeforeVerb)}) ;;
  esac
  _describe -t flags flag flags -o
}`

const nameFunctions = () => `_tidemark_verbs() {
  local -a verbs
  verbs=(${VERBS.map(({ name, summary }) => item(name, summary)).join(' ')})
  _describe -t verbs verb verbs
}

_tidemark_commands() {
  local -a commands
  commands=(${simpleCommands.map(({ name, summary }) => item(name, summary)).join(' ')})
  _describe -t commands command commands
}`

const READ_WORDS = `# Reads the words before the cursor as tidemark does: values of flags, flags, the verb, its argument, then, files.
_tidemark() {
  local place='' flag='' word
  integer argument=0 ended=0 first=1 i
  for ((i = 2; i < CURRENT; i++)); do
    word=\${(Q)words[i]}
    if [[ -n $flag ]]; then
      flag=''
    elif ((!ended)) && [[ $word == -- ]]; then
      ended=1
    elif ((!ended)) && [[ $word == -?* ]]; then
      if _tidemark_flag_takes_value $word; then flag=$word; fi
      if [[ $word == (-f|--file|--file=*) ]]; then argument=0; fi
    elif [[ ${chainsOfTwoWords.map(([first, second]) => `"$place $word" == '${first} ${second}'`).join(' || ')} ]]; then
      place=explain
    elif [[ -z $place || $place == explain ]]; then
      place=$word first=0
      if [[ $word == (${verbsWithArgument.join('|')}) ]]; then argument=1; fi
    elif ((argument)); then
      argument=0
    elif ((!ended)) && [[ $word == then ]]; then
      place=''
    fi
  done`

/** The end of the function that READ_WORDS begins. */
const offerWords = () => `  if [[ -n $flag ]]; then
    _tidemark_value $flag
  elif ((!ended)) && [[ $PREFIX == --*=* ]]; then
    flag=\${PREFIX%%=*}
    compset -P '*='
    _tidemark_value $flag
  elif ((!ended)) && [[ $PREFIX == -* ]]; then
    _tidemark_flags "$place"
  else
    case $place in
      ('') _tidemark_verbs; ((first)) && _tidemark_commands ;;
      (explain) _tidemark_verbs ;;
${COMMANDS.filter(({ takesChain }) => !takesChain)
  .map(wordsCase)
  .join('\n')}
      (*)
        if ((argument)); then
          _message "argument of $place"
        else
          ((ended)) || compadd -- then
          _files
        fi
        ;;
    esac
  fi
}

if [[ $funcstack[1] == _tidemark ]]; then
  _tidemark "$@"
else
  compdef _tidemark tidemark
fi`

/** The arm of the case for the words behind a command. */
const wordsCase = (command: CommandDefinition): string =>
  `      (${command.name}) compadd -- ${wordsOfCommand(command).join(' ')}${takesFolders(command) ? '; _files -/' : ''} ;;`

/** `name:what it does`, quoted; a colon in the name would end it. */
const item = (name: string, summary: string) => quoted(`${name.replaceAll(':', '\\:')}:${summary}`)

const described = (flags: readonly FlagDefinition[]) =>
  flags.flatMap((flag) => spellings(flag).map((spelling) => item(spelling, flag.summary))).join(' ')

function valueCase(flag: FlagDefinition): string[] {
  const offers = [
    ...(keywordsOf(flag).length > 0 ? [`compadd -- ${keywordsOf(flag).join(' ')}`] : []),
    ...(takesFile(flag) ? ['_files'] : []),
  ]
  return offers.length === 0 ? [] : [`    (${spellings(flag).join('|')}) ${offers.join('; ')} ;;`]
}
