import { keyText, type NaiveRow } from './naive-rows.ts'
import type { Member } from './naive-rowwise.ts'
import type { Event, Stream, World } from './naive-world.ts'

export interface NaiveDedup {
  readonly id: string
  readonly by: (value: Member) => unknown
  /** null: for ever. */
  readonly within: number | null
  readonly lateness?: number
  /** Without `within`: a key is forgotten when the watermark is at the time of its last write + this. */
  readonly ttl?: number | null
}

/** A row repeats one of its key that was let through if their times differ by less than `within`. */
export function naiveDedupFirst(world: World, input: Stream, options: NaiveDedup): Stream {
  const { id, by, within, lateness = 0, ttl = null } = options
  const step = world.step(id)
  const kept: { readonly key: string; readonly time: number }[] = []
  let watermark = -Infinity
  const events: Event[] = []
  for (const event of input.events) {
    if ('watermark' in event) {
      watermark = event.watermark
      events.push(event)
      continue
    }
    const { at, row } = event
    step.counts.in += 1
    const key = step.attempt(at, row, input, () => keyText(by(row.value)))
    if (key === undefined) continue
    if (within !== null && row.time + lateness <= watermark) {
      step.late(at, row, input, { lateBy: watermark - (row.time + lateness) + 1, watermark })
    } else if (
      kept.some(
        (one) => one.key === key && isNear(one.time, row.time, within) && !isForgotten(one.time, ttl, watermark),
      )
    )
      step.counts.duplicate += 1
    else {
      kept.push({ key, time: row.time })
      step.counts.used += 1
      step.counts.out += 1
      events.push(event)
    }
  }
  return { ...input, events }
}

const isNear = (a: number, b: number, within: number | null) => within === null || Math.abs(a - b) < within

const isForgotten = (time: number, ttl: number | null, watermark: number) => ttl !== null && time + ttl <= watermark

interface Group {
  readonly key: string
  /** Time of the row that came first. */
  readonly first: number
  row: NaiveRow
  wasGiven: boolean
}

/** Of each group the row with the greatest time, of equal times the later, once the watermark is at its first time + `within`. */
export function naiveDedupLast(world: World, input: Stream, options: NaiveDedup): Stream {
  const { id, by, within, lateness = 0, ttl = null } = options
  const step = world.step(id)
  const groups: Group[] = []
  const dueOf = ({ first, row }: Group) => (within !== null ? first + within : ttl !== null ? row.time + ttl : Infinity)
  let watermark = -Infinity
  const events: Event[] = []
  const give = (at: number) => {
    const due = groups.filter((group) => !group.wasGiven && dueOf(group) <= watermark)
    for (const group of due.sort((a, b) => dueOf(a) - dueOf(b))) {
      group.wasGiven = true
      step.counts.used += 1
      step.counts.out += 1
      events.push({ at, row: input.isOpen ? group.row : { ...group.row, line: null } })
    }
  }
  for (const event of input.events) {
    if ('watermark' in event) {
      watermark = event.watermark
      give(event.at)
      // what was not given yet may still be, with a time as early as its group's first row
      const held = watermark - (within ?? ttl ?? Infinity)
      events.push({ at: event.at, watermark: watermark === Infinity ? Infinity : held })
      continue
    }
    const { at, row } = event
    step.counts.in += 1
    const key = step.attempt(at, row, input, () => keyText(by(row.value)))
    if (key === undefined) continue
    if (within !== null && row.time + lateness <= watermark) {
      step.late(at, row, input, { lateBy: watermark - (row.time + lateness) + 1, watermark })
      continue
    }
    const group = groups.find(
      (one) => one.key === key && isNear(one.first, row.time, within) && !(ttl !== null && one.wasGiven),
    )
    if (!group) groups.push({ key, first: row.time, row, wasGiven: false })
    else step.counts.duplicate += 1
    if (group && !group.wasGiven && row.time >= group.row.time) group.row = row
    give(at)
  }
  return { ...input, events }
}
