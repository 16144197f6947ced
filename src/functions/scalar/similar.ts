import { RowError } from '../../base/errors.ts'
import { defineScalar, type ScalarFunction } from '../scalar-function.ts'
import { remembering } from './arguments.ts'
import { javaPattern } from './java-pattern.ts'

const CLASSES: Readonly<Record<string, string>> = {
  ALPHA: '\\p{Alpha}',
  UPPER: '\\p{Upper}',
  LOWER: '\\p{Lower}',
  DIGIT: '\\d',
  SPACE: ' ',
  WHITESPACE: '\\s',
  ALNUM: '\\p{Alnum}',
}
/** What an escape character may stand before, besides itself. */
const SPECIAL = '[]()|^-+*_%?{}'

/**
 * SQL's regular expression as Flink (Calcite) reads it: `%` any text, `_` any character, `| * + ? {n,m} ( ) [ ]` as in Java, also a dot. The
 * whole text must match. Neither `%` nor `_` goes over the end of a line.
 */
function similarPattern(pattern: string, escaping: string | null): RegExp {
  if (escaping !== null && [...escaping].length !== 1)
    throw new RowError(`ESCAPE needs one character, not '${escaping}'`)
  let java = ''
  let isInClass = false
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at]!
    if (character === escaping) {
      at += 1
      java += escaped(pattern, pattern[at], escaping)
      continue
    }
    const [, name = ''] = isInClass ? (/^\[:(\w+):\]/.exec(pattern.slice(at)) ?? []) : []
    const named = Object.hasOwn(CLASSES, name.toUpperCase()) ? CLASSES[name.toUpperCase()] : undefined
    if (named !== undefined) {
      java += named
      at += name.length + 3
      continue
    }
    if (character === '[') isInClass = true
    if (character === ']') isInClass = false
    java += isInClass ? (character === '\\' ? '\\\\' : character) : outside(character)
  }
  const compiled = javaPattern(`\\A(?:${java})\\z`)
  return new RegExp(compiled.source, compiled.flags.replace('g', ''))
}

function outside(character: string): string {
  if (character === '%') return '(?:.*)'
  if (character === '_') return '.'
  return character === '\\' || character === '$' ? `\\${character}` : character
}

function escaped(pattern: string, next: string | undefined, escaping: string): string {
  if (next === undefined || (next !== escaping && !SPECIAL.includes(next)))
    throw new RowError(
      `the pattern '${pattern}' has nothing to escape after '${escaping}'`,
      `'${escaping}' stands before one of ${SPECIAL} or itself`,
    )
  return /[\p{L}\p{N}\s_%]/u.test(next) ? next : `\\${next}`
}

const compile = remembering((key: string) => {
  const [pattern, escaping] = JSON.parse(key) as [string, string | null]
  return similarPattern(pattern, escaping)
})

/** SIMILAR TO comes from the parser as a call. */
export const SIMILAR_FUNCTIONS: readonly ScalarFunction[] = [
  defineScalar({
    name: 'similar_to',
    signature: 'similar_to(text, pattern [, escape]), text SIMILAR TO pattern [ESCAPE escape]',
    summary:
      "whether a whole text matches SQL's regular expression: % any text, _ a character, | * + ? {2,3} ( ) [a-z]",
    parameters: ['string', 'string', 'string'],
    optional: 1,
    returns: 'boolean',
    flinkName: 'SIMILAR TO',
    apply: ([text, pattern, escaping = null]) =>
      compile(JSON.stringify([pattern as string, escaping as string | null])).test(text as string),
    prepare([, pattern, escaping = null], _zone) {
      if (typeof pattern !== 'string' || (escaping !== null && typeof escaping !== 'string'))
        return ([text, by, character = null]) =>
          compile(JSON.stringify([by as string, character as string | null])).test(text as string)
      const compiled = similarPattern(pattern, escaping)
      return ([text]) => compiled.test(text as string)
    },
  }),
]
