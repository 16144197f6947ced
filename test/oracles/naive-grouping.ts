import { type NaiveAggregate, NaiveGroup, type Taken, takenFrom } from './naive-aggregates.ts'
import { DAY, daysOf, growingDaysOf, type NaiveWindow } from './naive-days.ts'
import { keyText, madeRow, type NaiveRow } from './naive-rows.ts'
import type { Member } from './naive-rowwise.ts'
import type { Event, NaiveStep, Stream, World } from './naive-world.ts'

export interface NaiveGrouping {
  readonly id: string
  readonly keys: Readonly<Record<string, (value: Member) => unknown>>
  readonly aggregates: Readonly<Record<string, NaiveAggregate>>
}

/** When results come; `every` in ms. */
export type NaiveEmission = 'final' | 'changes' | { readonly every: number }

/** Does a watermark that rises from one time to another pass a multiple of the interval? The first one does not. */
export const passesTick = (emit: NaiveEmission, from: number, to: number): boolean =>
  typeof emit !== 'string' &&
  (to === Infinity || (from > -Infinity && Math.floor((from + 1) / emit.every) < Math.floor((to + 1) / emit.every)))

export interface NaiveWindows extends NaiveGrouping {
  readonly emit?: NaiveEmission
  readonly size: number
  /** Absent: the size. */
  readonly slide?: number
  /** Cumulate: by how much each window is longer than the one before. */
  readonly step?: number
  readonly offset?: number
  readonly lateness?: number
  /** Size and slide are whole days of this zone. */
  readonly zone?: string
}

export const isRetraction = ({ op }: NaiveRow) => op === '-U' || op === '-D'

/** What a row brings to a grouping; throws RowProblem. */
export function readRow({ keys, aggregates }: NaiveGrouping, { value }: NaiveRow): { key: Member; taken: Taken[] } {
  const key = Object.fromEntries(Object.entries(keys).map(([name, of]) => [name, of(value) ?? null]))
  return { key, taken: takenFrom(aggregates, value) }
}

/** The changes that are told when the result of a group goes from one to another; null: it has no rows. */
export function changes(
  before: Member | null,
  after: Member | null,
  tellsAll = false,
): { op: NaiveRow['op']; result: Member }[] {
  if (before === null && after === null) return []
  if (!tellsAll && JSON.stringify(before) === JSON.stringify(after)) return []
  if (before === null) return [{ op: '+I', result: after! }]
  if (after === null) return [{ op: '-D', result: before }]
  return [
    { op: '-U', result: before },
    { op: '+U', result: after },
  ]
}

/** Without windows: one group for each key, over the whole input. */
export function naiveAggregate(
  world: World,
  input: Stream,
  options: NaiveGrouping & { readonly emit: NaiveEmission; readonly ttl?: number },
): Stream {
  const { id, aggregates, emit, ttl = null } = options
  const step = world.step(id)
  const events: Event[] = []
  const groups = new Map<
    string,
    { readonly key: Member; readonly group: NaiveGroup; touched: number; arrival: number }
  >()
  let watermark = -Infinity
  const give = (at: number, row: NaiveRow) => {
    step.counts.out += 1
    events.push({ at, row })
  }
  const resultOf = (text: string): Member | null => {
    const found = groups.get(text)
    return found ? { ...found.key, ...found.group.results(aggregates) } : null
  }
  /** With ticks: what was told of each key, and which keys have changed since, with their arrival. */
  const told = new Map<string, Member | null>()
  const changed = new Map<string, number>()
  let arrivals = 0
  const tell = (at: number, texts: readonly string[]) => {
    for (const text of texts) {
      const now = resultOf(text)
      for (const { op, result } of changes(told.get(text) ?? null, now, ttl !== null))
        give(at, madeRow(result, Number.NaN, op))
      told.set(text, now)
      changed.delete(text)
    }
  }
  const inOrder = () => [...changed].sort(([, a], [, b]) => a - b).map(([text]) => text)
  const forget = (at: number) => {
    if (ttl === null || watermark === Infinity) return
    // equal ones stay in the order in which they began
    const due = [...groups].filter(([, { touched }]) => touched + ttl <= watermark)
    for (const [text] of due.sort(([, a], [, b]) => a.touched - b.touched)) {
      if (emit === 'final') give(at, madeRow(resultOf(text)!, Number.NaN))
      if (changed.has(text)) tell(at, [text])
      told.delete(text)
      groups.delete(text)
    }
  }
  for (const event of input.events) {
    if ('watermark' in event) {
      forget(event.at)
      if (passesTick(emit, watermark, event.watermark)) tell(event.at, inOrder())
      watermark = event.watermark
      forget(event.at)
      if (event.watermark === Infinity && emit === 'final')
        for (const text of groups.keys()) give(event.at, madeRow(resultOf(text)!, Number.NaN))
      events.push(event)
      continue
    }
    forget(event.at)
    step.counts.in += 1
    const read = step.attempt(event.at, event.row, input, () => readRow(options, event.row))
    if (read === undefined) continue
    step.counts.used += 1
    const text = keyText(read.key)
    const before = resultOf(text)
    if (typeof emit !== 'string' && !changed.has(text)) changed.set(text, groups.get(text)?.arrival ?? arrivals)
    if (!isRetraction(event.row)) {
      if (!groups.has(text))
        groups.set(text, {
          key: read.key,
          group: new NaiveGroup(read.taken.length),
          touched: -Infinity,
          arrival: arrivals++,
        })
      groups.get(text)!.group.add(read.taken, 0)
    } else if (groups.has(text)) {
      groups.get(text)!.group.retract(read.taken)
      if (groups.get(text)!.group.rows === 0) groups.delete(text)
    }
    const touched = groups.get(text)
    if (touched) touched.touched = Math.max(touched.touched, event.row.time)
    if (emit === 'changes')
      for (const { op, result } of changes(before, resultOf(text), ttl !== null))
        give(event.at, madeRow(result, Number.NaN, op))
  }
  return { events, isWhole: false, isOpen: false, isUpdating: emit !== 'final' }
}

