import { JsonText, type Value } from '../../src/data/value.ts'

/** A small generator with a seed, so that a failure can be run again. */
export function random(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 4294967296) * below)
  }
}

const NUMBERS =
  `0 -0 1 -1 12.5 1e3 1E+3 1e-3 0.1 0.30000000000000004 123456789 1234567890 123456789012345 1234567890123456
12345678901234567890 9007199254740991 9007199254740992 9007199254740993 -9007199254740993 1.7976931348623157e308 5e-324 1e400 -1e400
-0.0 100000000.00000001 0.000001 999999999999999.9 4.35 1.005 33.333333 0e5 123e-25 1e22 1e23 100000000000000000000 -0e1`.split(
    /\s+/,
  )
const STRINGS = [
  '',
  'a',
  'abc',
  'user',
  '"q"',
  '\\',
  '\n',
  'é',
  '😀',
  '\u2028',
  'x'.repeat(40),
  '\u0000\u001f',
  '/',
  '\ud800',
  '\udc00a',
  '\u007f',
  '12',
]
const NAMES = [
  'user',
  'id',
  'geo',
  'country',
  'n',
  'a b',
  '',
  'k"q',
  '__proto__',
  'constructor',
  'üser',
  'long_key_name_more_than_16_bytes',
]
const ODD = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '0',
  '.',
  'e',
  '-',
  '+',
  '\\',
  't',
  'n',
  ' ',
  '\u0000',
  '\u0001',
  'x',
  'u',
  '\u007f',
  '\t',
  '\ufeff',
  'é',
]

/** Makes lines that are JSON objects, spelled in every way that the grammar allows, and with `mutate` lines that nearly are. */
export class JsonMaker {
  readonly #below: (below: number) => number

  constructor(seed: number) {
    this.#below = random(seed)
  }

  pick<T>(from: readonly T[]): T {
    return from[this.#below(from.length)]!
  }

  object(depth = 0): string {
    const members = Array.from({ length: this.#below(depth ? 4 : 7) }, () => this.#member(depth))
    return `{${this.#space()}${members.join(`${this.#space()},${this.#space()}`)}${this.#space()}}`
  }

  mutate(text: string): string {
    const characters = [...text]
    for (let times = 1 + this.#below(2); times > 0; times -= 1) {
      const at = this.#below(characters.length)
      const how = this.#below(4)
      if (how === 0) characters[at] = this.pick(ODD)
      else if (how === 1) characters.splice(at, 1)
      else if (how === 2) characters.splice(at, 0, this.pick(ODD))
      else characters.length = at
    }
    return characters.join('')
  }

  #member(depth: number): string {
    return `${this.#string(this.pick(NAMES))}${this.#space()}:${this.#space()}${this.#value(depth)}`
  }

  #value(depth: number): string {
    const kind = this.#below(depth > 3 ? 6 : 9)
    if (kind < 2) return this.#string(this.pick(STRINGS))
    if (kind < 4) return this.pick(NUMBERS)
    if (kind === 4) return this.pick(['true', 'false', 'null'])
    if (kind === 5) return `${this.#below(1e6) / 100}`
    if (kind < 8) return this.object(depth + 1)
    const elements = Array.from({ length: this.#below(4) }, () => this.#value(depth + 1))
    return `[${this.#space()}${elements.join(`${this.#space()},${this.#space()}`)}${this.#space()}]`
  }

  #space(): string {
    return this.#below(5) > 0 ? '' : this.pick([' ', '  ', '\t', '\r'])
  }

  #string(text: string): string {
    if (this.#below(10) < 7) return JSON.stringify(text)
    let written = '"'
    for (const unit of text.split('')) {
      const code = unit.charCodeAt(0)
      const hex = code.toString(16).padStart(4, '0')
      if (unit === '/') written += '\\/'
      else if (code < 32 || code === 34 || code === 92 || (code >= 0xd800 && code < 0xe000) || this.#below(2) === 0) {
        written += `\\u${this.#below(2) ? hex : hex.toUpperCase()}`
      } else written += unit
    }
    return `${written}"`
  }
}

/** What JSON.parse finds at a path, in the words of `Value`; undefined: nothing. Own members only. */
export function valueAt(row: unknown, path: readonly string[]): unknown {
  let value = row
  for (const name of path) {
    if (value === null || typeof value !== 'object' || Array.isArray(value) || !Object.hasOwn(value, name))
      return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}

/** A value as something to compare: nested ones as parsed, exact integers as doubles, since JSON.parse knows no better. */
export function comparable(value: Value): unknown {
  if (value instanceof JsonText) return value.parsed()
  return typeof value === 'bigint' ? Number(value) : value
}
