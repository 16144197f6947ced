import type { FlagDefinition } from './flag.ts'

/** Flags of steps that look rows up. */
export const ENRICH_FLAGS: readonly FlagDefinition[] = [
  {
    name: 'table',
    placeholder: 'FILE',
    scope: 'step',
    value: { kind: 'input-file' },
    section: 'step',
    summary: 'the file of the table: NDJSON, CSV, TSV, also compressed',
    manual: 'It is read whole before the first row, and while the input is live again when it has changed.',
  },
  {
    name: 'table-format',
    placeholder: 'FORMAT',
    scope: 'step',
    value: { kind: 'keyword', keywords: ['ndjson', 'csv', 'tsv'] },
    section: 'step',
    summary: 'how the table is written: ndjson, csv or tsv',
    default: 'by its name',
    manual: 'Files called .csv and .tsv, also with .gz or .zst behind it, are that; all others are NDJSON.',
  },
]
