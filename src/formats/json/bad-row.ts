import { isUtf8 } from 'node:buffer'
import type { ErrorCode } from '../../base/error-codes.ts'
import { partitionOf } from '../../data/record-source.ts'
import { jsonOf } from '../../data/value.ts'

/** A row that was refused, and where it stood; what is not known of its place is null. */
export interface DeadLetter {
  readonly code: ErrorCode
  readonly reason: string
  readonly file: string | null
  /** 1-based. */
  readonly line: number | null
  /** Byte in the file at which the row begins. */
  readonly offset: number | null
  /** The row as it came, without its newline. */
  readonly raw: Buffer
}

/**
 * The dead letter as a line, with its newline: `{"_error":{…},"_raw":"…"}`. What is not UTF-8 shows as U+FFFD in
 * `_raw`, and then `_raw_base64` has the bytes, so that nothing is lost.
 */
export function badRowJson({ code, reason, file, line, offset, raw }: DeadLetter): string {
  const record = file === null ? null : partitionOf(file)
  // of a record, its line is its offset
  const place = record
    ? `"topic":${jsonOf(record.topic)},"partition":${record.partition},"offset":${jsonOf(line)}`
    : `"file":${jsonOf(file)},"line":${jsonOf(line)},"offset":${jsonOf(offset)}`
  const error = `{"code":"${code}",${place},"reason":${jsonOf(reason)}}`
  const bytes = isUtf8(raw) ? '' : `,"_raw_base64":"${raw.toString('base64')}"`
  return `{"_error":${error},"_raw":${jsonOf(raw.toString('utf8'))}${bytes}}\n`
}
