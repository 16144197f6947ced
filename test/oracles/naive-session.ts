import { NaiveGroup, type Taken } from './naive-aggregates.ts'
import { changes, isRetraction, type NaiveEmission, type NaiveGrouping, passesTick, readRow } from './naive-grouping.ts'
import { keyText, madeRow, type NaiveRow } from './naive-rows.ts'
import type { Member } from './naive-rowwise.ts'
import type { Event, NaiveStep, Stream, World } from './naive-world.ts'

export interface NaiveSessions extends NaiveGrouping {
  readonly gap: number
  readonly lateness?: number
  readonly emit?: NaiveEmission
}

interface Session {
  readonly key: Member
  readonly text: string
  start: number
  end: number
  arrival: number
  group: NaiveGroup
  hasFired: boolean
  /** What was told of it, or of those that have become one in it, and was not taken back. */
  told: readonly Told[]
}

interface Told {
  readonly start: number
  readonly end: number
  readonly result: Member
}

/** Sessions: a list of all, looked through for every row. */
export function naiveSession(world: World, input: Stream, options: NaiveSessions): Stream {
  const run = new SessionRun(world.step(options.id), input, options)
  for (const event of input.events) {
    if ('watermark' in event) run.rise(event.at, event.watermark)
    else run.take(event.at, event.row)
  }
  return {
    events: run.events,
    isWhole: false,
    isOpen: false,
    isUpdating: (options.lateness ?? 0) > 0 || (options.emit ?? 'final') !== 'final',
  }
}

class SessionRun {
  readonly events: Event[] = []
  readonly #step: NaiveStep
  readonly #input: Stream
  readonly #options: NaiveSessions
  readonly #lateness: number
  readonly #emit: NaiveEmission
  #sessions: Session[] = []
  #arrivals = 0
  #watermark = -Infinity

  constructor(step: NaiveStep, input: Stream, options: NaiveSessions) {
    this.#step = step
    this.#input = input
    this.#options = options
    this.#lateness = options.lateness ?? 0
    this.#emit = options.emit ?? 'final'
  }

  rise(at: number, watermark: number): void {
    const isTick = passesTick(this.#emit, this.#watermark, watermark)
    const due = this.#sessions.filter(({ end, hasFired }) => !hasFired && (isTick || end - 1 <= watermark))
    this.#tellAll(at, due)
    for (const session of due) session.hasFired = session.end - 1 <= watermark
    this.#sessions = this.#sessions.filter(({ end }) => end - 1 + this.#lateness > watermark)
    this.#watermark = watermark
    const behind = typeof this.#emit === 'string' ? 0 : this.#emit.every
    this.events.push({ at, watermark: watermark - Math.max(this.#lateness, behind) })
  }

  #tellAll(at: number, sessions: Session[]): void {
    sessions.sort((a, b) => a.end - b.end || a.start - b.start || a.arrival - b.arrival)
    for (const session of sessions) this.#tell(at, session)
  }

  /** Tells how a session differs from what was told. */
  #tell(at: number, session: Session): void {
    const { start, end, told } = session
    const now = this.#resultOf(session)
    const isSame = told.length === 1 && told[0]!.start === start && told[0]!.end === end
    if (!isSame) for (const one of told) this.#change(at, one.end, one.result, null)
    this.#change(at, end, isSame ? told[0]!.result : null, now)
    session.told = now === null ? [] : [{ start, end, result: now }]
  }

  take(at: number, row: NaiveRow): void {
    const { counts } = this.#step
    counts.in += 1
    const read = this.#step.attempt(at, row, this.#input, () => readRow(this.#options, row))
    if (read === undefined) return
    const [start, end] = [row.time, row.time + this.#options.gap]
    const text = keyText(read.key)
    const touched = this.#sessions.filter((one) => one.text === text && one.start <= end && one.end >= start)
    if (touched.length === 0 && end - 1 + this.#lateness <= this.#watermark) {
      const lateBy = this.#watermark - (end - 1 + this.#lateness) + 1
      const window = { start, end, isWhole: false }
      this.#step.late(at, row, this.#input, { lateBy, window, watermark: this.#watermark })
      return
    }
    counts.used += 1
    if (isRetraction(row)) this.#retract(at, row.time, text, read.taken)
    else this.#join(at, row.time, touched, { ...read, text })
    const open = this.#sessions.filter(({ hasFired }) => !hasFired)
    if (this.#emit === 'changes') this.#tellAll(at, open)
  }

  #join(
    at: number,
    time: number,
    touched: readonly Session[],
    { key, text, taken }: { key: Member; text: string; taken: Taken[] },
  ): void {
    const old = touched.toSorted((a, b) => a.start - b.start)
    const session: Session = {
      key,
      text,
      start: Math.min(time, ...old.map(({ start }) => start)),
      end: Math.max(time + this.#options.gap, ...old.map(({ end }) => end)),
      arrival: old.length > 0 ? Math.min(...old.map(({ arrival }) => arrival)) : this.#arrivals++,
      group: mergedByStart(old, taken.length),
      hasFired: false,
      told: old.flatMap(({ told }) => told),
    }
    session.group.add(taken, 0)
    this.#sessions = [...this.#sessions.filter((one) => !touched.includes(one)), session]
    session.hasFired = session.end - 1 <= this.#watermark
    if (session.hasFired) this.#tell(at, session)
    else if (old.some(({ hasFired }) => hasFired)) {
      for (const one of session.told) this.#change(at, one.end, one.result, null)
      session.told = []
    }
  }

  #retract(at: number, time: number, text: string, taken: Taken[]): void {
    const session = this.#sessions.find((one) => one.text === text && one.start <= time && time < one.end)
    if (session === undefined || session.group.rows === 0) return
    session.group.retract(taken)
    if (session.hasFired) this.#tell(at, session)
  }

  #change(at: number, end: number, before: Member | null, after: Member | null): void {
    for (const { op, result } of changes(before, after)) this.#give(at, madeRow(result, end - 1, op))
  }

  #resultOf({ start, end, key, group }: Session): Member | null {
    if (group.rows === 0) return null
    return { window_start: start, window_end: end, ...key, ...group.results(this.#options.aggregates) }
  }

  #give(at: number, row: NaiveRow): void {
    this.#step.counts.out += 1
    this.events.push({ at, row })
  }
}

const mergedByStart = (sessions: readonly Session[], count: number): NaiveGroup =>
  NaiveGroup.merged(
    sessions.map(({ group }) => group),
    count,
  )
