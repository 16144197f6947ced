import { keyText, memberTexts, type NaiveLine, type NaiveRow, objectText, RowProblem } from './naive-rows.ts'

/** Something that happens at a place of the input: a row passes, or the watermark rises. Places ascend. */
export type Event =
  | { readonly at: number; readonly row: NaiveRow }
  | { readonly at: number; readonly watermark: number }

/** All that happens on one edge of a pipeline, from the first line to the end. */
export interface Stream {
  readonly events: readonly Event[]
  /** Do rows leave as the lines they came in? */
  readonly isWhole: boolean
  /** Do rows still have the members that nobody named? */
  readonly isOpen: boolean
  /** Can rows be taken back? Then they carry `_op`. */
  readonly isUpdating: boolean
}

export interface NaiveCounts {
  in: number
  used: number
  filtered: number
  duplicate: number
  late: number
  bad: number
  out: number
  lateWindows: number
}

interface Side {
  readonly at: number
  readonly step: number
  readonly text: string
}

const LATE_NAMES = ['_late_by', '_step', '_window_start', '_window_end', '_watermark']
const iso = (ms: number): string | null => (Number.isFinite(ms) ? new Date(ms).toISOString() : null)

/** Why a row is late, for the members that say so. */
export interface NaiveLateness {
  readonly lateBy: number
  /** `isWhole`: its borders are whole seconds by definition, and print without a fraction. */
  readonly window?: { readonly start: number; readonly end: number; readonly isWhole: boolean }
  readonly watermark: number
}

/** One run: reads the files, and keeps what is told beside the rows. */
export class World {
  readonly counts: Record<string, NaiveCounts> = {}
  readonly sources: Record<string, { read: number; passed: number; bad: number; refused: number }> = {}
  readonly #streams: Map<string, Event[]>
  readonly #late: Side[] = []
  readonly #bad: Side[] = []
  #steps = 0

  /** `delays`: of the sources' watermarks, in the order in which they are declared. */
  constructor(files: Readonly<Record<string, string>>, delays: Readonly<Record<string, number>>) {
    const inputs = Object.entries(delays).map(([name, delay]) => new Input(name, files[name]!, delay))
    for (const { name, counts } of inputs) this.sources[name] = counts
    this.#streams = new Map(inputs.map(({ name, events }) => [name, events]))
    const refuse = (at: number, bad: string) => this.#bad.push({ at, step: -1, text: bad })
    let at = 0
    for (const input of inputs) input.skipBad(-1, refuse)
    for (;;) {
      for (const input of inputs) if (input.isOver) input.end(at)
      const running = inputs.filter(({ isOver }) => !isOver)
      if (running.length === 0) break
      running.reduce((least, input) => (input.watermark < least.watermark ? input : least)).take(at, refuse)
      at += 1
    }
  }

