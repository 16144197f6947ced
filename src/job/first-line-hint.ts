import type { ErrorCode } from '../base/error-codes.ts'

/** What a line that is no row may be the beginning of. */
interface BadLine {
  readonly code: ErrorCode
  readonly line: number | null
  readonly raw: Buffer
}

/** First bytes of files of other kinds, and what to do about them. */
const KINDS: readonly (readonly [bytes: readonly number[], hint: string])[] = [
  [[0xff, 0xfe], 'the input looks like UTF-16; rows are UTF-8: iconv -f UTF-16 -t UTF-8 FILE | tidemark …'],
  [[0xfe, 0xff], 'the input looks like UTF-16; rows are UTF-8: iconv -f UTF-16 -t UTF-8 FILE | tidemark …'],
  [[0x7b, 0x00], 'the input looks like UTF-16; rows are UTF-8: iconv -f UTF-16LE -t UTF-8 FILE | tidemark …'],
  [[0x00, 0x7b], 'the input looks like UTF-16; rows are UTF-8: iconv -f UTF-16BE -t UTF-8 FILE | tidemark …'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'the input is compressed: xz -dc FILE | tidemark …'],
  [[0x42, 0x5a, 0x68], 'the input is compressed: bzip2 -dc FILE | tidemark …'],
  [[0x50, 0x4b, 0x03, 0x04], 'the input is compressed: unzip -p FILE | tidemark …'],
]
/** An object or array that goes on in the next line. */
const OPEN_OBJECT = /^\s*\{\s*("[^"]*"\s*:?\s*[[{]?)?\s*$/
const OPEN_ARRAY = /^\s*\[/
/** Names or values with one separator between them. */
const FIELDS = /^\s*[\w" .@-]+([,\t])[^{}[\]]*$/
/** More of a line tells nothing more. */
const LOOKED_AT = 400

/** What an input is that is not NDJSON, told by its first line; undefined: nothing that is known. */
export function firstLineHint({ code, line, raw }: BadLine): string | undefined {
  if (line !== 1 || !['E_ROW_JSON', 'E_ROW_UTF8', 'E_ROW_OBJECT'].includes(code)) return undefined
  const kind = KINDS.find(([bytes]) => bytes.every((byte, i) => raw[i] === byte))
  if (kind) return kind[1]
  const text = raw.toString('utf8', 0, LOOKED_AT)
  if (OPEN_OBJECT.test(text)) return 'a row is an object on one line: jq -c . FILE | tidemark …'
  if (OPEN_ARRAY.test(text)) return "rows are objects, each on a line of its own: jq -c '.[]' FILE | tidemark …"
  const separator = FIELDS.exec(text)?.[1]
  if (separator === undefined) return undefined
  const format = separator === ',' ? 'csv' : 'tsv'
  return `rows are JSON objects, each on a line of its own; for ${separator === ',' ? 'commas' : 'tabs'} between fields: --input-format ${format}`
}
