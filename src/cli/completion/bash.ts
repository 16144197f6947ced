import { COMMANDS } from '../../frontend/flags/commands.ts'
import { keywordsOf, takesFile } from '../../frontend/flags/flag.ts'
import type { CommandDefinition } from '../../frontend/flags/verb.ts'
import { VERBS } from '../../frontend/flags/verbs.ts'
import {
  chainsOfTwoWords,
  commandFlags,
  commandWords,
  flagsBeforeVerb,
  flagsBehind,
  flagsWithValue,
  longSpellings,
  spellings,
  takesFolders,
  verbsWithArgument,
  verbWords,
  wordsOfCommand,
} from './words.ts'

/** For bash 3.2 and later. */
export const bashCompletion = (): string =>
  `${[takesValueFunction(), OFFERS, valueFunction(), flagsFunction(), `${READ_WORDS}\n\n${offerWords()}`].join('\n\n')}\n`

const takesValueFunction = () => `# bash completion for tidemark; made by: tidemark completion bash

_tidemark_flag_takes_value() {
  case $1 in
    ${flagsWithValue.flatMap(spellings).join(' | ')}) return 0 ;;
  esac
  return 1
}`

const OFFERS = `_tidemark_offer() {
  local word
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen "$@")
}

_tidemark_offer_files() {
  compopt -o filenames 2>/dev/null
  _tidemark_offer -f -- "$1"
}

_tidemark_offer_folders() {
  compopt -o filenames 2>/dev/null
  _tidemark_offer -d -- "$1"
}`

const valueFunction = () => `_tidemark_offer_value() {
  case $1 in
${flagsWithValue.flatMap(valueCase).join('\n')}
  esac
}`

const flagsFunction = () => `_tidemark_offer_flags() {
  case $1 in
${VERBS.map((verb) => `    ${verb.name}) _tidemark_offer -W ${`'${longSpellings(flagsBehind(verb))}'`} -- "$2" ;;`).join('\n')}
${COMMANDS.filter(({ takesChain }) => !takesChain)
  .map((command) => `    ${command.name}) _tidemark_offer -W '${longSpellings(commandFlags(command))}' -- "$2" ;;`)
  .join('\n')}
    explain) _tidemark_offer -W '${longSpellings(flagsBeforeVerb)} --json' -- "$2" ;;
    *) _tidemark_offer -W '${longSpellings(flagsBeforeVerb)}' -- "$2" ;;
  esac
}`

const READ_WORDS = `# Reads the words before the cursor as tidemark does: values of flags, flags, the verb, its argument, then, files.
_tidemark() {
  local cur=\${COMP_WORDS[COMP_CWORD]} place='' flag='' argument=0 ended=0 first=1 i word
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ -n $flag ]]; then
      # bash cuts --flag=value and fd:3 at the signs
      [[ $word == '=' ]] || flag=''
    elif [[ $word == '=' || $word == ':' ]]; then
      ((i++))
    elif ((!ended)) && [[ $word == -- ]]; then
      ended=1
    elif ((!ended)) && [[ $word == -?* ]]; then
      if _tidemark_flag_takes_value "$word"; then flag=$word; fi
      [[ $word == -f || $word == --file ]] && argument=0
    elif [[ ${chainsOfTwoWords.map(([first, second]) => `"$place $word" == '${first} ${second}'`).join(' || ')} ]]; then
      place=explain
    elif [[ -z $place || $place == explain ]]; then
      place=$word first=0
      case $word in ${verbsWithArgument.join(' | ')}) argument=1 ;; esac
    elif ((argument)); then
      argument=0
    elif ((!ended)) && [[ $word == then ]]; then
      place=''
    fi
  done
  [[ $cur == '=' ]] && cur=''`

/** The end of the function that READ_WORDS begins. */
const offerWords = () => `  if [[ -n $flag ]]; then
    _tidemark_offer_value "$flag" "$cur"
  elif ((!ended)) && [[ $cur == -* ]]; then
    _tidemark_offer_flags "$place" "$cur"
  else
    case $place in
      '') _tidemark_offer -W "${verbWords}$( ((first)) && echo ' ${commandWords}')" -- "$cur" ;;
      explain) _tidemark_offer -W '${verbWords}' -- "$cur" ;;
${COMMANDS.filter(({ takesChain }) => !takesChain)
  .map(wordsCase)
  .join('\n')}
      *)
        if ((!argument)); then
          ((ended)) || _tidemark_offer -W then -- "$cur"
          _tidemark_offer_files "$cur"
        fi
        ;;
    esac
  fi
}

complete -F _tidemark tidemark`

/** The arm of the case for the words behind a command. */
function wordsCase(command: CommandDefinition): string {
  const folders = takesFolders(command) ? '; _tidemark_offer_folders "$cur"' : ''
  return `      ${command.name}) _tidemark_offer -W '${wordsOfCommand(command).join(' ')}' -- "$cur"${folders} ;;`
}

/** The arm of the case for a flag whose values can be offered. */
function valueCase(flag: (typeof flagsWithValue)[number]): string[] {
  const offers = [
    ...(keywordsOf(flag).length > 0 ? [`_tidemark_offer -W '${keywordsOf(flag).join(' ')}' -- "$2"`] : []),
    ...(takesFile(flag) ? ['_tidemark_offer_files "$2"'] : []),
  ]
  return offers.length === 0 ? [] : [`    ${spellings(flag).join(' | ')}) ${offers.join('; ')} ;;`]
}
