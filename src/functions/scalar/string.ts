import { defineScalar, type ScalarFunction } from '../scalar-function.ts'
import { checkLength, wholeOf } from './arguments.ts'
import { lengthOf, reversed, sliceOf } from './code-points.ts'

/** Flink's SUBSTRING: from 1, below 0 from the end, 0 like 1; a place outside the text gives '', a negative length NULL. */
function substringOf(text: string, start: number, length: number): string | null {
  if (length < 0) return null
  const total = lengthOf(text)
  const from = start > 0 ? start - 1 : start < 0 ? total + start : 0
  return from < 0 || from >= total ? '' : sliceOf(text, from, Math.min(total, from + length))
}

function padding(name: string, text: string, length: number, pad: string): string | null {
  if (length < 0 || pad === '') return null
  checkLength(name, length)
  const missing = Math.max(0, length - lengthOf(text))
  return sliceOf(pad.repeat(Math.ceil(missing / lengthOf(pad))), 0, missing)
}

/** Characters of `text` from its start to `start - 1`, then `by`, then what follows `length` characters later. */
function overlaid(text: string, by: string, start: number, length: number): string {
  const total = lengthOf(text)
  if (start <= 0 || start > total) return text
  const rest = start + length <= total && length > 0 ? sliceOf(text, start - 1 + length, total) : ''
  return sliceOf(text, 0, start - 1) + by + rest
}

const MISSING = Number.MAX_SAFE_INTEGER

