import { RowError } from '../../base/errors.ts'
import { defineScalar, type ScalarFunction } from '../scalar-function.ts'

/** Which ends, and the characters to take away there: a set, not a text; the space by default. */
function trimmed(text: string, characters: string, { left, right }: Sides): string {
  const set = new Set(characters)
  const all = [...text]
  let from = 0
  let to = all.length
  if (left) while (from < to && set.has(all[from]!)) from += 1
  if (right) while (to > from && set.has(all[to - 1]!)) to -= 1
  return all.slice(from, to).join('')
}

interface Sides {
  readonly left: boolean
  readonly right: boolean
}

const SIDES: Readonly<Record<string, Sides>> = {
  BOTH: { left: true, right: true },
  LEADING: { left: true, right: false },
  TRAILING: { left: false, right: true },
}

function sidesOf(word: string): Sides {
  const sides = Object.hasOwn(SIDES, word.toUpperCase()) ? SIDES[word.toUpperCase()] : undefined
  if (sides === undefined)
    throw new RowError(`trim takes BOTH, LEADING or TRAILING, not '${word}'`, 'btrim(text, characters) trims others')
  return sides
}

const trimBy = (name: string, sides: Sides, flinkName: string, end: string) =>
  defineScalar({
    name,
    signature: `${name}(text [, characters])`,
    summary: `the text without the spaces, or the given characters, at ${end}`,
    parameters: ['string', 'string'],
    optional: 1,
    returns: 'string',
    flinkName,
    apply: ([text, characters]) => trimmed(text as string, (characters as string | undefined) ?? ' ', sides),
  })

export const TRIM_FUNCTIONS: readonly ScalarFunction[] = [
  defineScalar({
    name: 'trim',
    signature: 'trim([[BOTH|LEADING|TRAILING] [characters] FROM] text)',
    summary: 'the text without the spaces, or the given characters, at its ends',
    // As the parser hands it on: (text), (side, text) or (side, characters, text).
    parameters: ['string', 'string', 'string'],
    optional: 2,
    returns: 'string',
    flinkName: 'TRIM',
    apply(args) {
      const text = args.at(-1) as string
      return trimmed(
        text,
        args.length > 2 ? (args[1] as string) : ' ',
        sidesOf(args.length > 1 ? (args[0] as string) : 'BOTH'),
      )
    },
    prepare(constants) {
      const side = constants.length > 1 ? constants[0] : 'BOTH'
      if (typeof side !== 'string') throw new RowError('trim takes one text', 'btrim(text, characters) trims others')
      const sides = sidesOf(side)
      return (args) => trimmed(args.at(-1) as string, args.length > 2 ? (args[1] as string) : ' ', sides)
    },
  }),
  trimBy('btrim', SIDES['BOTH']!, 'BTRIM', 'both ends'),
  trimBy('ltrim', SIDES['LEADING']!, 'LTRIM', 'its start'),
  trimBy('rtrim', SIDES['TRAILING']!, 'RTRIM', 'its end'),
]
