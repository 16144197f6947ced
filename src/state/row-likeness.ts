import type { Column } from '../data/column.ts'
import { hashOfBytes, viewOf } from '../data/key-bytes.ts'
import { canonicalOf, type TextPlace } from '../data/row-texts.ts'
import { keyTextOf } from '../data/value.ts'

/** A row of a batch, or one that is kept: its columns, and its text where texts are kept. */
export interface LikeRow {
  readonly columns: readonly Column[]
  readonly row: number
  readonly text: TextPlace | null
}

/** Rows that are written alike. */
export const LIKE_TEXT = {
  hashOf: (one: LikeRow): number => mixed(one, one.text && hashOfBytes(one.text.view, one.text.start, one.text.end)),
  areAlike: (one: LikeRow, other: LikeRow): boolean =>
    areColumnsAlike(one, other) && areBytesAlike(one.text, other.text),
}

/** Rows of equal values, however they are written. */
export const LIKE_VALUE = {
  hashOf: (one: LikeRow): number => mixed(one, one.text && hashOfText(canonicalOf(textOf(one.text)))),
  areAlike: (one: LikeRow, other: LikeRow): boolean =>
    areColumnsAlike(one, other) &&
    (one.text === null || canonicalOf(textOf(one.text)) === canonicalOf(textOf(other.text!))),
}

/** Without a text the columns are all that there is. */
function mixed({ columns, row }: LikeRow, ofText: number | null): number {
  if (ofText !== null) return ofText
  let hash = 0
  for (const column of columns) hash = Math.imul(hash, 31) + hashOfText(keyTextOf(column.value(row)))
  return hash | 0
}

function hashOfText(text: string): number {
  const bytes = Buffer.from(text)
  return hashOfBytes(viewOf(bytes), 0, bytes.length)
}

const textOf = ({ buffer, start, end }: TextPlace): string => buffer.toString('utf8', start, end)

const areColumnsAlike = (one: LikeRow, other: LikeRow): boolean =>
  one.columns.every((column, c) => keyTextOf(column.value(one.row)) === keyTextOf(other.columns[c]!.value(other.row)))

const areBytesAlike = (one: TextPlace | null, other: TextPlace | null): boolean =>
  one === null || one.buffer.compare(other!.buffer, other!.start, other!.end, one.start, one.end) === 0
