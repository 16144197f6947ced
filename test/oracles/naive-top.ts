import { isRetraction } from './naive-grouping.ts'
import { keyText, memberText, type NaiveRow } from './naive-rows.ts'
import type { Member } from './naive-rowwise.ts'
import { compareByOrder, type NaiveOrder } from './naive-sort.ts'
import type { Event, Stream, World } from './naive-world.ts'

export interface NaiveTop {
  readonly id: string
  readonly most: number
  readonly by?: (value: Member) => unknown
  readonly orders: readonly NaiveOrder[]
  /** The borders of a row's window; absent: none, the input is one. */
  readonly window?: (value: Member) => { readonly start: number; readonly end: number }
  readonly emit?: 'changes'
  readonly rank?: string
  /** Only without windows. */
  readonly ttl?: number
}

interface Group {
  readonly text: string
  readonly start: number
  readonly end: number
  rows: NaiveRow[]
  touched: number
}

/** Every row is kept; the first ones of a group are found anew each time. */
export function naiveTop(world: World, input: Stream, options: NaiveTop): Stream {
  const { id, most, by, orders, window, emit, rank, ttl = null } = options
  const step = world.step(id)
  let groups: Group[] = []
  const events: Event[] = []
  let watermark = -Infinity
  const first = ({ rows }: Group) => [...rows].sort((a, b) => compareByOrder(a.value, b.value, orders)).slice(0, most)
  const give = (at: number, row: NaiveRow, op: NaiveRow['op'], place: number) => {
    step.counts.out += 1
    const whole = input.isOpen ? row : { ...row, line: null }
    const ranked = rank === undefined ? row.members : new Map([...row.members, [rank, memberText(rank, place + 1)]])
    const value = rank === undefined ? row.value : { ...row.value, [rank]: place + 1 }
    events.push({ at, row: { ...whole, op, value, members: ranked, time: window ? row.time : Number.NaN } })
  }
  const fire = (at: number) => {
    const due = groups.filter(({ end }) => end - 1 <= watermark)
    groups = groups.filter((group) => !due.includes(group))
    for (const group of due.sort((a, b) => a.end - b.end || a.start - b.start))
      for (const [place, row] of first(group).entries()) give(at, row, '+I', place)
  }
  const forget = (at: number) => {
    if (ttl === null || watermark === Infinity) return
    const due = groups.filter(({ touched }) => touched + ttl <= watermark)
    groups = groups.filter((group) => !due.includes(group))
    if (emit === 'changes') return
    for (const group of due.sort((a, b) => a.touched - b.touched))
      for (const [place, row] of first(group).entries()) give(at, row, '+I', place)
  }
  const tell = (at: number, before: readonly NaiveRow[], after: readonly NaiveRow[]) => {
    if (rank === undefined) {
      for (const row of before) if (!after.includes(row)) give(at, row, '-D', 0)
      for (const row of after) if (!before.includes(row)) give(at, row, '+I', 0)
      return
    }
    for (let place = 0; place < Math.max(before.length, after.length); place += 1) {
      const [old, now] = [before[place], after[place]]
      if (old === now) continue
      if (old) give(at, old, now ? '-U' : '-D', place)
      if (now) give(at, now, old ? '+U' : '+I', place)
    }
  }
  for (const event of input.events) {
    if ('watermark' in event) {
      const before = watermark
      forget(event.at)
      watermark = event.watermark
      forget(event.at)
      if (emit !== 'changes') fire(event.at)
      if (event.watermark > before) events.push(event)
      continue
    }
    const { at, row } = event
    forget(at)
    step.counts.in += 1
    const text = step.attempt(at, row, input, () => {
      for (const { of } of orders) of(row.value)
      return keyText(by?.(row.value))
    })
    if (text === undefined) continue
    step.counts.used += 1
    const { start, end } = window?.(row.value) ?? { start: -Infinity, end: Infinity }
    let group = groups.find((one) => one.text === text && one.start === start && one.end === end)
    const before = group ? first(group) : []
    if (!isRetraction(row)) {
      if (!group) groups.push((group = { text, start, end, rows: [], touched: -Infinity }))
      group.rows.push(row)
    } else if (group) {
      const equal = group.rows.find(({ value }) => keyText(value) === keyText(row.value))
      group.rows = group.rows.filter((one) => one !== equal)
      if (group.rows.length === 0) groups = groups.filter((one) => one !== group)
    }
    if (group) group.touched = Math.max(group.touched, row.time)
    if (emit === 'changes') tell(at, before, group ? first(group) : [])
  }
  return { ...input, events, isWhole: input.isWhole && rank === undefined, isUpdating: emit === 'changes' }
}
