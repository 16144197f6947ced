import type { RowWriter } from '../json/row-writer.ts'
import type { OutputBuffer } from '../output-buffer.ts'

/** Rows as text, in whatever format. What it may hold back of them goes out by `flush`. */
export interface OutputWriter extends RowWriter {
  /** The rows taken so far must go out: the input is quiet, has ended, or a checkpoint is made. */
  flush?(out: OutputBuffer): void
  /** No row follows. */
  end?(out: OutputBuffer): void
  /** What a later run needs to go on behind the rows written, as JSON. Nothing is held back then. */
  save?(): unknown
  restore?(saved: unknown): void
}