  source(name: string): Stream {
    this.#steps += 1
    return { events: this.#streams.get(name)!, isWhole: true, isOpen: true, isUpdating: false }
  }

  /** A step of that id; its place in the plan is that of this call. */
  step(id: string): NaiveStep {
    const counts = { in: 0, used: 0, filtered: 0, duplicate: 0, late: 0, bad: 0, out: 0, lateWindows: 0 }
    this.counts[id] = counts
    return new NaiveStep(id, counts, this.#steps++, { late: this.#late, bad: this.#bad })
  }

  rows({ events, isWhole, isUpdating }: Stream): string[] {
    return events.flatMap((event) => ('row' in event ? [printed(event.row, { isWhole, isUpdating })] : []))
  }

  get late(): string[] {
    return inOrder(this.#late)
  }

  get bad(): string[] {
    return inOrder(this.#bad)
  }
}

const inOrder = (sides: readonly Side[]) =>
  [...sides].sort((a, b) => a.at - b.at || a.step - b.step).map(({ text }) => text)

function printed(row: NaiveRow, { isWhole, isUpdating }: Pick<Stream, 'isWhole' | 'isUpdating'>): string {
  if (isWhole && !isUpdating) return row.line!.text
  return objectText([...(isUpdating ? [`"_op":"${row.op}"`] : []), ...row.members.values()])
}

/** What every step can tell. */
export class NaiveStep {
  readonly counts: NaiveCounts
  readonly #id: string
  readonly #place: number
  readonly #sides: { readonly late: Side[]; readonly bad: Side[] }

  constructor(id: string, counts: NaiveCounts, place: number, sides: { late: Side[]; bad: Side[] }) {
    this.#id = id
    this.counts = counts
    this.#place = place
    this.#sides = sides
  }

  late(at: number, row: NaiveRow, input: Stream, { lateBy, window, watermark }: NaiveLateness): void {
    this.counts.late += 1
    const own = [...row.members].filter(([name]) => !LATE_NAMES.includes(name)).map(([, text]) => text)
    const border = (ms: number) => (window?.isWhole ? iso(ms)!.replace('.000Z', 'Z') : iso(ms))
    const members = { _late_by: lateBy, _step: this.#id, _window_start: window && border(window.start) }
    const reason = { ...members, _window_end: window && border(window.end), _watermark: iso(watermark) }
    const more = JSON.stringify(reason).slice(1, -1)
    const op = input.isUpdating ? [`"_op":"${row.op}"`] : []
    this.#sides.late.push({ at, step: this.#place, text: objectText([...op, ...own, more]) })
  }

  /** What `read` gives; a row that it cannot take is bad, and gives undefined. */
  attempt<V>(at: number, row: NaiveRow, input: Stream, read: () => V): V | undefined {
    try {
      return read()
    } catch (problem) {
      if (!(problem instanceof RowProblem)) throw problem
      this.counts.bad += 1
      const raw = row.line ? row.line.text : printed(row, { isWhole: false, isUpdating: input.isUpdating })
      this.#sides.bad.push({ at, step: this.#place, text: deadLetter('E_ROW_VALUE', row.line, raw) })
      return undefined
    }
  }
}

/** A dead letter without its reason, whose words are not ours. */
export const deadLetter = (code: string, line: NaiveLine | null, raw: string): string =>
  keyText({
    _error: { code, file: line?.file ?? null, line: line?.number ?? null, offset: line?.offset ?? null },
    _raw: raw,
  })

/** One source: its lines in order, its own watermark. */
class Input {
  readonly name: string
  readonly events: Event[] = []
  readonly counts = { read: 0, passed: 0, bad: 0, refused: 0 }
  watermark = -Infinity
  readonly #delay: number
  readonly #lines: NaiveLine[] = []
  #next = 0

  constructor(name: string, file: string, delay: number) {
    this.name = name
    this.#delay = delay
    let offset = 0
    for (const [i, text] of file.split('\n').entries()) {
      this.#lines.push({ file: name, number: i + 1, offset, text })
      offset += Buffer.byteLength(text) + 1
    }
  }

  get isOver(): boolean {
    return this.#next >= this.#lines.length
  }

  /** The next row passes, and brings the watermark to its time minus the delay minus 1. */
  take(at: number, refuse: (at: number, bad: string) => void): void {
    const line = this.#lines[this.#next++]!
    const value = JSON.parse(line.text) as { ts: number }
    this.counts.read += 1
    this.counts.passed += 1
    this.events.push({
      at,
      row: { op: '+I', time: value.ts, value: { ...value }, members: memberTexts(line.text), line },
    })
    if (value.ts - this.#delay - 1 > this.watermark) {
      this.watermark = value.ts - this.#delay - 1
      this.events.push({ at: at + 0.5, watermark: this.watermark })
    }
    this.skipBad(at, refuse)
  }

  /** Passes over blank lines and refuses bad ones, up to the next row. */
  skipBad(at: number, refuse: (at: number, bad: string) => void): void {
    for (; !this.isOver; this.#next += 1) {
      const line = this.#lines[this.#next]!
      if (line.text.trim() === '') continue
      const code = whyBad(line.text)
      if (code === null) return
      this.counts.read += 1
      this.counts.bad += 1
      refuse(at + 0.75, deadLetter(code, line, line.text))
    }
  }

  /** The end of the input: nothing more will come. */
  end(at: number): void {
    if (this.watermark === Infinity) return
    this.watermark = Infinity
    this.events.push({ at: at - 0.1, watermark: Infinity })
  }
}

function whyBad(text: string): string | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'E_ROW_JSON'
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return 'E_ROW_OBJECT'
  return typeof (value as { ts?: unknown }).ts === 'number' ? null : 'E_ROW_TIME'
}
