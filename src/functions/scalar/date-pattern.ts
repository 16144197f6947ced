import { RowError } from '../../base/errors.ts'
import type { Zone } from '../../time/zone.ts'

const MONTHS = 'January February March April May June July August September October November December'.split(' ')
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')

/** A moment taken apart for printing: `date` shows wall-zone time by its UTC getters. */
interface Moment {
  readonly date: Date
  readonly offset: number
  readonly zone: string
}

/** What a text said, as far as it said anything. */
interface Parsed {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  fraction: number
  afternoon: boolean | undefined
  offset: number | undefined
}

interface Letter {
  print(moment: Moment, count: number): string
  /** The source of a regular expression with one group, or undefined where a letter can only be printed. */
  shape?(count: number): string
  read?(text: string, into: Parsed, count: number): void
}

const padded = (value: number, count: number) => `${value < 0 ? '-' : ''}${`${Math.abs(value)}`.padStart(count, '0')}`
const digits = (count: number) => (count === 1 ? '\\d{1,2}' : `\\d{${count}}`)

type NumberPart = 'month' | 'day' | 'hour' | 'minute' | 'second'

const numeric = (part: NumberPart, of: (date: Date) => number): Letter => ({
  print: ({ date }, count) => padded(of(date), count),
  shape: digits,
  read(text, into) {
    into[part] = Number(text)
  },
})

const year: Letter = {
  print: ({ date }, count) =>
    count === 2 ? padded(date.getUTCFullYear() % 100, 2) : padded(date.getUTCFullYear(), count),
  shape: (count) => (count === 1 ? '\\d{1,9}' : `\\d{${count}}`),
  read(text, into, count) {
    into.year = count === 2 ? 2000 + Number(text) : Number(text)
  },
}

const month: Letter = {
  print({ date }, count) {
    const name = MONTHS[date.getUTCMonth()]!
    return count < 3 ? padded(date.getUTCMonth() + 1, count) : count === 3 ? name.slice(0, 3) : name
  },
  shape: (count) =>
    count < 3 ? digits(count) : MONTHS.map((name) => (count === 3 ? name.slice(0, 3) : name)).join('|'),
  read(text, into, count) {
    into.month = count < 3 ? Number(text) : MONTHS.findIndex((name) => name.slice(0, 3) === text.slice(0, 3)) + 1
  },
}

const weekday: Letter = {
  print: ({ date }, count) => DAYS[date.getUTCDay()]!.slice(0, count > 3 ? undefined : 3),
  shape: (count) => DAYS.map((name) => (count > 3 ? name : name.slice(0, 3))).join('|'),
  read() {},
}

const fraction: Letter = {
  print: ({ date }, count) => padded(date.getUTCMilliseconds(), 3).padEnd(count, '0').slice(0, count),
  shape: (count) => `\\d{${count}}`,
  read(text, into) {
    into.fraction = Math.floor(Number(`0.${text}`) * 1000 + 1e-9)
  },
}

const halfOfDay: Letter = {
  print: ({ date }) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  shape: () => 'AM|PM|am|pm',
  read(text, into) {
    into.afternoon = text.toUpperCase() === 'PM'
  },
}

function offsetText(offset: number, { colon, utc }: { readonly colon: string; readonly utc: string }): string {
  if (offset === 0 && utc !== '') return utc
  const minutes = Math.round(Math.abs(offset) / 60_000)
  return `${offset < 0 ? '-' : '+'}${padded(Math.floor(minutes / 60), 2)}${colon}${padded(minutes % 60, 2)}`
}

const offsetLetter = (utc: string): Letter => ({
  print({ offset }, count) {
    const text = offsetText(offset, { colon: count === 3 ? ':' : '', utc })
    return count === 1 && text.endsWith('00') && utc === 'Z' ? text.slice(0, -2) : text
  },
  shape: () => 'Z|[+-]\\d{2}(?::?\\d{2})?',
  read(text, into) {
    const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})?$/.exec(text) ?? []
    into.offset =
      hours === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes ?? 0)) * 60_000
  },
})

