import { elementPieces, memberTexts, type NaiveRow, objectText, RowProblem, valueText } from './naive-rows.ts'
import type { Member } from './naive-rowwise.ts'
import type { Event, Stream, World } from './naive-world.ts'

export interface NaiveUnnest {
  /** Path of the array, or with `key` of the object. */
  readonly path: readonly string[]
  /** Names of the columns. */
  readonly element: string
  readonly key?: string
  readonly ordinality?: string
  readonly outer?: boolean
}

/** The row once for each element, with the element, and what else is asked for, behind its own members. */
export function naiveUnnest(world: World, input: Stream, id: string, options: NaiveUnnest): Stream {
  const step = world.step(id)
  const events = input.events.flatMap((event): Event[] => {
    if (!('row' in event)) return [event]
    const { at, row } = event
    step.counts.in += 1
    const made = step.attempt(at, row, input, () => madeMembers(row, options))
    if (made === undefined) return []
    step.counts[made.length > 0 ? 'used' : 'filtered'] += 1
    step.counts.out += made.length
    return made.map((more) => {
      const members = new Map([...row.members].filter(([name]) => !more.has(name)))
      for (const [name, text] of more) members.set(name, `${JSON.stringify(name)}:${text}`)
      return { at, row: { ...row, members, value: JSON.parse(objectText(members.values())) as Member } }
    })
  })
  return { ...input, events, isWhole: false }
}

function madeMembers(row: NaiveRow, { path, key, outer, ...names }: NaiveUnnest): Map<string, string>[] {
  const elements = elementsOf(valueText(row.members, path) ?? 'null', key !== undefined)
  const rows = elements.map(([name, text], i) => ({ name, text, place: `${i + 1}` }))
  if (rows.length === 0 && outer) rows.push({ name: 'null', text: 'null', place: 'null' })
  return rows.map(({ name, text, place }) => {
    const made: [string, string][] = [[names.element, text]]
    if (key !== undefined) made.unshift([key, name])
    if (names.ordinality !== undefined) made.push([names.ordinality, place])
    return new Map(made)
  })
}

function elementsOf(text: string, isMap: boolean): (readonly [name: string, text: string])[] {
  if (text === 'null') return []
  if (!text.startsWith(isMap ? '{' : '[')) throw new RowProblem()
  if (!isMap) return elementPieces(text).map((element) => ['', printed(element)])
  return [...memberTexts(text)].map(([name, member]) => [
    JSON.stringify(name),
    printed(member.slice(/^"(?:[^"\\]|\\.)*"\s*:\s*/.exec(member)![0].length)),
  ])
}

const printed = (text: string) => (/^[[{]/.test(text) ? text : JSON.stringify(JSON.parse(text)))
