import { keyText, type NaiveRow, objectText } from './naive-rows.ts'
import type { Member } from './naive-rowwise.ts'
import type { Event, NaiveStep, Stream, World } from './naive-world.ts'

export type NaiveJoinKind = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti'

export interface NaiveJoin {
  readonly id: string
  readonly join: NaiveJoinKind
  readonly as: string
  /** The keys of each side; one that is NULL equals none. */
  readonly on: readonly [(value: Member) => readonly unknown[], (value: Member) => readonly unknown[]]
}

/** A row of one of the two sides, at its place. */
export interface Arrival {
  readonly at: number
  readonly port: 0 | 1
  readonly row: NaiveRow
  /** null: it equals none. */
  readonly key: string | null
}

export const rowText = (row: NaiveRow, isWhole: boolean): string =>
  isWhole && row.line ? row.line.text.trim() : objectText(row.members.values())

/** Both rows as one; null: there is none of that side. */
export function pairOf(
  [left, right]: readonly [NaiveRow | null, NaiveRow | null],
  { as, inputs, time, op = '+I' }: { as: string; inputs: readonly Stream[]; time: number; op?: NaiveRow['op'] },
): NaiveRow {
  const members = new Map(left?.members ?? [])
  if (left === null && !inputs[0]!.isOpen) throw new Error('a left side with columns of its own: not written here')
  members.delete(as)
  members.set(as, `${JSON.stringify(as)}:${right ? rowText(right, inputs[1]!.isWhole) : 'null'}`)
  const value = { ...left?.value, [as]: right ? (JSON.parse(rowText(right, inputs[1]!.isWhole)) as unknown) : null }
  const line = left ? left.line : { ...right!.line!, text: '{}' }
  return { op, time, value, members, line: inputs[0]!.isOpen ? line : null }
}

/** What comes in by both ports in order: at one place the rows of the left first, then the watermark of both. */
export function merged(
  step: NaiveStep,
  inputs: readonly [Stream, Stream],
  on: NaiveJoin['on'],
): readonly (Arrival | { readonly at: number; readonly watermark: number })[] {
  const watermarks = [-Infinity, -Infinity]
  let watermark = -Infinity
  const all: (Arrival | { at: number; watermark: number })[] = []
  const places = [...new Set(inputs.flatMap((input) => input.events.map(({ at }) => at)))].sort((a, b) => a - b)
  for (const at of places) {
    inputs.forEach((input, port) => {
      for (const event of input.events) {
        if (event.at !== at || !('row' in event)) continue
        step.counts.in += 1
        const keys = step.attempt(at, event.row, input, () => on[port]!(event.row.value))
        if (keys === undefined) continue
        const isNull = keys.some((key) => key === null || key === undefined)
        all.push({ at, port: port as 0 | 1, row: event.row, key: isNull ? null : keyText(keys) })
      }
    })
    inputs.forEach((input, port) => {
      for (const event of input.events) if (event.at === at && 'watermark' in event) watermarks[port] = event.watermark
    })
    const least = Math.min(...watermarks)
    if (least > watermark) all.push({ at, watermark: least })
    watermark = Math.max(watermark, least)
  }
  return all
}

interface Kept extends Arrival {
  readonly due: number
  hasMet: boolean
}

/** Every pair of rows is looked at; `lower` and `upper` bound right time minus left time. */
export function naiveIntervalJoin(
  world: World,
  inputs: readonly [Stream, Stream],
  { id, join, as, on, lower, upper }: NaiveJoin & { readonly lower: number; readonly upper: number },
): Stream {
  const step = world.step(id)
  const events: Event[] = []
  const ahead = [upper, -lower]
  const holdBack = Math.max(upper, -lower, 0) + 1
  const isPreserved = [['left', 'full', 'anti'].includes(join), ['right', 'full'].includes(join)]
  const givesLeft = join === 'semi' || join === 'anti'
  let kept: Kept[] = []
  let watermark = -Infinity
  const give = (at: number, row: NaiveRow) => {
    step.counts.out += 1
    events.push({ at, row: givesLeft && !inputs[0].isOpen ? { ...row, line: null } : row })
  }
  const giveAlone = (at: number, { port, row }: Arrival) => {
    if (givesLeft) give(at, row)
    else give(at, pairOf(port === 0 ? [row, null] : [null, row], { as, inputs, time: row.time }))
  }
  for (const event of merged(step, inputs, on)) {
    if ('watermark' in event) {
      watermark = event.watermark
      const gone = kept.filter(({ due }) => due <= watermark)
      kept = kept.filter(({ due }) => due > watermark)
      gone.sort((a, b) => a.due - b.due || a.at - b.at || a.port - b.port)
      for (const one of gone) if (isPreserved[one.port] && !one.hasMet) giveAlone(event.at, one)
      events.push({ at: event.at, watermark: watermark - holdBack })
      continue
    }
    const { at, port, row, key } = event
    if (key === null && !isPreserved[port]) {
      step.counts.filtered += 1
      continue
    }
    const partners = kept
      .filter((one) => one.port !== port && key !== null && one.key === key)
      .filter((one) => {
        const apart = port === 0 ? one.row.time - row.time : row.time - one.row.time
        return lower <= apart && apart <= upper
      })
      .sort((a, b) => a.row.time - b.row.time)
    const hasMet = partners.length > 0
    for (const partner of partners) {
      if (join === 'semi' && port === 1 && !partner.hasMet) give(at, partner.row)
      else if (!givesLeft) {
        const pair = port === 0 ? ([row, partner.row] as const) : ([partner.row, row] as const)
        give(at, pairOf(pair, { as, inputs, time: Math.max(row.time, partner.row.time) }))
      }
      partner.hasMet = true
    }
    if (join === 'semi' && port === 0 && hasMet) give(at, row)
    const isDone = givesLeft && port === 0 && hasMet
    if (!isDone && watermark < row.time + ahead[port]!)
      kept.push({ ...event, due: row.time + ahead[port]! + 1, hasMet })
    else if (!hasMet && isPreserved[port]) giveAlone(at, event)
    else if (!hasMet && row.time <= watermark) {
      step.late(at, row, inputs[port]!, { lateBy: watermark - row.time + 1, watermark })
      continue
    }
    step.counts.used += 1
  }
  const [left] = inputs
  return { events, isWhole: givesLeft && left.isWhole, isOpen: left.isOpen, isUpdating: false }
}
