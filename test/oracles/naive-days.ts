export interface NaiveWindow {
  readonly start: number
  readonly end: number
}

export const DAY = 86_400_000

const formats = new Map<string, Intl.DateTimeFormat>()
const starts = new Map<string, number>()

/** The day on the calendars of a zone, counted from 1970. */
function dayOf(instant: number, timeZone: string): number {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone })
  formats.set(timeZone, format)
  return Date.parse(format.format(instant)) / DAY
}

/** The first instant of a day: no earlier one has this day or a later one on its calendar. */
function startOf(day: number, zone: string): number {
  const known = starts.get(`${zone} ${day}`)
  if (known !== undefined) return known
  let [before, start] = [(day - 2) * DAY, (day + 2) * DAY]
  while (start - before > 1) {
    const middle = Math.floor((before + start) / 2)
    if (dayOf(middle, zone) >= day) start = middle
    else before = middle
  }
  starts.set(`${zone} ${day}`, start)
  return start
}

/** The windows of `size` days, one each `slide` days, that hold an instant, in order. */
export function daysOf(
  instant: number,
  { zone, size, slide }: { readonly zone: string; readonly size: number; readonly slide: number },
): NaiveWindow[] {
  const today = dayOf(instant, zone)
  const windows: NaiveWindow[] = []
  for (let day = Math.floor(today / slide) * slide; day > today - size; day -= slide)
    windows.unshift({ start: startOf(day, zone), end: startOf(day + size, zone) })
  return windows
}

/** The windows that begin every `size` days and grow by `step` days, as far as they hold an instant, in order. */
export function growingDaysOf(
  instant: number,
  { zone, size, step }: { readonly zone: string; readonly size: number; readonly step: number },
): NaiveWindow[] {
  const today = dayOf(instant, zone)
  const first = Math.floor(today / size) * size
  const windows: NaiveWindow[] = []
  for (let day = first + step; day <= first + size; day += step)
    if (day > today) windows.push({ start: startOf(first, zone), end: startOf(day, zone) })
  return windows
}
