import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { parseTimestampText, timestampOfNumber } from '../time/timestamp.ts'

/** Enough for the first row of any sensible file. */
const PEEK_BYTES = 65_536
/** A number counts as time-like only under a name like these. */
const TIME_NAMES = /^(ts|t|time|timestamp|date|datetime|at)$|(_|\b)(ts|time|timestamp|date|at|on)$|time|stamp/i

/**
 * The hint for a verb that needs event time: names the time-like fields of the first row of the first regular file. Only a hint: the time field is
 * never guessed. Undefined when there is no such file or field.
 */
export function timeFieldHint(files: readonly string[]): string | undefined {
  const file = files.find((path) => path !== '-')
  const row = file === undefined ? undefined : firstRow(file)
  if (file === undefined || row === undefined) return undefined
  const found = Object.entries(row).filter(([name, value]) => isTimeLike(name, value))
  if (found.length === 0) return undefined
  const shown = found.slice(0, 4).map(([name, value]) => `${name} (${JSON.stringify(value)})`)
  const words = shown.length === 1 ? shown[0] : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
  return `name the field that holds it; the first row of ${file} has ${words}: --time ${found[0]![0]}`
}

function firstRow(file: string): Record<string, unknown> | undefined {
  try {
    if (!statSync(file).isFile()) return undefined
    const descriptor = openSync(file, 'r')
    try {
      const bytes = Buffer.alloc(PEEK_BYTES)
      const text = bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, PEEK_BYTES, 0)).replace(/^\uFEFF/, '')
      const line = text.split('\n').find((some) => some.trim() !== '')
      const row: unknown = line === undefined ? undefined : JSON.parse(line)
      return typeof row === 'object' && row !== null && !Array.isArray(row)
        ? (row as Record<string, unknown>)
        : undefined
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return undefined // a file that cannot be read or parsed gives no hint; opening it will tell why
  }
}

function isTimeLike(name: string, value: unknown): boolean {
  if (typeof value === 'string') return /^\d{4}-/.test(value) && !Number.isNaN(parseTimestampText(value))
  return typeof value === 'number' && TIME_NAMES.test(name) && !Number.isNaN(timestampOfNumber(value, 'auto'))
}
