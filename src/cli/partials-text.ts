import type { Awaited } from '../cep/awaited.ts'
import { jsonOf, type Value } from '../data/value.ts'
import type {
  PartialsReport,
  ReportedKey,
  ReportedPartial,
  ReportedRow,
  ReportedRows,
} from '../operators/partials-report.ts'
import { formatTimestamp } from '../time/timestamp-format.ts'
import { counted } from './commands/state-words.ts'

/** What is open in a step, in words; a whole number of lines. */
export function partialsText(report: PartialsReport): string {
  const { step, keys, otherKeys, waiting } = report
  const others = otherKeys === 0 ? [] : [`${step}: ${counted(otherKeys, 'other key has', 'other keys have')} open ones`]
  const found = keys.flatMap((key) => keyLines(key, report))
  const lines = [...(keys.length > 0 ? found : [`${step}: no partial match is open ${whenText(report)}`]), ...others]
  if (waiting > 0) lines.push(`${step}: ${counted(waiting, 'row waits', 'rows wait')} for the watermark, of all keys`)
  return `${lines.join('\n')}\n`
}

function whenText({ watermark }: PartialsReport): string {
  if (watermark === Number.POSITIVE_INFINITY) return 'at the end of the input'
  return watermark === Number.NEGATIVE_INFINITY ? 'yet' : `at watermark ${timeText(watermark)}`
}

const timeText = (ms: number): string => formatTimestamp(ms, { fraction: 3 })

function keyLines({ key, partials, morePartials, held, moreHeld }: ReportedKey, report: PartialsReport): string[] {
  const named = report.keyNames.map((name, k) => `${name} = ${jsonOf(key[k]!)}`).join(', ')
  const about = named === '' ? report.step : `${report.step}, ${named}`
  const open = counted(partials.length + morePartials, 'partial match is', 'partial matches are')
  const complete = held.length + moreHeld
  return [
    `${about}: ${open} open ${whenText(report)}`,
    ...partials.flatMap((partial, i) => partialLines(partial, i + 1, report)),
    ...(morePartials > 0 ? [`  and ${morePartials} more`] : []),
    ...(complete > 0
      ? [`  ${counted(complete, 'match is', 'matches are')} complete and held back by one that began earlier`]
      : []),
    ...held.flatMap((one) => rowLines(one)),
    ...(moreHeld > 0 ? [`  and ${moreHeld} more`] : []),
  ]
}

function partialLines(partial: ReportedPartial, number: number, report: PartialsReport): string[] {
  const { began, since, until, waitsFor } = partial
  const end = until === Number.POSITIVE_INFINITY ? 'without an end' : `until ${timeText(until)}`
  return [
    `  ${number}. began ${timeText(began)}`,
    ...rowLines(partial),
    `     waits since ${timeText(since)}, ${end}, for`,
    ...waitsFor.map((one) => `       ${awaitedText(one, partial, report)}`),
  ]
}

function rowLines({ first, omitted, last }: ReportedRows): string[] {
  const lineOf = ({ step, time, row }: ReportedRow) => `     ${step} ${timeText(time)} ${row}`
  return [
    ...first.map(lineOf),
    ...(omitted > 0 ? [`     ... ${counted(omitted, 'row')} ...`] : []),
    ...last.map(lineOf),
  ]
}

const COMES = {
  next: 'the next row',
  'followed-by': 'the first that comes',
  'followed-by-any': 'each that comes',
} as const

function awaitedText(awaited: Awaited, partial: ReportedPartial, report: PartialsReport): string {
  const { kind, step, contiguity, unless, until } = awaited
  const forbidden = unless.map((label) => conditionText(label, report)).join(' or ')
  if (kind === 'absence') return `no row with ${forbidden} until ${timeText(until)}, which completes it`
  const barred = forbidden === '' ? '' : `; ended by a row with ${forbidden}`
  if (kind === 'next-row') return `the next row, whatever it is, which completes it${barred}`
  const time = until < partial.until ? `; before ${timeText(until)}` : ''
  return `${step} (${COMES[contiguity]}): ${report.conditions.get(step!) ?? 'any row'}${barred}${time}`
}

const conditionText = (label: string, { conditions }: PartialsReport): string =>
  conditions.has(label) ? `${label}: ${conditions.get(label)}` : `${label}: any row`

/** The same for `--json`. */
export function partialsJson(report: PartialsReport): unknown {
  const { step, keyNames, watermark, waiting, keys, otherKeys } = report
  return {
    step,
    watermark: timeOrNull(watermark),
    waiting,
    keys: keys.map((one) => ({
      key: Object.fromEntries(keyNames.map((name, k) => [name, plain(one.key[k]!)])),
      partials: one.partials.map((partial) => ({
        began: timeText(partial.began),
        since: timeText(partial.since),
        until: timeOrNull(partial.until),
        ...rowsJson(partial),
        waits_for: partial.waitsFor.map((awaited) => awaitedJson(awaited, report)),
      })),
      more_partials: one.morePartials,
      held: one.held.map(rowsJson),
      more_held: one.moreHeld,
    })),
    other_keys: otherKeys,
  }
}

const plain = (value: Value): unknown => JSON.parse(jsonOf(value))

const timeOrNull = (ms: number): string | null => (Number.isFinite(ms) ? timeText(ms) : null)

function rowsJson({ first, omitted, last }: ReportedRows) {
  const rowJson = ({ step, time, row }: ReportedRow) => ({
    step,
    time: timeText(time),
    row: JSON.parse(row) as unknown,
  })
  return { rows: [...first, ...last].map(rowJson), omitted_rows: omitted }
}

function awaitedJson({ kind, step, contiguity, unless, until }: Awaited, { conditions }: PartialsReport) {
  const condition = (label: string) => ({ step: label, condition: conditions.get(label) ?? null })
  return {
    kind,
    ...(step === null ? {} : { ...condition(step), contiguity }),
    unless: unless.map(condition),
    until: timeOrNull(until),
  }
}
