import { TidemarkError } from '../base/errors.ts'
import type { Span } from '../base/span.ts'
import { formatDuration } from '../time/duration.ts'

export function windowError(message: string, span: Span | undefined, hint: string): TidemarkError {
  return new TidemarkError('E_WINDOW', message, span ? { hint, span } : { hint })
}

export function checkPositive(what: string, ms: number, span: Span | undefined): void {
  if (ms > 0) return
  throw windowError(`${what} is ${formatDuration(ms)}`, span, 'it must be longer than 0, such as 5m')
}

/** `period`: after how long the borders repeat. */
export function checkOffset(offset: number, size: number, period: number, span: Span | undefined): void {
  if (Math.abs(offset) < size) return
  const message = `the offset ${formatDuration(offset)} is not smaller than the window, ${formatDuration(size)}`
  const same = formatDuration(offset % period)
  throw windowError(message, span, `borders repeat every ${formatDuration(period)}: an offset of ${same} does the same`)
}
