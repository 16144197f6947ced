import type { RecordCutter } from '../line-stretch.ts'
import { DebeziumDecoder, OpDecoder } from './changelog-decoders.ts'
import { CsvCutter } from './csv-records.ts'
import { DelimitedDecoder } from './delimited-decoder.ts'
import type { RecordDecoder } from './record-decoder.ts'

export type InputFormat = 'ndjson' | 'csv' | 'tsv'

/** How the rows of a source are written. */
export interface InputStyle {
  readonly format: InputFormat
  /** Names of the columns of CSV and TSV; null: each file begins with them. */
  readonly header: readonly string[] | null
  /** null: rows are never taken back. */
  readonly changelog: 'op' | 'debezium' | 'upsert' | null
}

/** null: rows are JSON objects already. */
export function createDecoder({ format, header, changelog }: InputStyle): RecordDecoder | null {
  if (format !== 'ndjson') return new DelimitedDecoder({ format, header })
  if (changelog === null) return null
  return changelog === 'debezium' ? new DebeziumDecoder() : new OpDecoder(changelog)
}

/** null: every newline ends a record. */
export const createCutter = ({ format }: InputStyle): RecordCutter | null => (format === 'csv' ? new CsvCutter() : null)
