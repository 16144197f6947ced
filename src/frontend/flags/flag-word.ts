import { findFlag, longFlagAt, type Place, shortFlagAt } from './definitions.ts'
import { type FlagDefinition, takesValue } from './flag.ts'

/** One flag in a word: `-qv` holds two, `-t ts` one without its value, `-tts` and `--time=ts` one with it. */
export interface WrittenFlag {
  readonly flag: FlagDefinition
  readonly written: string
  /** What stands in the same word; undefined if the word ends after the name. */
  readonly attached?: string
}

/** The flags of a word; `unknown` is the part that is no flag in this place. */
export interface FlagWord {
  readonly flags: readonly WrittenFlag[]
  readonly unknown?: string
}

/** Has the word the form of a flag? `-` alone is standard input, `--` ends flags. */
export const looksLikeFlag = (word: string) => word.startsWith('-') && word !== '-' && word !== '--'

/** Reads the flags of a word that looks like one. */
export function splitFlagWord(word: string, place: Place): FlagWord {
  return word.startsWith('--') ? splitLong(word, place) : splitShort(word, place)
}

function splitLong(word: string, place: Place): FlagWord {
  const equals = word.indexOf('=')
  const written = equals < 0 ? word : word.slice(0, equals)
  const flag = longFlagAt(written.slice(2), place)
  if (!flag) return { flags: [], unknown: written }
  return { flags: [equals < 0 ? { flag, written } : { flag, written, attached: word.slice(equals + 1) }] }
}

/** Letters without values may be joined; the first that takes a value takes the rest of the word. */
function splitShort(word: string, place: Place): FlagWord {
  const flags: WrittenFlag[] = []
  for (let at = 1; at < word.length; at += 1) {
    const written = `-${word[at]}`
    const flag = shortFlagAt(word[at]!, place)
    if (!flag) return { flags, unknown: at === 1 ? word : written }
    const rest = word.slice(at + 1)
    if (takesValue(flag)) {
      flags.push(rest === '' ? { flag, written } : { flag, written, attached: rest })
      break
    }
    flags.push({ flag, written })
  }
  return { flags }
}

/** Would the word, as it stands, be taken for a flag here? Such a word is never swallowed as the value of another flag. */
export function isKnownFlag(word: string, place: Place): boolean {
  if (word === '--') return true
  if (!looksLikeFlag(word)) return false
  if (word.startsWith('--')) return findFlag(word.slice(2).split('=')[0]!) !== undefined
  return splitFlagWord(word, place).unknown === undefined
}
