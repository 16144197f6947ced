import type { Batch } from '../../data/batch.ts'
import { rawOffset, rawSource } from '../../data/batch.ts'
import type { TextPlace } from '../../data/row-texts.ts'
import { createRowWriter } from '../../formats/json/row-writer.ts'
import { OutputBuffer } from '../../formats/output-buffer.ts'
import type { ReadText } from '../../operators/join-input.ts'
import type { PlanNode } from '../../plan/nodes.ts'
import type { Wiring } from './wiring.ts'

const SPACE = 0x20

/** The line of a row, as it came. */
export const readLine: ReadText = (batch, i, into) => {
  const { buffer, starts, ends } = batch.raw!
  into.buffer = buffer
  into.start = starts[i]!
  into.end = ends[i]!
  readPlace(batch, i, into)
}

/** A row as a value that stands within another: what it would print, without blanks around it. */
export function rowTextOf(node: PlanNode, wiring: Wiring): ReadText {
  const { columns, rest } = node.schema
  if (rest !== null && rest.except.length === 0 && columns.length === 0) return readTrimmedLine
  const writer = createRowWriter({ ...wiring.shapeOf(node), kind: false })
  const text = new OutputBuffer()
  return (batch, i, into) => {
    text.clear()
    writer.write(batch, i, text)
    into.buffer = text.bytes
    into.start = 0
    into.end = text.length - 1
    if (batch.raw) readPlace(batch, i, into)
  }
}

const readTrimmedLine: ReadText = (batch, i, into) => {
  readLine(batch, i, into)
  const { buffer } = into
  while (buffer[into.start]! <= SPACE) into.start += 1
  while (buffer[into.end - 1]! <= SPACE) into.end -= 1
}

function readPlace({ raw }: Batch, i: number, into: TextPlace): void {
  into.source = rawSource(raw!, i)
  into.line = raw!.lines[i]!
  into.offset = rawOffset(raw!, i)
}