interface SliceGroup {
  slice: number
  readonly key: Member
  readonly text: string
  arrival: number
  group: NaiveGroup
}

/** Windows of event time: every row is kept by slice and key, and every result is counted anew. */
export function naiveWindow(world: World, input: Stream, options: NaiveWindows): Stream {
  const run = new WindowRun(world.step(options.id), input, options)
  for (const event of input.events) {
    if ('watermark' in event) run.rise(event.at, event.watermark)
    else run.take(event.at, event.row)
  }
  return {
    events: run.events,
    isWhole: false,
    isOpen: false,
    isUpdating: run.lateness > 0 || (options.emit ?? 'final') !== 'final',
  }
}

class WindowRun {
  readonly events: Event[] = []
  readonly lateness: number
  readonly #step: NaiveStep
  readonly #input: Stream
  readonly #options: Required<NaiveWindows>
  readonly #groups: SliceGroup[] = []
  readonly #told = new Map<string, Member | null>()
  #arrivals = 0
  #lateRows = 0
  #watermark = -Infinity

  constructor(step: NaiveStep, input: Stream, options: NaiveWindows) {
    this.#step = step
    this.#input = input
    this.#options = { slide: options.size, step: 0, offset: 0, lateness: 0, zone: '', emit: 'final', ...options }
    this.lateness = this.#options.lateness
  }

