/** Amounts as people read them while they change: three digits at the most, or so. */

const BYTES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
const COUNTS = ['', 'k', 'M', 'G', 'T']

/** Powers of 1000: `12.3 MB`. */
export const bytesText = (bytes: number): string => scaled(bytes, BYTES, ' ')

/** `950`, `1.2M`. */
export const countText = (count: number): string => scaled(count, COUNTS, '')

function scaled(amount: number, units: readonly string[], space: string): string {
  let unit = 0
  let rest = amount
  while (rest >= 999.5 && unit < units.length - 1) {
    rest /= 1000
    unit += 1
  }
  const digits = unit === 0 || rest >= 99.95 ? 0 : 1
  return `${rest.toFixed(digits)}${space}${units[unit]}`
}

/** Whole seconds: `42 s`, `3 min 05 s`, `2 h 10 min`, `12 d`. */
export function secondsText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  const two = (count: number) => `${count}`.padStart(2, '0')
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`
  if (whole >= 48 * 3600) return `${Math.floor(whole / 86_400)} d`
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`
}
