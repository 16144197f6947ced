import { RowError } from '../../base/errors.ts'

/** Java's names of ASCII classes, as ranges that can stand within brackets. */
const CLASSES: Readonly<Record<string, string>> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  ASCII: '\\x00-\\x7F',
  Alpha: 'A-Za-z',
  Digit: '0-9',
  Alnum: 'A-Za-z0-9',
  Punct: '!-\\/:-@\\[-`\\{-~',
  Graph: '!-~',
  Print: ' -~',
  Blank: ' \\t',
  Cntrl: '\\x00-\\x1F\\x7F',
  XDigit: '0-9A-Fa-f',
  Space: ' \\t\\n\\x0B\\f\\r',
}

const ESCAPES: Readonly<Record<string, string>> = {
  A: '(?<![^])',
  z: '(?![^])',
  Z: '(?=\\n?(?![^]))',
  h: '[ \\t\\xA0]',
  e: '\\x1B',
  a: '\\x07',
}

/** What may follow a backslash in a JavaScript pattern under the flag `u` and means the same in Java. */
const SHARED_ESCAPE = /[dDwWsSbBtnrfvkcxu0-9^$\\.*+?()[\]{}|/pP]/

/**
 * A Java regular expression as a JavaScript one, working on code points. Leading flags `(?i)`, `(?s)`, `(?m)`, `\Q...\E`, `\A`, `\z`,
 * `\h` and ASCII classes such as `\p{Alpha}` are translated. Not supported are possessive quantifiers, atomic groups, flags in the
 * middle, intersections of classes and `(?x)`; `$` without `(?m)` is the very end, where Java also stops before a last line break.
 * Throws `RowError` if it cannot be read. A pattern that backtracks without end is its author's risk, as in Java.
 */
export function javaPattern(pattern: string): RegExp {
  const [leading = '', letters = ''] = /^\(\?([imsu]+)\)/.exec(pattern) ?? []
  const flags = [...new Set(letters)].filter((letter) => letter !== 'u').join('')
  try {
    return new RegExp(translated(pattern.slice(leading.length)), `${flags}gu`)
  } catch (error) {
    const reason = (error as Error).message.replace(/^.*: /, '').toLowerCase()
    throw new RowError(`'${pattern}' is not a regular expression: ${reason}`)
  }
}

function translated(pattern: string): string {
  let text = ''
  let isInClass = false
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at]!
    if (character === '\\') {
      const [piece, length] = escapeAt(pattern, at, isInClass)
      text += piece
      at += length - 1
    } else if (isInClass) {
      if (character === '[') throw new SyntaxError('a class within a class')
      if (character === ']') isInClass = false
      text += character
    } else if (character === '[') {
      const opening = /^\[\^?\]?/.exec(pattern.slice(at))![0]
      text += opening.replace(']', '\\]')
      at += opening.length - 1
      isInClass = true
    } else
      text += character === ']' || (character === '}' && !isRepetitionEnd(pattern, at)) ? `\\${character}` : character
  }
  return text
}

const isRepetitionEnd = (pattern: string, at: number) => /\{\d+(?:,\d*)?$/.test(pattern.slice(0, at))

/** The translation of the escape at a backslash, and how many characters of the pattern it takes. */
function escapeAt(pattern: string, at: number, isInClass: boolean): readonly [string, number] {
  const next = pattern[at + 1]
  if (next === undefined) throw new SyntaxError('a backslash at the end')
  if (next === 'Q') {
    const end = pattern.indexOf('\\E', at + 2)
    const quoted = pattern.slice(at + 2, end < 0 ? undefined : end)
    return [quoted.replace(/[\\^$.*+?()[\]{}|/-]/g, quoteMark), quoted.length + (end < 0 ? 2 : 4)]
  }
  const [named = '', negation, name = ''] = /^\\([pP])\{(\w+)\}/.exec(pattern.slice(at)) ?? []
  const ranges = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined
  if (ranges !== undefined) {
    if (isInClass && negation === 'P') throw new SyntaxError(`${named} within a class`)
    return [isInClass ? ranges : `[${negation === 'P' ? '^' : ''}${ranges}]`, named.length]
  }
  const piece = Object.hasOwn(ESCAPES, next) ? ESCAPES[next] : undefined
  if (piece !== undefined && !isInClass) return [piece, 2]
  if (SHARED_ESCAPE.test(next) || (isInClass && next === '-')) return [`\\${next}`, 2]
  if (/[A-Za-z]/.test(next)) throw new SyntaxError(`unknown escape \\${next}`)
  return [next, 2]
}

const quoteMark = (mark: string) => (mark === '-' ? '\\x2d' : `\\${mark}`)
