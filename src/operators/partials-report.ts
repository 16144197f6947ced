import { type Awaited, awaitedBy, endOf } from '../cep/awaited.ts'
import type { Matcher } from '../cep/matcher.ts'
import { Column } from '../data/column.ts'
import type { RowSlab } from '../data/row-slab.ts'
import { jsonOf, type Value } from '../data/value.ts'
import type { KeyTable } from '../state/key-table.ts'
import type { PrintRow } from './match-writer.ts'

/** A row that was taken. */
export interface ReportedRow {
  readonly step: string
  /** Event time, ms. */
  readonly time: number
  /** JSON: the row as it came where it is kept so, else the fields that the job reads. */
  readonly row: string
}

/** Rows of a chain; of a long one its first and last. */
export interface ReportedRows {
  readonly first: readonly ReportedRow[]
  /** Rows between. */
  readonly omitted: number
  readonly last: readonly ReportedRow[]
}

export interface ReportedPartial extends ReportedRows {
  /** Event time of its first row and of its last so far, ms. */
  readonly began: number
  readonly since: number
  /** Event time at which it is over, ms; Infinity: nothing ends it. */
  readonly until: number
  readonly waitsFor: readonly Awaited[]
}

/** What a matcher keeps for one key. */
export interface ReportedKey {
  readonly key: readonly Value[]
  readonly partials: readonly ReportedPartial[]
  /** Further ones, not shown. */
  readonly morePartials: number
  /** Complete matches that wait for an earlier partial match to end. */
  readonly held: readonly ReportedRows[]
  readonly moreHeld: number
}

/** What is open in a step, as `--explain-partials` asks. */
export interface PartialsReport {
  readonly step: string
  /** Names of the keys, in the order of `--by`. */
  readonly keyNames: readonly string[]
  /** Conditions as they were written, by label; those that are not there are met by every row. */
  readonly conditions: ReadonlyMap<string, string>
  /** Rows were taken up to this event time, ms; Infinity: all of them. */
  readonly watermark: number
  /** Rows of all keys that wait for the watermark. */
  readonly waiting: number
  readonly keys: readonly ReportedKey[]
  /** Keys with something open that were not asked for, or are too many. */
  readonly otherKeys: number
}

/** What is asked for, and how it is called. */
export interface PartialsQuestion extends Pick<PartialsReport, 'step' | 'keyNames' | 'conditions'> {
  /** Is a key one that was asked for? */
  readonly isMeant: (key: readonly Value[]) => boolean
  readonly printRow: PrintRow
}

export interface ReportOptions extends PartialsQuestion {
  readonly matcher: Matcher
  readonly slab: RowSlab
  readonly keys: KeyTable
}

/** Partial matches, and held matches, that are shown of all keys together. */
const MOST_SHOWN = 10
/** Rows shown of each end of a chain. */
const MOST_ROWS = 3

interface Kept extends Pick<PartialsReport, 'waiting' | 'watermark'> {
  /** Slots of the keys that something is open for. */
  readonly openKeys: Iterable<number>
}

/** Tells what a matcher has open, keys whose matches began earlier first. Changes nothing. */
export function reportPartials(options: ReportOptions, { openKeys, waiting, watermark }: Kept): PartialsReport {
  const keys: ReportedKey[] = []
  let left = MOST_SHOWN
  let otherKeys = 0
  for (const slot of [...openKeys].sort((a, b) => startOf(a, options) - startOf(b, options))) {
    const key = keyOf(slot, options)
    if (left <= 0 || !options.isMeant(key)) {
      otherKeys += 1
      continue
    }
    const report = reportKey(slot, left, options)
    left -= report.partials.length + report.held.length
    keys.push({ key, ...report })
  }
  const { step, keyNames, conditions } = options
  return { step, keyNames, conditions, watermark, waiting, keys, otherKeys }
}

/** Place of the first row that anything open for a key began with. */
function startOf(slot: number, { matcher: { partials, finished } }: ReportOptions): number {
  const first = partials.headOf(slot)
  const held = finished.of(slot)[0]?.startOrdinal ?? Number.POSITIVE_INFINITY
  return first < 0 ? held : Math.min(held, partials.startOrdinalOf(first))
}

function keyOf(slot: number, { keys }: ReportOptions): readonly Value[] {
  return Array.from({ length: keys.parts }, (_, k) => {
    const column = new Column('any', 'span', 1)
    keys.fill(k, Int32Array.of(slot), column, 0)
    return column.value(0)
  })
}

function reportKey(slot: number, most: number, options: ReportOptions): Omit<ReportedKey, 'key'> {
  const { partials: table, finished, nfa } = options.matcher
  const partials: ReportedPartial[] = []
  let count = 0
  for (let at = table.headOf(slot); at >= 0; at = table.nextOf(at)) {
    count += 1
    if (partials.length >= most) continue
    const partial = table.read(at)
    partials.push({
      began: partial.startTime,
      since: partial.lastTime,
      until: endOf(partial, nfa),
      waitsFor: awaitedBy(partial, nfa),
      ...rowsOf(partial.entry, options),
    })
  }
  const all = finished.of(slot)
  const held = all.slice(0, most - partials.length).map(({ entry }) => rowsOf(entry, options))
  return { partials, morePartials: count - partials.length, held, moreHeld: all.length - held.length }
}

function rowsOf(entry: number, options: ReportOptions): ReportedRows {
  const { buffer } = options.matcher
  const chain = buffer.chain(entry)
  const omitted = Math.max(0, chain.length - 2 * MOST_ROWS)
  const cut = omitted > 0 ? MOST_ROWS : chain.length
  const reported = (entries: readonly number[]) => entries.map((one) => rowOf(one, options))
  return { first: reported(chain.slice(0, cut)), omitted, last: reported(chain.slice(cut + omitted)) }
}

function rowOf(entry: number, { matcher: { buffer, nfa }, slab, printRow }: ReportOptions): ReportedRow {
  const row = buffer.rowOf(entry)
  const step = nfa.steps[nfa.stepOf[buffer.positionOf(entry)]!]!
  return { step, time: slab.time[row]!, row: slab.keepsLines ? printed(row, slab, printRow) : fieldsOf(row, slab) }
}

function printed(row: number, slab: RowSlab, printRow: PrintRow): string {
  const alone = slab.createOutput(1)
  slab.copyTo(row, alone, 0, 0)
  return printRow(alone, 0)
}

/** What is kept of a row. */
function fieldsOf(row: number, slab: RowSlab): string {
  const members = slab.shape.columns.map(({ name }, c) => `${jsonOf(name)}:${jsonOf(slab.columns[c]!.value(row))}`)
  return `{${members.join(',')}}`
}