/** Changing and cutting text; what looks for something in it is in `string-search.ts`. */
export const STRING_FUNCTIONS: readonly ScalarFunction[] = [
  defineScalar({
    name: 'upper',
    signature: 'upper(text)',
    summary: 'the text in capital letters',
    parameters: ['string'],
    returns: 'string',
    flinkName: 'UPPER',
    apply: ([text]) => (text as string).toUpperCase(),
  }),
  defineScalar({
    name: 'lower',
    signature: 'lower(text)',
    summary: 'the text in small letters',
    parameters: ['string'],
    returns: 'string',
    flinkName: 'LOWER',
    apply: ([text]) => (text as string).toLowerCase(),
  }),
  defineScalar({
    name: 'initcap',
    signature: 'initcap(text)',
    summary: 'each word, a run of letters and digits, with a capital first and small letters after it',
    parameters: ['string'],
    returns: 'string',
    flinkName: 'INITCAP',
    apply: ([text]) =>
      (text as string).replace(/[\p{L}\p{N}]+/gu, (word) => {
        const first = sliceOf(word, 0, 1)
        return first.toUpperCase() + word.slice(first.length).toLowerCase()
      }),
  }),
  defineScalar({
    name: 'substring',
    aliases: ['substr'],
    signature: 'substring(text, start [, length])',
    summary: 'part of a text; start counts from 1, below 0 from the end; NULL if length is negative',
    parameters: ['string', 'number', 'number'],
    optional: 1,
    returns: 'string',
    flinkName: 'SUBSTRING',
    apply: ([text, start, length]) =>
      substringOf(text as string, wholeOf(start!), length === undefined ? MISSING : wholeOf(length)),
  }),
  defineScalar({
    name: 'left',
    signature: 'left(text, count)',
    summary: 'the first characters of a text; none if count is negative',
    parameters: ['string', 'number'],
    returns: 'string',
    flinkName: 'LEFT',
    apply: ([text, count]) => sliceOf(text as string, 0, Math.max(0, wholeOf(count!))),
  }),
  defineScalar({
    name: 'right',
    signature: 'right(text, count)',
    summary: 'the last characters of a text; none if count is negative',
    parameters: ['string', 'number'],
    returns: 'string',
    flinkName: 'RIGHT',
    apply([text, count]) {
      const total = lengthOf(text as string)
      return sliceOf(text as string, Math.max(0, total - Math.max(0, wholeOf(count!))), total)
    },
  }),
  defineScalar({
    name: 'concat',
    signature: 'concat(text, ...)',
    summary: 'the texts one after the other',
    parameters: ['string'],
    variadic: true,
    returns: 'string',
    flinkName: 'CONCAT',
    apply: (args) => args.join(''),
  }),
  defineScalar({
    name: 'concat_ws',
    signature: 'concat_ws(separator, text, ...)',
    summary: 'the texts with a separator between them, NULLs left out; NULL if the separator is NULL',
    parameters: ['string', 'string'],
    variadic: true,
    returns: 'string',
    takesNull: true,
    flinkName: 'CONCAT_WS',
    apply: ([separator, ...texts]) =>
      separator === null ? null : texts.filter((text) => text !== null).join(separator as string),
  }),
  defineScalar({
    name: 'replace',
    signature: 'replace(text, part, by)',
    summary: 'the text with every place of a part replaced',
    parameters: ['string', 'string', 'string'],
    returns: 'string',
    flinkName: 'REPLACE',
    apply: ([text, part, by]) => (text as string).replaceAll(part as string, () => by as string),
  }),
  defineScalar({
    name: 'translate',
    signature: 'translate(text, from, to)',
    summary: 'each character found in from replaced by its partner in to, or removed; NULL for from or to is empty',
    parameters: ['string', 'string', 'string'],
    returns: 'string',
    takesNull: true,
    flinkName: 'TRANSLATE',
    apply([text, from, to]) {
      if (text === null || from === null || from === '') return text!
      const partners = new Map<string, string>()
      const replacements = [...((to as string | null) ?? '')]
      for (const [i, character] of [...(from as string)].entries())
        if (!partners.has(character)) partners.set(character, replacements[i] ?? '')
      return Array.from(text as string, (character) => partners.get(character) ?? character).join('')
    },
  }),
  defineScalar({
    name: 'reverse',
    signature: 'reverse(text)',
    summary: 'the text from its last character to its first',
    parameters: ['string'],
    returns: 'string',
    flinkName: 'REVERSE',
    apply: ([text]) => reversed(text as string),
  }),
  defineScalar({
    name: 'repeat',
    signature: 'repeat(text, count)',
    summary: 'the text so many times; empty if count is negative',
    parameters: ['string', 'number'],
    returns: 'string',
    flinkName: 'REPEAT',
    apply([text, count]) {
      const times = Math.max(0, wholeOf(count!))
      if (text === '') return ''
      checkLength('repeat', (text as string).length * times)
      return (text as string).repeat(times)
    },
  }),
  defineScalar({
    name: 'lpad',
    signature: 'lpad(text, length, pad)',
    summary: 'the text filled up from the left, or cut, to a length; NULL if length is negative or pad is empty',
    parameters: ['string', 'number', 'string'],
    returns: 'string',
    flinkName: 'LPAD',
    apply([text, length, pad]) {
      const fill = padding('lpad', text as string, wholeOf(length!), pad as string)
      return fill === null ? null : fill + sliceOf(text as string, 0, wholeOf(length!))
    },
  }),
  defineScalar({
    name: 'rpad',
    signature: 'rpad(text, length, pad)',
    summary: 'the text filled up from the right, or cut, to a length; NULL if length is negative or pad is empty',
    parameters: ['string', 'number', 'string'],
    returns: 'string',
    flinkName: 'RPAD',
    apply([text, length, pad]) {
      const fill = padding('rpad', text as string, wholeOf(length!), pad as string)
      return fill === null ? null : sliceOf(text as string, 0, wholeOf(length!)) + fill
    },
  }),
  defineScalar({
    name: 'overlay',
    signature: 'overlay(text, by, start [, length])',
    summary: "the text with length characters from start on replaced; length is by's unless given",
    parameters: ['string', 'string', 'number', 'number'],
    optional: 1,
    returns: 'string',
    flinkName: 'OVERLAY',
    apply: ([text, by, start, length]) =>
      overlaid(
        text as string,
        by as string,
        wholeOf(start!),
        length === undefined ? lengthOf(by as string) : wholeOf(length),
      ),
  }),
]
