import { Batch, rawLines, rawOffset, rawSource } from '../../data/batch.ts'
import { viewOf } from '../../data/key-bytes.ts'
import type { TextPlace } from '../../data/row-texts.ts'
import { createRowWriter, type RowWriter } from '../../formats/json/row-writer.ts'
import { OutputBuffer } from '../../formats/output-buffer.ts'
import type { ReadText } from '../../operators/join-input.ts'
import type { PlanNode } from '../../plan/nodes.ts'
import { KnownShapes } from './known-shapes.ts'
import type { Wiring } from './wiring.ts'

const SPACE = 0x20
const NEWLINE = Buffer.from('\n')

/** Reads the line of a row, as it came. */
export function lineReader(): ReadText {
  let known: Buffer = Buffer.alloc(0)
  let view = viewOf(known)
  return (batch, i, into) => {
    const { buffer, starts, ends } = batch.raw!
    if (buffer !== known) {
      known = buffer
      view = viewOf(buffer)
    }
    into.buffer = buffer
    into.view = view
    into.start = starts[i]!
    into.end = ends[i]!
    readPlace(batch, i, into)
  }
}

/** A row as a value that stands within another: what it would print, without blanks around it. */
export function rowTextOf(node: PlanNode, wiring: Wiring): ReadText {
  const { columns, rest } = node.schema
  if (rest !== null && rest.except.length === 0 && columns.length === 0) return trimmedLineReader()
  const writer = createRowWriter({ ...wiring.shapeOf(node), kind: false })
  const text = new OutputBuffer()
  return (batch, i, into) => {
    text.clear()
    writer.write(batch, i, text)
    into.buffer = text.bytes
    into.view = text.view
    into.start = 0
    into.end = text.length - 1
    if (batch.raw) readPlace(batch, i, into)
  }
}

function trimmedLineReader(): ReadText {
  const readLine = lineReader()
  return (batch, i, into) => {
    readLine(batch, i, into)
    trim(into)
  }
}

function trim(text: TextPlace): void {
  const { buffer } = text
  while (buffer[text.start]! <= SPACE) text.start += 1
  while (buffer[text.end - 1]! <= SPACE) text.end -= 1
}

/** What a `JoinLineWriter` takes for left rows: their members but for some, in braces, and no white space on either side of a brace. */
export class MemberTexts {
  readonly #writer: RowWriter
  readonly #text = new OutputBuffer()
  readonly #readLine = lineReader()
  /** Those of lines whose texts are what came. */
  readonly #shapes = new KnownShapes()

  constructor(except: readonly string[]) {
    this.#writer = createRowWriter({ rest: { except }, columns: [], kind: false, timeOutput: 'iso' })
  }

  readonly read: ReadText = (batch, i, into) => {
    this.#readLine(batch, i, into)
    const shape = this.#shapes.of(batch.raw!, i)
    if (shape !== 0 && this.#shapes.cut(shape, into)) return
    const line = { start: into.start, end: into.end }
    trim(into)
    const { buffer, start, end } = into
    this.#write(batch, i, into)
    if (shape !== 0 && buffer.compare(into.buffer, into.start, into.end, start, end) === 0)
      this.#shapes.learn(shape, start - line.start, line.end - end)
  }

  /** Makes such a text of any object. */
  change(text: TextPlace): void {
    const batch = new Batch([], 1)
    const line = Buffer.concat([text.buffer.subarray(text.start, text.end), NEWLINE])
    batch.raw = { ...rawLines(1), buffer: line }
    batch.raw.ends[0] = line.length - 1
    this.#write(batch, 0, text)
  }

  #write(batch: Batch, i: number, into: TextPlace): void {
    const text = this.#text
    text.clear()
    this.#writer.write(batch, i, text)
    into.buffer = text.bytes
    into.view = text.view
    into.start = 0
    into.end = text.length - 1
  }
}

function readPlace({ raw }: Batch, i: number, into: TextPlace): void {
  into.source = rawSource(raw!, i)
  into.line = raw!.lines[i]!
  into.offset = rawOffset(raw!, i)
}
