import { RowError } from '../../base/errors.ts'
import type { Value } from '../../data/value.ts'
import { defineScalar, type ScalarFunction } from '../scalar-function.ts'
import { wholeOf } from './arguments.ts'
import { indexIn, lengthOf, reversed } from './code-points.ts'

/** INSTR with a start and a count: a negative start searches from the end, as Flink does it, by turning both round. */
function instr(text: string, part: string, start: number, nth: number): number {
  if (nth <= 0) throw new RowError(`instr looks for occurrence 1 or a later one, not ${nth}`)
  if (start === 0) return 0
  if (start < 0) {
    const place = instr(reversed(text), reversed(part), -start, nth)
    return place === 0 ? 0 : lengthOf(text) + 2 - place - lengthOf(part)
  }
  let place = start - 1
  for (let i = 0; i < nth; i += 1) {
    place = indexIn(text, part, place) + 1
    if (place === 0) return 0
  }
  return place
}

/** Splits like commons-lang `splitByWholeSeparatorPreserveAllTokens`: nothing in '' to split, '' splits at white space. */
function splitAt(text: string, separator: Value): readonly string[] {
  if (text === '') return []
  if (typeof separator === 'string') return text.split(separator === '' ? /\s/ : separator)
  if (typeof separator !== 'number') throw new RowError('split_index takes a text or a character code to split at')
  return separator < 1 || separator > 255 ? [] : text.split(String.fromCharCode(separator))
}

export const SEARCH_FUNCTIONS: readonly ScalarFunction[] = [
  defineScalar({
    name: 'char_length',
    aliases: ['character_length', 'length'],
    signature: 'char_length(text)',
    summary: 'how many characters a text has',
    parameters: ['string'],
    returns: 'number',
    flinkName: 'CHAR_LENGTH',
    apply: ([text]) => lengthOf(text as string),
  }),
  defineScalar({
    name: 'position',
    signature: 'position(part IN text)',
    summary: 'where a part begins in a text, from 1; 0 if it is not there',
    parameters: ['string', 'string'],
    returns: 'number',
    flinkName: 'POSITION',
    apply: ([part, text]) => indexIn(text as string, part as string, 0) + 1,
  }),
  defineScalar({
    name: 'locate',
    signature: 'locate(part, text [, start])',
    summary: 'where a part begins in a text at or after start, from 1; 0 if it is not there',
    parameters: ['string', 'string', 'number'],
    optional: 1,
    returns: 'number',
    flinkName: 'LOCATE',
    apply: ([part, text, start]) =>
      indexIn(text as string, part as string, start === undefined ? 0 : Math.max(0, wholeOf(start) - 1)) + 1,
  }),
  defineScalar({
    name: 'instr',
    signature: 'instr(text, part [, start [, nth]])',
    summary: 'where the nth occurrence of a part begins, from 1; a start below 0 searches from the end; 0 if none',
    parameters: ['string', 'string', 'number', 'number'],
    optional: 2,
    returns: 'number',
    flinkName: 'INSTR',
    apply: ([text, part, start, nth]) =>
      instr(
        text as string,
        part as string,
        start === undefined ? 1 : wholeOf(start),
        nth === undefined ? 1 : wholeOf(nth),
      ),
  }),
  defineScalar({
    name: 'split_index',
    signature: 'split_index(text, separator, index)',
    summary: 'the part with that index, from 0, of a text cut at a separator; NULL if there is none',
    parameters: ['string', 'any', 'number'],
    returns: 'string',
    flinkName: 'SPLIT_INDEX',
    apply: ([text, separator, index]) => splitAt(text as string, separator!)[wholeOf(index!)] ?? null,
  }),
  defineScalar({
    name: 'startswith',
    signature: 'startswith(text, part)',
    summary: 'whether a text begins with a part',
    parameters: ['string', 'string'],
    returns: 'boolean',
    flinkName: 'STARTSWITH',
    apply: ([text, part]) => (text as string).startsWith(part as string),
  }),
  defineScalar({
    name: 'endswith',
    signature: 'endswith(text, part)',
    summary: 'whether a text ends with a part',
    parameters: ['string', 'string'],
    returns: 'boolean',
    flinkName: 'ENDSWITH',
    apply: ([text, part]) => (text as string).endsWith(part as string),
  }),
  defineScalar({
    name: 'ascii',
    signature: 'ascii(text)',
    summary: 'the code of the first character; 0 for an empty text',
    parameters: ['string'],
    returns: 'number',
    flinkName: 'ASCII',
    apply: ([text]) => (text as string).codePointAt(0) ?? 0,
  }),
  defineScalar({
    name: 'chr',
    signature: 'chr(code)',
    summary: 'the character with that code, taken modulo 256; empty if the code is negative',
    parameters: ['number'],
    returns: 'string',
    flinkName: 'CHR',
    apply([code]) {
      const whole = wholeOf(code!)
      return whole < 0 ? '' : String.fromCharCode(whole % 256)
    },
  }),
  defineScalar({
    name: 'elt',
    signature: 'elt(index, text, ...)',
    summary: 'the text with that index, from 1; NULL if there is none',
    parameters: ['number', 'string'],
    variadic: true,
    returns: 'string',
    takesNull: true,
    flinkName: 'ELT',
    apply([index, ...texts]) {
      if (index === null) return null
      return texts[wholeOf(index!) - 1] ?? null
    },
  }),
  defineScalar({
    name: 'is_alpha',
    signature: 'is_alpha(value)',
    summary: 'whether a value is a text of letters only; false for NULL',
    parameters: ['any'],
    returns: 'boolean',
    takesNull: true,
    flinkName: 'IS_ALPHA',
    apply: ([value]) => typeof value === 'string' && /^\p{L}+$/u.test(value),
  }),
  defineScalar({
    name: 'is_digit',
    signature: 'is_digit(value)',
    summary: 'whether a value is a whole number or a text of digits only; false for NULL',
    parameters: ['any'],
    returns: 'boolean',
    takesNull: true,
    flinkName: 'IS_DIGIT',
    apply: ([value]) =>
      typeof value === 'string' ? /^\p{Nd}+$/u.test(value) : typeof value === 'bigint' || Number.isInteger(value),
  }),
  defineScalar({
    name: 'is_decimal',
    signature: 'is_decimal(value)',
    summary: 'whether a value is a number or a text that can be read as one; false for NULL',
    parameters: ['any'],
    returns: 'boolean',
    takesNull: true,
    flinkName: 'IS_DECIMAL',
    apply: ([value]) =>
      typeof value === 'string' ? JAVA_DOUBLE.test(value) : typeof value === 'number' || typeof value === 'bigint',
  }),
]

/** What `Double.parseDouble` reads, but for hexadecimal. */
const JAVA_DOUBLE = /^\s*[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[dDfF]?)\s*$/
