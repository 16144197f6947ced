import { type Arrival, merged, type NaiveJoin, pairOf, rowText } from './naive-join.ts'
import { keyText, type NaiveRow } from './naive-rows.ts'
import type { Event, Stream, World } from './naive-world.ts'

const withBorders = (row: NaiveRow, start: number, end: number): NaiveRow => {
  const members = new Map(row.members)
  members.set('window_start', `"window_start":${start}`)
  members.set('window_end', `"window_end":${end}`)
  const time = end - 1
  return { ...row, time, members, value: { ...row.value, window_start: start, window_end: end } }
}

/** Rows of both sides in the same window of `size`, when it is over. */
export function naiveWindowJoin(
  world: World,
  inputs: readonly [Stream, Stream],
  { id, join, as, on, size }: NaiveJoin & { readonly size: number },
): Stream {
  const step = world.step(id)
  const events: Event[] = []
  const preserved = [['left', 'full', 'anti'].includes(join), ['right', 'full'].includes(join)]
  const givesLeft = join === 'semi' || join === 'anti'
  const endOf = ({ row }: Arrival) => (Math.floor(row.time / size) + 1) * size
  let kept: Arrival[] = []
  let watermark = -Infinity
  for (const event of merged(step, inputs, on)) {
    if ('row' in event) {
      const { at, port, row, key } = event
      const end = endOf(event)
      if (key === null && !preserved[port]) step.counts.filtered += 1
      else if (end - 1 <= watermark) {
        const window = { start: end - size, end, isWhole: false }
        step.late(at, row, inputs[port]!, { lateBy: watermark - (end - 1) + 1, window, watermark })
      } else {
        step.counts.used += 1
        kept.push(event)
      }
      continue
    }
    watermark = event.watermark
    const over = kept.filter((one) => endOf(one) - 1 <= watermark)
    kept = kept.filter((one) => endOf(one) - 1 > watermark)
    const groups = new Map<string, Arrival[]>()
    for (const one of over.sort((a, b) => endOf(a) - endOf(b) || a.at - b.at || a.port - b.port)) {
      const name = `${endOf(one)} ${one.key}`
      groups.set(name, [...(groups.get(name) ?? []), one])
    }
    for (const group of groups.values()) {
      const [lefts, rights] = [0, 1].map((port) =>
        group.filter((one) => one.port === port).sort((a, b) => a.row.time - b.row.time),
      ) as [Arrival[], Arrival[]]
      const meets = lefts.length > 0 && rights.length > 0 && group[0]!.key !== null
      const rows: (readonly [NaiveRow | null, NaiveRow | null])[] = []
      if (givesLeft) rows.push(...(meets === (join === 'semi') ? lefts : []).map(({ row }) => [row, null] as const))
      else if (meets) for (const l of lefts) for (const r of rights) rows.push([l.row, r.row])
      else {
        if (preserved[0]) rows.push(...lefts.map(({ row }) => [row, null] as const))
        if (preserved[1]) rows.push(...rights.map(({ row }) => [null, row] as const))
      }
      const end = endOf(group[0]!)
      for (const pair of rows) {
        const whole = givesLeft ? pair[0]! : pairOf(pair, { as, inputs, time: end - 1 })
        step.counts.out += 1
        events.push({ at: event.at, row: withBorders(whole, end - size, end) })
      }
    }
    events.push({ at: event.at, watermark })
  }
  return { events, isWhole: false, isOpen: inputs[0].isOpen, isUpdating: false }
}