const LETTERS: Readonly<Record<string, Letter>> = {
  y: year,
  u: year,
  M: month,
  L: month,
  d: numeric('day', (date) => date.getUTCDate()),
  D: {
    print: ({ date }, count) =>
      padded(Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1, count),
  },
  H: numeric('hour', (date) => date.getUTCHours()),
  h: numeric('hour', (date) => date.getUTCHours() % 12 || 12),
  m: numeric('minute', (date) => date.getUTCMinutes()),
  s: numeric('second', (date) => date.getUTCSeconds()),
  S: fraction,
  E: weekday,
  a: halfOfDay,
  X: offsetLetter('Z'),
  x: offsetLetter(''),
  Z: offsetLetter(''),
  z: { print: ({ zone }) => zone },
  V: { print: ({ zone }) => zone },
}

type Piece = string | { readonly letter: Letter; readonly count: number; readonly name: string }

const PIECE = /'((?:[^']|'')*)'|(([A-Za-z])\3*)|[^A-Za-z']+/gy

function piecesOf(pattern: string): readonly Piece[] {
  const pieces: Piece[] = []
  let end = 0
  for (const [text, quoted, run, name] of pattern.matchAll(PIECE)) {
    end += text.length
    if (quoted !== undefined) pieces.push(quoted === '' ? "'" : quoted.replaceAll("''", "'"))
    else if (run === undefined) pieces.push(text)
    else {
      const letter = LETTERS[name!]
      if (letter === undefined)
        throw new RowError(
          `the date pattern '${pattern}' has the letter ${name}`,
          `letters are ${Object.keys(LETTERS).join(' ')}`,
        )
      pieces.push({ letter, count: run.length, name: name! })
    }
  }
  if (end < pattern.length) throw new RowError(`the date pattern '${pattern}' has a quote that is not closed`)
  return pieces
}

/** A pattern in the letters of Java's DateTimeFormatter, as far as Flink's functions are used with it, in English. */
export interface DatePattern {
  format(instant: number, zone: Zone): string
  /** The instant a text means, in that zone unless it names an offset; NaN if it does not fit. `whole`: nothing may follow. */
  parse(text: string, zone: Zone, whole: boolean): number
}

/** Throws `RowError` for a letter that has no meaning here. */
export function datePattern(pattern: string): DatePattern {
  const pieces = piecesOf(pattern)
  return {
    format(instant, zone) {
      const wall = zone.toLocal(instant)
      const moment = { date: new Date(wall), offset: wall - instant, zone: zone.name }
      return pieces
        .map((piece) => (typeof piece === 'string' ? piece : piece.letter.print(moment, piece.count)))
        .join('')
    },
    parse: parserOf(pattern, pieces),
  }
}

function parserOf(pattern: string, pieces: readonly Piece[]): DatePattern['parse'] {
  const shape = pieces
    .map((piece) => {
      if (typeof piece === 'string') return piece.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
      return `(${piece.letter.shape?.(piece.count) ?? ''})`
    })
    .join('')
  const unreadable = pieces.find((piece) => typeof piece !== 'string' && piece.letter.read === undefined)
  const letters = pieces.filter((piece) => typeof piece !== 'string')
  const start = new RegExp(`^(?:${shape})`)
  return (text, zone, whole) => {
    if (typeof unreadable === 'object')
      throw new RowError(`the date pattern '${pattern}' has the letter ${unreadable.name}, which can only be printed`)
    const match = start.exec(text)
    if (match === null || (whole && match[0].length < text.length)) return Number.NaN
    const parsed: Parsed = {
      year: 1970,
      month: 1,
      day: 1,
      hour: 0,
      minute: 0,
      second: 0,
      fraction: 0,
      afternoon: undefined,
      offset: undefined,
    }
    for (const [i, { letter, count }] of letters.entries()) letter.read!(match[i + 1]!, parsed, count)
    return instantOf(parsed, zone)
  }
}

function instantOf(parsed: Parsed, zone: Zone): number {
  const { year, month, day, minute, second, fraction, afternoon, offset } = parsed
  if (afternoon !== undefined && (parsed.hour < 1 || parsed.hour > 12)) return Number.NaN
  const hour = afternoon === undefined ? parsed.hour : (parsed.hour % 12) + (afternoon ? 12 : 0)
  if (hour > 23 || minute > 59 || second > 59) return Number.NaN
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return Number.NaN
  const wall = date.setUTCHours(hour, minute, second, fraction)
  return offset === undefined ? zone.toInstant(wall) : wall - offset
}
