/** What a plain program over the lines knows of one row: JSON.parse, and the text of each member. */
export interface NaiveRow {
  readonly op: '+I' | '-U' | '+U' | '-D'
  /** NaN: none. */
  readonly time: number
  readonly value: Readonly<Record<string, unknown>>
  /** The text of each member (`"name":value`) by its name, in order. */
  readonly members: ReadonlyMap<string, string>
  /** The line of the input that it came from and its place, while it has one. */
  readonly line: NaiveLine | null
}

export interface NaiveLine {
  readonly file: string
  /** 1-based. */
  readonly number: number
  /** Byte of the file at which the line begins. */
  readonly offset: number
  readonly text: string
}

/** A row that a step has made: every member printed by JSON.stringify, a missing one as null. */
export function madeRow(value: Record<string, unknown>, time: number, op: NaiveRow['op'] = '+I'): NaiveRow {
  const members = new Map(Object.entries(value).map(([name, member]) => [name, memberText(name, member)]))
  return { op, time, value, members, line: null }
}

export const memberText = (name: string, value: unknown): string =>
  `${JSON.stringify(name)}:${JSON.stringify(value ?? null)}`

export const objectText = (members: Iterable<string>): string => `{${[...members].join(',')}}`

/** The members of a JSON object by name, as they were written; of equal names the last, at the place of the first. */
export function memberTexts(object: string): Map<string, string> {
  const inside = object.trim().slice(1, -1)
  const members = new Map<string, string>()
  for (const piece of topLevelPieces(inside)) {
    const member = piece.trim()
    if (member === '') continue
    members.set(JSON.parse(/^"(?:[^"\\]|\\.)*"/.exec(member)![0]) as string, member)
  }
  return members
}

/** The texts of an array's elements. */
export function elementPieces(array: string): string[] {
  const pieces = topLevelPieces(array.trim().slice(1, -1)).map((piece) => piece.trim())
  return pieces.length === 1 && pieces[0] === '' ? [] : pieces
}

/** Cut at the commas that stand in no string and in no brackets. */
function topLevelPieces(text: string): string[] {
  const pieces = ['']
  let depth = 0
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[\s\S]/g)) {
    if (token === '{' || token === '[') depth += 1
    if (token === '}' || token === ']') depth -= 1
    if (token === ',' && depth === 0) pieces.push('')
    else pieces[pieces.length - 1] += token
  }
  return pieces
}

/** The text of a member's value, at a path into nested objects; undefined where there is none. */
export function valueText(
  members: ReadonlyMap<string, string>,
  [name, ...rest]: readonly string[],
): string | undefined {
  const member = members.get(name!)
  const text = member?.slice(/^"(?:[^"\\]|\\.)*"\s*:\s*/.exec(member)![0].length)
  if (rest.length === 0 || text === undefined) return text
  return text.startsWith('{') ? valueText(memberTexts(text), rest) : undefined
}

/** Equal values, and only they, give equal texts: JSON with the members of objects sorted. Missing is NULL. */
export function keyText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(keyText).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null)
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${keyText(member)}`)
  return `{${members.sort().join(',')}}`
}

const RANKS = ['boolean', 'number', 'string']

/** The order of MIN and MAX: booleans, numbers, strings by code point. */
export function compareScalars(a: unknown, b: unknown): number {
  const ranks = RANKS.indexOf(typeof a) - RANKS.indexOf(typeof b)
  if (ranks !== 0) return ranks
  if (typeof a !== 'string') return Number(a) - Number(b)
  return Buffer.compare(Buffer.from(a), Buffer.from(b as string))
}

/** Why an expression cannot take a row. */
export class RowProblem extends Error {}

/** A number or nothing, as arithmetic and SUM want it. */
export function numberOrNull(value: unknown): number | null {
  if (value === undefined || value === null) return null
  if (typeof value !== 'number') throw new RowProblem(`no number: ${typeof value}`)
  return value
}

/** SQL's `<`: NULL beside nothing, and nothing but likes are compared. */
export function lessThan(a: unknown, b: unknown): boolean | null {
  if (a === undefined || a === null || b === undefined || b === null) return null
  if (typeof a !== typeof b) throw new RowProblem(`${typeof a} < ${typeof b}`)
  return compareScalars(a, b) < 0
}