/** Each left row with the last right row of its key that is not later, in the order of time. */
export function naiveTemporalJoin(world: World, inputs: readonly [Stream, Stream], options: NaiveJoin): Stream {
  const { id, join, as, on } = options
  const step = world.step(id)
  const events: Event[] = []
  const versions: Arrival[] = []
  let waiting: Arrival[] = []
  let watermark = -Infinity
  for (const event of merged(step, inputs, on)) {
    if ('row' in event) {
      const { at, port, row, key } = event
      if (port === 0 && row.time <= watermark)
        step.late(at, row, inputs[0], { lateBy: watermark - row.time + 1, watermark })
      else if (key === null && (port === 1 || join === 'inner')) step.counts.filtered += 1
      else {
        step.counts.used += 1
        if (port === 0) waiting.push(event)
        else versions.push(event)
      }
      continue
    }
    watermark = event.watermark
    const due = waiting.filter(({ row }) => row.time <= watermark).sort((a, b) => a.row.time - b.row.time)
    waiting = waiting.filter(({ row }) => row.time > watermark)
    for (const { row, key } of due) {
      const valid = versions
        .filter((one) => key !== null && one.key === key && one.row.time <= row.time)
        .sort((a, b) => a.row.time - b.row.time)
        .at(-1)
      if (!valid && join === 'inner') continue
      step.counts.out += 1
      events.push({ at: event.at, row: pairOf([row, valid?.row ?? null], { as, inputs, time: row.time }) })
    }
    events.push({ at: event.at, watermark })
  }
  return { events, isWhole: false, isOpen: inputs[0].isOpen, isUpdating: false }
}

interface Written extends Arrival {
  written: number
}

/** Rows of both sides whenever they come: what a query over both tables gives, before and after each row, as a changelog in Flink's order. */
export function naiveRegularJoin(
  world: World,
  inputs: readonly [Stream, Stream],
  { id, join, as, on, ttl = null }: NaiveJoin & { readonly ttl?: number | null },
): Stream {
  const step = world.step(id)
  const events: Event[] = []
  const preserved = [['left', 'full', 'anti'].includes(join), ['right', 'full'].includes(join)]
  const givesLeft = join === 'semi' || join === 'anti'
  const isUpdating = inputs.some((input) => input.isUpdating) || !(join === 'inner' || join === 'semi')
  let kept: Written[] = []
  /** How many partners a row has been told to have: what expires is not counted down. */
  const partnersOf = new Map<Written, number>()
  for (const event of merged(step, inputs, on)) {
    if ('watermark' in event) {
      const { watermark } = event
      if (ttl !== null) kept = kept.filter(({ written }) => written + ttl > watermark)
      continue
    }
    const { at, port, row, key } = event
    if (key === null && !preserved[port]) {
      step.counts.filtered += 1
      continue
    }
    step.counts.used += 1
    const isBack = row.op === '-U' || row.op === '-D'
    const give = (pair: readonly [NaiveRow | null, NaiveRow | null], op: NaiveRow['op']) => {
      step.counts.out += 1
      const whole = givesLeft ? { ...pair[0]!, op } : pairOf(pair, { as, inputs, time: row.time, op })
      events.push({ at, row: whole })
    }
    const pairWith = (other: NaiveRow | null, own: NaiveRow | null = row) =>
      port === 0 ? ([own, other] as const) : ([other, own] as const)
    const partners = kept.filter((one) => one.port !== port && key !== null && one.key === key)
    const count = () => {
      if (!preserved[1 - port] && !(join === 'semi' && port === 1)) return
      for (const one of partners) {
        const had = partnersOf.get(one) ?? 0
        if (had === (isBack ? 1 : 0)) {
          if (join === 'semi') give([one.row, null], row.op)
          else give(pairWith(one.row, null), isBack ? '+I' : '-D')
        }
        partnersOf.set(one, Math.max(0, had + (isBack ? -1 : 1)))
        one.written = Math.max(one.written, row.time)
      }
    }
    const isOuter = preserved[0] || preserved[1]
    const alone = isBack ? '-D' : '+I'
    if (givesLeft && port === 0) {
      if (partners.length > 0 === (join === 'semi')) give([row, null], row.op)
    } else if (givesLeft) count()
    else if (partners.length === 0) {
      if (preserved[port]) give(pairWith(null), alone)
    } else {
      if (!isBack) count()
      const op = !isOuter || (isBack && !preserved[port]) ? row.op : alone
      for (const one of partners) give(pairWith(one.row), op)
      if (isBack) count()
    }
    if (!isBack) {
      const own = { ...event, written: row.time }
      kept.push(own)
      partnersOf.set(own, partners.length)
      continue
    }
    const text = keyText(JSON.parse(rowText(row, false)))
    const gone = kept.findLastIndex((one) => one.port === port && keyText(JSON.parse(rowText(one.row, false))) === text)
    if (gone >= 0) kept.splice(gone, 1)
  }
  const [left] = inputs
  return { events, isWhole: givesLeft && left.isWhole, isOpen: left.isOpen, isUpdating }
}
