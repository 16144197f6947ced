import fc from 'fast-check'

/** Texts of members that a row may have; undefined: it does not. */
const KEYS = [
  '"a"',
  '"b"',
  '""',
  '"\\u00e9"',
  '"é"',
  'null',
  undefined,
  '1',
  '1.0',
  '1e0',
  '"1"',
  'true',
  '"\\ud83d\\ude00\\n"',
]
const NUMBERS = ['0', '-0', '1', '2', '3.5', '-4', '7', '1e1', '0.1', '0.2', 'null', undefined]
const SCALARS = ['1', '2', '10', '-1.5', '"x"', '"y"', '"10"', '"\\uffff"', '"😀"', 'true', 'false', 'null', undefined]

export interface RowOptions {
  /** Event times, ms, both inclusive. */
  readonly times?: readonly [number, number]
  readonly keys?: readonly (string | undefined)[]
  readonly numbers?: readonly (string | undefined)[]
  readonly scalars?: readonly (string | undefined)[]
  /** One line of so many is blank, or no row. */
  readonly oddOneOf?: number
}

type Parts = readonly [ts: string, k: string | undefined, v: string | undefined, s: string | undefined]

const member = (name: string, text: string | undefined) => (text === undefined ? [] : [`"${name}":${text}`])

/** Ways of writing a row down: orders, blanks, members twice, names with escapes. */
const WAYS: readonly ((parts: Parts) => string)[] = [
  ([ts, k, v, s]) => `{${[`"ts":${ts}`, ...member('k', k), ...member('v', v), ...member('s', s)].join(',')}}`,
  ([ts, k, v, s]) => `{${[...member('s', s), ...member('v', v), ...member('k', k), `"ts":${ts}`].join(',')}}`,
  ([ts, k, v, s]) =>
    ` {${[`"ts": ${ts}`, ...member('k', k), ...member('v', v), ...member('s', s), '"more":{ "b":[1, 2.50] }'].join(',')}\t} `,
  ([ts, k, v, s]) =>
    `{${['"k":"first"', '"ts":0', ...member('v', v), `"ts":${ts}`, ...member('s', s), `"k":${k ?? 'null'}`].join(',')}}`,
  ([ts, k, v, s]) =>
    `{${[`"\\u0074s":${ts}`, ...member('\\u006b', k), ...member('v', v), ...member('s', s), '"_step":"x"'].join(',')}}`,
]

/** Lines that are no rows, and blank ones. */
const ODD_LINES = [
  '',
  '  ',
  '{"ts":',
  'null',
  '[1]',
  '{"k":1}',
  '{"ts":null,"k":"a"}',
  '{"ts":1000,"k":tru}',
  '{"ts":"x"}',
]

/** One file: rows out of order, with equal times, some of them odd; the last line with or without its newline. */
export function randomFile(options: RowOptions = {}, maxLength = 24): fc.Arbitrary<string> {
  const { times = [990, 1100], keys = KEYS, numbers = NUMBERS, scalars = SCALARS, oddOneOf = 15 } = options
  const time = fc.integer({ min: times[0], max: times[1] })
  const parts = fc.tuple(time.map(String), oneOf(keys), oneOf(numbers), oneOf(scalars))
  const row = fc.tuple(parts, fc.constantFrom(0, 0, 0, 1, 2, 3, 4)).map(([some, way]) => WAYS[way]!(some))
  const line = fc.oneof(
    { weight: oddOneOf - 1, arbitrary: row },
    { weight: 1, arbitrary: fc.constantFrom(...ODD_LINES) },
  )
  return fc
    .tuple(fc.array(line, { maxLength, size: 'max' }), fc.boolean())
    .map(([lines, endsBare]) => (endsBare ? lines.join('\n') : lines.map((text) => `${text}\n`).join('')))
}

const oneOf = (texts: readonly (string | undefined)[]) => fc.constantFrom(...texts)

const scanner = fc.constantFrom('kernel' as const, 'reference' as const)

/** How the bytes come, who reads them, and how many rows go in one batch. */
export const randomWay = fc.oneof(
  fc.record({ scanner, batchRows: fc.constantFrom(1, 2, 3, 7, 4096) }),
  fc.record({
    scanner,
    batchRows: fc.constantFrom(1, 3, 4096),
    cuts: fc.array(fc.nat(1500), { maxLength: 8 }).map((cuts) => cuts.sort((a, b) => a - b)),
  }),
  fc.record({ scanner, batchRows: fc.constantFrom(2, 4096), chunk: fc.constantFrom(1, 7, 64, 90) }),
)
