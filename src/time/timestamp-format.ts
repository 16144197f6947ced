const DAY = 86_400_000
const HOUR = 3_600_000
const MINUTE = 60_000

/** How `formatTimestamp` writes. */
export interface TimestampStyle {
  /** Digits of the fraction; with 0, what is below a second is cut off. Default 0. */
  readonly fraction?: 0 | 3
  /** Offset of local time from UTC in ms, as `Zone.offsetAt` gives it. Absent: UTC, written `Z`. */
  readonly offset?: number
}

const UTC_SECONDS: TimestampStyle = {}
const PADDED = Array.from({ length: 100 }, (_, i) => String(i).padStart(2, '0'))

let writtenDay = NaN
let writtenDayText = ''

/**
 * `2024-05-01T10:00:00Z`, or `2024-05-01T12:00:00+02:00` with an offset. Years outside 0000 to 9999 as
 * `Date.toISOString` writes them: a sign and six digits. `ms` is a finite number.
 */
export function formatTimestamp(ms: number, style: TimestampStyle = UTC_SECONDS): string {
  const local = Math.floor(ms) + (style.offset ?? 0)
  const day = Math.floor(local / DAY)
  if (day !== writtenDay) {
    writtenDayText = formatDay(day)
    writtenDay = day
  }
  const rest = local - day * DAY
  const hour = Math.floor(rest / HOUR)
  const minute = Math.floor(rest / MINUTE) % 60
  const second = Math.floor(rest / 1000) % 60
  const zone = style.offset === undefined ? 'Z' : formatOffset(style.offset)
  const text = `${writtenDayText}T${PADDED[hour]!}:${PADDED[minute]!}:${PADDED[second]!}`
  if (style.fraction !== 3) return text + zone
  return `${text}.${String(rest % 1000).padStart(3, '0')}${zone}`
}

/** `+02:00`; with seconds where a zone has them (`+00:53:28`, Berlin before 1893). */
export function formatOffset(offset: number): string {
  const size = Math.abs(offset)
  const seconds = Math.floor(size / 1000) % 60
  const text = `${offset < 0 ? '-' : '+'}${PADDED[Math.floor(size / HOUR)]!}:${PADDED[Math.floor(size / MINUTE) % 60]!}`
  return seconds === 0 ? text : `${text}:${PADDED[seconds]!}`
}

/** `YYYY-MM-DD` of a day counted from 1970-01-01 (Howard Hinnant's `civil_from_days`). */
function formatDay(day: number): string {
  const shifted = day + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  const date = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const sign = year < 0 ? '-' : year > 9999 ? '+' : ''
  return `${sign}${String(Math.abs(year)).padStart(sign ? 6 : 4, '0')}-${PADDED[month]!}-${PADDED[date]!}`
}