  /** The windows that hold a time, in order. */
  #windowsOf(time: number): NaiveWindow[] {
    const { size, slide, step, offset, zone } = this.#options
    const windows: NaiveWindow[] = []
    if (step > 0) {
      if (zone) return growingDaysOf(time, { zone, size: size / DAY, step: step / DAY })
      const start = Math.floor((time - offset) / size) * size + offset
      for (let end = start + step; end <= start + size; end += step) if (end > time) windows.push({ start, end })
      return windows
    }
    if (zone) return daysOf(time, { zone, size: size / DAY, slide: slide / DAY })
    for (let start = Math.floor((time - offset) / slide) * slide + offset; start > time - size; start -= slide)
      windows.unshift({ start, end: start + size })
    return windows
  }

  /** The last border of a window at or before a time. */
  #sliceOf(time: number): number {
    const { size, slide, step, offset, zone } = this.#options
    if (step > 0) return this.#windowsOf(time)[0]!.end - 1 // any time of the slice does
    if (zone) return this.#windowsOf(time).at(-1)!.start // windows of days are a multiple of their slide
    const border = (from: number) => Math.floor((time - from) / slide) * slide + from
    return Math.max(border(offset), border(offset + size))
  }

  rise(at: number, watermark: number): void {
    const windows = this.#groups.flatMap(({ slice }) => this.#windowsOf(slice))
    if (this.#options.emit !== 'final') {
      const isTick = passesTick(this.#options.emit, this.#watermark, watermark)
      this.#tell(at, isTick ? Infinity : watermark)
    }
    const due =
      this.#options.emit === 'final'
        ? windows.filter(({ end }) => end - 1 <= watermark && end - 1 > this.#watermark)
        : []
    for (const window of new Map(due.sort((a, b) => a.end - b.end).map((one) => [one.end, one])).values()) {
      const groups = this.#groupsIn(window).sort((a, b) => a.arrival - b.arrival)
      for (const text of new Set(groups.map((group) => group.text))) {
        const result = this.#resultOf(window, text)
        if (result) this.#give(at, madeRow(result, window.end - 1))
      }
    }
    this.#watermark = watermark
    if (this.#options.step > 0) this.#share()
    this.events.push({ at, watermark: watermark - this.lateness })
  }

  /** Compares every result of the windows that have not fired, up to a last time, with what was told of it. */
  #tell(at: number, until: number): void {
    const windows = this.#groups.flatMap(({ slice }) => this.#windowsOf(slice))
    const open = windows.filter(({ end }) => end - 1 > this.#watermark && end - 1 <= until)
    for (const window of new Map(open.sort((a, b) => a.end - b.end).map((one) => [one.end, one])).values()) {
      const groups = this.#groupsIn(window).sort((a, b) => a.arrival - b.arrival)
      for (const text of new Set(groups.map((group) => group.text))) {
        const name = `${window.end} ${text}`
        const result = this.#resultOf(window, text)
        for (const change of changes(this.#told.get(name) ?? null, result))
          this.#give(at, madeRow(change.result, window.end - 1, change.op))
        this.#told.set(name, result)
      }
    }
  }

  /** Slices of closed windows are counted together from now on: late rows come behind all of them. */
  #share(): void {
    for (const group of this.#groups.toSorted((a, b) => a.slice - b.slice)) {
      const slice = this.#sharedSlice(group.slice)
      if (slice === group.slice) continue
      const shared = this.#groups.find((one) => one.slice === slice && one.text === group.text)
      if (!shared) group.slice = slice
      else {
        shared.group = NaiveGroup.merged([shared.group, group.group], Object.keys(this.#options.aggregates).length)
        shared.arrival = Math.min(shared.arrival, group.arrival)
        this.#groups.splice(this.#groups.indexOf(group), 1)
      }
    }
  }

  #sharedSlice(slice: number): number {
    const { start, end } = this.#windowsOf(slice)[0]!
    return this.#options.step > 0 && end - 1 + this.lateness <= this.#watermark ? start : slice
  }

  #groupsIn({ start, end }: NaiveWindow): SliceGroup[] {
    return this.#groups.filter(({ slice }) => slice >= start && slice < end)
  }

  #resultOf(window: NaiveWindow, text: string): Member | null {
    const { aggregates } = this.#options
    const slices = this.#groupsIn(window).filter((group) => group.text === text)
    if (slices.length === 0) return null
    const groups = slices.sort((a, b) => a.slice - b.slice).map(({ group }) => group)
    const merged = NaiveGroup.merged(groups, Object.keys(aggregates).length)
    if (merged.rows === 0) return null
    return { window_start: window.start, window_end: window.end, ...slices[0]!.key, ...merged.results(aggregates) }
  }

  take(at: number, row: NaiveRow): void {
    const { counts } = this.#step
    counts.in += 1
    const windows = this.#windowsOf(row.time)
    const open = windows.filter(({ end }) => end - 1 + this.lateness > this.#watermark)
    if (open.length === 0) {
      const { size, slide, step, offset } = this.#options
      const isWhole = [size, slide, step, offset].every((length) => length % 1000 === 0)
      const window = { ...windows.at(-1)!, isWhole }
      const lateBy = this.#watermark - (window.end - 1 + this.lateness) + 1
      this.#step.late(at, row, this.#input, { lateBy, window, watermark: this.#watermark })
      return
    }
    const read = this.#step.attempt(at, row, this.#input, () => readRow(this.#options, row))
    if (read === undefined) return
    counts.used += 1
    counts.lateWindows += windows.length - open.length
    const text = keyText(read.key)
    const fired = open.filter(({ end }) => end - 1 <= this.#watermark)
    const before = fired.map((window) => this.#resultOf(window, text))
    this.#put(this.#sliceOf(row.time), { ...read, text }, isRetraction(row))
    for (const [i, window] of fired.entries()) {
      for (const { op, result } of changes(before[i]!, this.#resultOf(window, text)))
        this.#give(at, madeRow(result, window.end - 1, op))
    }
    if (this.#options.emit === 'changes') this.#tell(at, Infinity)
  }

  #put(slice: number, { key, taken, text }: { key: Member; taken: Taken[]; text: string }, retracts: boolean): void {
    const shared = this.#sharedSlice(slice)
    let found = this.#groups.find((group) => group.slice === shared && group.text === text)
    if (retracts) {
      if (found && found.group.rows > 0) found.group.retract(taken)
      return
    }
    if (!found) {
      found = { slice: shared, key, text, arrival: this.#arrivals++, group: new NaiveGroup(taken.length) }
      this.#groups.push(found)
    }
    // behind all that is shared, each late row by itself
    const behind = this.#watermark - this.lateness + 1e-6 * ++this.#lateRows
    found.group.add(taken, shared === slice ? slice : behind)
  }

  #give(at: number, row: NaiveRow): void {
    this.#step.counts.out += 1
    this.events.push({ at, row })
  }
}
