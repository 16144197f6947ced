import { type NaiveRow, objectText } from './naive-rows.ts'
import type { Event, Stream, World } from './naive-world.ts'

/** Rows for which `where` is exactly true go on; the watermark always does. */
export function naiveFilter(
  world: World,
  input: Stream,
  id: string,
  where: (value: Member, row: NaiveRow) => unknown,
): Stream {
  const step = world.step(id)
  const events: Event[] = []
  for (const event of input.events) {
    if (!('row' in event)) {
      events.push(event)
      continue
    }
    const { at, row } = event
    step.counts.in += 1
    const found = step.attempt(at, row, input, () => ({ passes: where(row.value, row) }))
    if (found === undefined) continue
    step.counts[found.passes === true ? 'used' : 'filtered'] += 1
    if (found.passes !== true) continue
    step.counts.out += 1
    events.push(event)
  }
  return { ...input, events }
}

export type Member = Readonly<Record<string, unknown>>

/** One column: the member's path and the text of its value; `star`: all members but these and those that columns make. */
export type NaiveColumn =
  | { readonly star: readonly string[] }
  | { readonly path: readonly string[]; readonly text: (row: NaiveRow) => string }

export const computed = (name: string, of: (value: Member) => unknown): NaiveColumn => ({
  path: [name],
  text: ({ value }) => JSON.stringify(of(value) ?? null),
})

/** A row of its own members first (`*` over lines), then the columns in the order in which they are listed. */
export function naiveSelect(world: World, input: Stream, id: string, columns: readonly NaiveColumn[]): Stream {
  const step = world.step(id)
  const star = columns.find((column) => 'star' in column)
  const isOpen = input.isOpen && star !== undefined
  const isWhole = input.isWhole && columns.length === 1 && star !== undefined && star.star.length === 0
  const events = input.events.flatMap((event): Event[] => {
    if (!('row' in event) || isWhole) {
      if ('row' in event) for (const count of ['in', 'used', 'out'] as const) step.counts[count] += 1
      return [event]
    }
    const { at, row } = event
    step.counts.in += 1
    const members = step.attempt(at, row, input, () => selected(row, columns, input.isOpen))
    if (members === undefined) return []
    step.counts.used += 1
    step.counts.out += 1
    const value = JSON.parse(objectText(members.values())) as Member
    return [{ at, row: { ...row, value, members } }]
  })
  return { ...input, events, isOpen, isWhole }
}

type Tree = Map<string, string | Tree>

function selected(row: NaiveRow, columns: readonly NaiveColumn[], isOpen: boolean): Map<string, string> {
  const made = new Set(columns.flatMap((column) => ('star' in column ? [] : [column.path[0]!])))
  const kept = (except: readonly string[]) =>
    [...row.members].filter(([name]) => !made.has(name) && !except.includes(name))
  const tree: Tree = new Map()
  const ordered = isOpen ? columns.toSorted((a, b) => Number('star' in b) - Number('star' in a)) : columns
  for (const column of ordered) {
    if ('star' in column) for (const [name, text] of kept(column.star)) tree.set(name, text)
    else put(tree, column.path, column.text(row))
  }
  return new Map([...tree].map(([name, node]) => [name, textOf(name, node)]))
}

function put(tree: Tree, [name, ...rest]: readonly string[], text: string): void {
  if (rest.length === 0) {
    tree.set(name!, `${JSON.stringify(name)}:${text}`)
    return
  }
  const known = tree.get(name!)
  const below: Tree = known instanceof Map ? known : new Map()
  tree.set(name!, below)
  put(below, rest, text)
}

const textOf = (name: string, node: string | Tree): string =>
  typeof node === 'string'
    ? node
    : `${JSON.stringify(name)}:${objectText([...node].map(([inner, below]) => textOf(inner, below)))}`

/** Rows by place, at one place those of the earlier input first; the watermark is the least of the inputs'. */
export function naiveUnion(world: World, inputs: readonly Stream[], id = 'union'): Stream {
  const step = world.step(id)
  const watermarks = inputs.map(() => -Infinity)
  let watermark = -Infinity
  const events: Event[] = []
  const places = [...new Set(inputs.flatMap((input) => input.events.map(({ at }) => at)))].sort((a, b) => a - b)
  for (const place of places) {
    const here = inputs.map((input) => input.events.filter(({ at }) => at === place))
    for (const event of here.flat()) {
      if (!('row' in event)) continue
      for (const count of ['in', 'used', 'out'] as const) step.counts[count] += 1
      events.push(event)
    }
    here.forEach((some, port) => {
      for (const event of some) if ('watermark' in event) watermarks[port] = event.watermark
    })
    const least = Math.min(...watermarks)
    if (least > watermark) events.push({ at: place, watermark: least })
    watermark = Math.max(watermark, least)
  }
  const isUpdating = inputs.some((input) => input.isUpdating)
  const isWhole = inputs.every((input) => input.isWhole)
  return { events, isWhole, isOpen: inputs.every(({ isOpen }) => isOpen), isUpdating }
}
