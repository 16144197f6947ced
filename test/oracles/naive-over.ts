import { type NaiveAggregate, NaiveGroup, takenFrom } from './naive-aggregates.ts'
import { keyText, memberText, type NaiveRow, objectText } from './naive-rows.ts'
import type { Member } from './naive-rowwise.ts'
import { naiveSort } from './naive-sort.ts'
import type { Event, Stream, World } from './naive-world.ts'

export interface NaiveOver {
  readonly id: string
  readonly by: (value: Member) => unknown
  /** Rows before the row; ms; or neither. */
  readonly rows?: number
  readonly range?: number
  /** By name. */
  readonly aggregates: Readonly<Record<string, NaiveAggregate>>
  /** By name: rows back, what of, and what if there is none. */
  readonly lags?: Readonly<
    Record<string, { readonly rows: number; readonly of: (value: Member) => unknown; readonly otherwise?: unknown }>
  >
  /** Names of ROW_NUMBER, RANK and DENSE_RANK. */
  readonly ranks?: readonly [number: string, rank: string, dense: string]
  /** A key is forgotten when the watermark is at the time of its last row + this. */
  readonly ttl?: number
}

/** Each row, in order of time, with what is counted anew over its frame. */
export function naiveOver(world: World, input: Stream, options: NaiveOver): Stream {
  const sorted = naiveSort(world, input, { id: `${options.id}-sort`, orders: [] })
  const step = world.step(options.id)
  const keys = new Map<string, NaiveRow[]>()
  let watermark = -Infinity
  const taken: (Event & { readonly key?: readonly NaiveRow[]; readonly place?: number })[] = []
  for (const event of sorted.events) {
    if (!('row' in event)) {
      watermark = event.watermark
      taken.push(event)
      continue
    }
    const { at, row } = event
    step.counts.in += 1
    const key = step.attempt(at, row, sorted, () => {
      takenFrom(options.aggregates, row.value)
      return keyText(options.by(row.value))
    })
    if (key === undefined) continue
    const known = keys.get(key)
    const isOld = options.ttl !== undefined && known !== undefined && known.at(-1)!.time + options.ttl <= watermark
    const rows = known === undefined || isOld ? [] : known
    keys.set(key, rows)
    taken.push({ ...event, key: rows, place: rows.length })
    rows.push(row)
    step.counts.used += 1
    step.counts.out += 1
  }
  const events = taken.map((event): Event => {
    if (!('row' in event)) return event
    const members = new Map(event.row.members)
    for (const [name, value] of Object.entries(resultsOf(event.key!, event.place!, options))) {
      members.delete(name)
      members.set(name, memberText(name, value))
    }
    return { at: event.at, row: { ...event.row, members, value: JSON.parse(objectText(members.values())) as Member } }
  })
  return { ...sorted, events, isWhole: false }
}

function resultsOf(key: readonly NaiveRow[], place: number, options: NaiveOver): Member {
  const { aggregates, lags = {}, ranks } = options
  const { time } = key[place]!
  const group = new NaiveGroup(Object.keys(aggregates).length)
  key.forEach((row, i) => {
    if (isInFrame(row, i, { time, place }, options)) group.add(takenFrom(aggregates, row.value), 0)
  })
  const before = key.slice(0, place + 1).map((row) => row.time)
  const lagged = Object.entries(lags).map(([name, { rows, of, otherwise = null }]) => {
    const row = key[place - rows]
    return [name, row === undefined ? otherwise : (of(row.value) ?? null)]
  })
  const rank = [before.length, before.filter((one) => one < time).length + 1, new Set(before).size]
  const ranked = (ranks ?? []).map((name, i) => [name, rank[i]])
  return { ...group.results(aggregates), ...Object.fromEntries([...lagged, ...ranked]) }
}

function isInFrame(
  row: NaiveRow,
  i: number,
  current: { readonly time: number; readonly place: number },
  { rows, range = Infinity }: NaiveOver,
): boolean {
  if (rows !== undefined) return i <= current.place && i >= current.place - rows
  return row.time <= current.time && row.time >= current.time - range
}
