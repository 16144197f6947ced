import { formatTimestamp } from '../../time/timestamp-format.ts'

/** How long ago, in one unit, cut off: `3s`, `5m`, `2h`, `4d`. */
export function ageText(ms: number): string {
  const units = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'm'],
  ] as const
  const [length, unit] = units.find(([least]) => ms >= least) ?? [1000, 's']
  return `${Math.floor(Math.max(0, ms) / length)}${unit}`
}

/** `1 step`, `2 steps` */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

/** An event time or a watermark as stored; null: none yet. */
export const timeText = (ms: number | null | undefined): string =>
  typeof ms === 'number' && Number.isFinite(ms) ? formatTimestamp(ms, { fraction: 3 }) : 'none yet'

/** As much of a stored position (`Intake`, marks of sources) as can be put into words; members that are missing are left out. */
interface StoredPosition {
  readonly reader?: {
    readonly operands?: readonly { readonly name?: string; readonly offset?: number; readonly line?: number }[]
    readonly current?: number
    readonly hasEnded?: boolean
    readonly file?: number
    readonly offset?: number
    readonly line?: number
  }
  readonly watermark?: number | null
  readonly taken?: number
  readonly counters?: { readonly read?: number }
}

/** Where a source goes on: `a.ndjson at line 17, byte 1234; 16 rows read; watermark 2024-05-01T10:00:00Z`. */
export function positionText(position: unknown): string {
  const { reader = {}, taken = 0, counters = {}, watermark } = position as StoredPosition
  const { operands = [], current = reader.file ?? 0, hasEnded = false } = reader
  const operand = operands[current]
  const { offset, line } = operand ?? reader
  const name =
    operand?.name === undefined ? `file ${current + 1}` : operand.name === '-' ? 'standard input' : operand.name
  const among = operands.length > 1 ? ` (${current + 1} of ${operands.length} files)` : ''
  const at = offset === undefined ? '' : ` at line ${line ?? 1}, byte ${offset}`
  const further = taken > 0 ? `, ${counted(taken, 'row')} further` : ''
  const place = hasEnded ? `${name}${among} read to its end` : `${name}${among}${at}${further}`
  return `${place}; ${counted(counters.read ?? 0, 'row')} read; watermark ${timeText(watermark)}`
}
