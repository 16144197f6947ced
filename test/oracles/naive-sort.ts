import { compareScalars, type NaiveRow } from './naive-rows.ts'
import type { Member } from './naive-rowwise.ts'
import type { Event, Stream, World } from './naive-world.ts'

/** One key of an order; NULL is less than everything, unless `nulls` says where it stands. */
export interface NaiveOrder {
  readonly of: (value: Member) => unknown
  readonly descending?: boolean
  readonly nulls?: 'first' | 'last'
}

/** Which of two rows comes first by the keys alone. */
export function compareByOrder(a: Member, b: Member, orders: readonly NaiveOrder[]): number {
  for (const { of, descending = false, nulls = descending ? 'last' : 'first' } of orders) {
    const [x, y] = [of(a) ?? null, of(b) ?? null]
    if (x === null && y === null) continue
    if (x === null || y === null) return (x === null) === (nulls === 'first') ? -1 : 1
    const compared = compareScalars(x, y)
    if (compared !== 0) return descending ? -compared : compared
  }
  return 0
}

export interface NaiveSort {
  readonly id: string
  readonly orders: readonly NaiveOrder[]
  readonly ties?: 'bytes'
}

/** Rows wait until the watermark is at their time; then they go by time, keys, arrival or bytes, and nothing that is earlier follows. */
export function naiveSort(world: World, input: Stream, { id, orders, ties }: NaiveSort): Stream {
  const step = world.step(id)
  let held: NaiveRow[] = []
  let watermark = -Infinity
  const events: Event[] = []
  const give = (at: number, until: number) => {
    const free = held.filter(({ time }) => time <= until)
    held = held.filter(({ time }) => time > until)
    for (const row of free.sort(
      (a, b) => a.time - b.time || compareByOrder(a.value, b.value, orders) || byBytes(a, b),
    )) {
      step.counts.used += 1
      step.counts.out += 1
      if (row.time - 1 > watermark) events.push({ at, watermark: row.time - 1 })
      events.push({ at, row: input.isOpen ? row : { ...row, line: null } })
    }
  }
  const byBytes = (a: NaiveRow, b: NaiveRow) =>
    ties === 'bytes' ? Buffer.compare(Buffer.from(a.line!.text), Buffer.from(b.line!.text)) : 0
  for (const event of input.events) {
    if ('watermark' in event) {
      give(event.at, event.watermark)
      watermark = event.watermark
      events.push(event)
      continue
    }
    const { at, row } = event
    step.counts.in += 1
    const keys = step.attempt(at, row, input, () => orders.map(({ of }) => of(row.value)))
    if (keys === undefined) continue
    if (row.time <= watermark) step.late(at, row, input, { lateBy: watermark - row.time + 1, watermark })
    else held.push(row)
  }
  return { ...input, events }
}
