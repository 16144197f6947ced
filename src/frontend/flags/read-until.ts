import { TidemarkError } from '../../base/errors.ts'
import { parseDuration } from '../../time/duration.ts'
import { timestampOfText } from '../../time/timestamp.ts'
import type { Until } from './command-line.ts'
import { type FlagUse, spanOfUse } from './lexed.ts'

/** The value of `--until`: a duration above 0, `rows:N`, `watermark:TIME`; `latest` ends a source where it stood. */
export function readUntil(use: FlagUse): Until | 'latest' {
  if (use.value === 'latest') return 'latest'
  const [, kind, text] = /^(rows|watermark):(.*)$/s.exec(use.value) ?? []
  if (kind === 'rows' && /^[1-9]\d{0,14}$/.test(text!)) return { kind: 'rows', rows: Number(text) }
  const watermark = kind === 'watermark' ? timestampOfText(text!, 'auto') : Number.NaN
  if (!Number.isNaN(watermark)) return { kind: 'watermark', watermark }
  if (kind === undefined) {
    const ms = parseDuration(use.value, { span: spanOfUse(use), isSigned: false })
    if (ms > 0) return { kind: 'time', ms }
    throw new TidemarkError('E_FLAG_VALUE', `${use.written} must be longer than 0`)
  }
  throw new TidemarkError('E_FLAG_VALUE', `${use.written} cannot read '${use.value}'`, {
    hint: `${use.written} 15m, ${use.written} rows:1000 or ${use.written} watermark:2024-05-01T10:00:00Z`,
  })
}
