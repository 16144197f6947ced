import type { Batch } from '../../data/batch.ts'
import { RowKind } from '../../data/row-kind.ts'
import type { RowWriter } from '../json/row-writer.ts'
import type { OutputBuffer } from '../output-buffer.ts'
import type { OutputWriter } from './output-writer.ts'
import { RowText } from './row-text.ts'

export interface ChangesOptions {
  readonly form: 'debezium' | 'upsert'
  /** Rows as JSON, without their kind. */
  readonly rows: RowWriter
  /** The key of a row as JSON; null: its columns are not among the row's. Needed for `upsert`. */
  readonly keys: RowWriter | null
}

interface Before {
  readonly text: string
  readonly key: string
  readonly sequence: number
  readonly time: number
}

/**
 * A changelog in one record a change. A `-U` waits for the `+U` of the same key that one input row or watermark brings with it; a step
 * between may have kept one of the two out, and then what is left is a delete or an insert.
 *
 * - `debezium`: `{"before":…,"after":…,"op":"c"|"u"|"d","ts_ms":…}`; `ts_ms` is event time, null where rows have none.
 * - `upsert`: `{"_op":"+U",…}` with the whole row, `{"_op":"-D",…}` with its key.
 */
export class ChangesWriter implements OutputWriter {
  readonly #isUpsert: boolean
  readonly #rows: RowText
  readonly #keys: RowText | null
  #before: Before | null = null

  constructor({ form, rows, keys }: ChangesOptions) {
    this.#isUpsert = form === 'upsert'
    this.#rows = new RowText(rows)
    this.#keys = keys && new RowText(keys)
  }

  write(batch: Batch, row: number, out: OutputBuffer): void {
    const kind = batch.kinds === null ? RowKind.Insert : batch.kinds[row]!
    const time = batch.time[row]!
    this.#rows.load(batch, row)
    this.#keys?.load(batch, row)
    const text = this.#rows.toString()
    const key = this.#keys === null ? '' : this.#keys.toString()
    const before = this.#before
    if (kind === RowKind.UpdateBefore) {
      this.flush(out)
      this.#before = { text, key, sequence: batch.sequence[row]!, time }
    } else if (kind === RowKind.Delete) {
      this.flush(out)
      this.#delete({ text, key, time }, out)
    } else if (before !== null && before.sequence === batch.sequence[row] && before.key === key) {
      this.#before = null
      this.#put(before.text, text, time, out)
    } else {
      this.flush(out)
      this.#put(null, text, time, out)
    }
  }

  writeFrom(batch: Batch, from: number, out: OutputBuffer): number {
    let row = from
    while (row < batch.length && !out.isFull) this.write(batch, row++, out)
    return row
  }

  /** What waits has nothing to wait for: rounds never part a `-U` from its `+U`. */
  flush(out: OutputBuffer): void {
    const before = this.#before
    if (before === null) return
    this.#before = null
    this.#delete(before, out)
  }

  #put(before: string | null, after: string, time: number, out: OutputBuffer): void {
    if (this.#isUpsert) out.text(withKind('+U', after))
    else out.text(envelope(before, after, time))
  }

  #delete({ text, key, time }: Pick<Before, 'text' | 'key' | 'time'>, out: OutputBuffer): void {
    out.text(this.#isUpsert ? withKind('-D', key) : envelope(text, null, time))
  }
}

function envelope(before: string | null, after: string | null, time: number): string {
  const op = before === null ? 'c' : after === null ? 'd' : 'u'
  const ms = Number.isFinite(time) ? `${time}` : 'null'
  return `{"before":${before},"after":${after},"op":"${op}","ts_ms":${ms}}\n`
}

const withKind = (kind: string, json: string): string => `{"_op":"${kind}"${json === '{}' ? '' : ','}${json.slice(1)}\n`
