import type { FlagDefinition } from './flag.ts'

/** Job flags about what is read, and how. In the order of the man page. */
export const INPUT_FLAGS: readonly FlagDefinition[] = [
  {
    name: 'input',
    short: 'i',
    placeholder: 'FILE',
    scope: 'job',
    value: { kind: 'input-file' },
    repeats: true,
    section: 'input',
    summary: 'as FILE at the end',
    default: 'standard input',
    manual:
      'May be repeated. Files are one input, read in the given order, as cat would. Give files by -i or at the end, not both. gzip and zstd data are unpacked, whatever a file is called; bytes in messages then count what was unpacked.',
  },
  {
    name: 'follow',
    placeholder: '',
    scope: 'job',
    value: { kind: 'none' },
    section: 'input',
    summary: 'read on as the FILEs grow, over rotations, as tail -F',
    manual:
      'A file that is not there yet is waited for. A rotated file is read to its end, whether it was renamed or copied and cut short, then the new one from its beginning, also if that happened while nothing ran (with --state). The files are inputs of their own, as with --merge, and their rows are taken as they come. Ends at a signal, or where --until says.',
  },
  {
    name: 'merge',
    placeholder: '',
    scope: 'job',
    value: { kind: 'none' },
    section: 'input',
    summary: 'each FILE is its own input; merged by event time',
    manual:
      'For rotated logs, which the shell lists with the newest first. The next row comes from the input that is furthest behind.',
  },
  {
    name: 'ordered',
    placeholder: '',
    scope: 'job',
    value: { kind: 'none' },
    section: 'input',
    summary: 'sort rows by time first, so that their order does not matter',
    manual:
      'Rows wait until the watermark reaches their time, and go on by time, those of one instant by their bytes: rows that are shuffled within --watermark-delay give the same bytes, also where results depend on the order of arrival (sums of fractions, first_value, listagg). It costs the memory of the watermark delay, and results come as late as the watermark. A row behind the watermark is late there (step ordered), whatever --allowed-lateness says. Needs --time.',
  },
  {
    name: 'input-format',
    placeholder: 'FORMAT',
    scope: 'job',
    value: { kind: 'keyword', keywords: ['ndjson', 'csv', 'tsv'] },
    section: 'input',
    summary: 'ndjson, csv or tsv',
    default: 'ndjson',
    manual:
      'Each csv or tsv file begins with a line of names, unless --csv-header gives them. What stands without quotes is a number if JSON would call it one (so 007 is a string), true and false are truth values, nothing is NULL; anything else, and all that is quoted, is a string. Quotes count at the beginning of a field and may enclose newlines; in tsv \\t, \\n, \\r and \\\\ stand for characters, and quotes for themselves. A record with more or fewer fields than names is a bad row. Rows leave as JSON, unless --output-format says otherwise.',
  },
  {
    name: 'csv-header',
    placeholder: 'NAMES',
    scope: 'job',
    value: { kind: 'field' },
    section: 'input',
    summary: 'names of the columns; the files begin with rows',
    manual: 'Separated by commas: --csv-header ts,user,amount. For tsv too.',
  },
  {
    name: 'input-changelog',
    placeholder: 'FORM',
    scope: 'job',
    value: { kind: 'keyword', keywords: ['op', 'debezium', 'upsert'] },
    section: 'input',
    summary: 'rows may take others back: op, debezium or upsert',
    manual:
      'op: each row has a member _op, +I, -U, +U or -D, as --changelog op writes it. debezium: rows are {"before","after","op"}, alone or under "payload"; an update is two rows, and without its before a bad row. upsert: each row has a member _op, +U (or +I) for a row that is put in the place of the one with the same --input-key, -D for the key of one that is no more; the last row of each key is kept for that. Counts and sums follow; steps that take only new rows refuse such an input.',
  },
  {
    name: 'input-key',
    placeholder: 'LIST',
    scope: 'job',
    value: { kind: 'list' },
    repeats: true,
    section: 'input',
    summary: 'by what rows of --input-changelog upsert replace each other',
    manual:
      'An SQL list of fields, such as --input-key window_start,window_end,user for what windows by user wrote. Rows of -D need no more members than these, not even the one of --time.',
  },
  {
    name: 'line-limit',
    placeholder: 'SIZE',
    scope: 'job',
    value: { kind: 'size' },
    section: 'input',
    summary: 'longer lines are bad rows',
    default: '16MiB',
    manual: 'Sizes: bytes, or with B, KiB, MiB, GiB.',
  },
  {
    name: 'scanner',
    placeholder: 'kernel|reference',
    scope: 'job',
    value: { kind: 'keyword', keywords: ['kernel', 'reference'] },
    section: 'input',
    summary: 'what reads the JSON; the outcome is the same',
    default: 'kernel',
    manual:
      'kernel is WebAssembly with SIMD; where that cannot run, and for fields that it does not read, reference takes its place: see explain.',
  },
]
