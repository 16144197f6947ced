import type { FlagDefinition } from './flag.ts'

/** Job flags about where results go and how they look. In the order of the man page. */
export const OUTPUT_FLAGS: readonly FlagDefinition[] = [
  {
    name: 'output',
    short: 'o',
    placeholder: 'FILE',
    scope: 'job',
    value: { kind: 'output-file', stream: '-' },
    section: 'output',
    summary: 'where rows go',
    default: 'standard output',
    manual:
      'Truncated, unless --append is given; with --state it goes on where the last checkpoint left it. - is standard output. Never one of the inputs. A path with {day}, {hour}, {minute} (of event time, in --tz), {part} or fields of the row such as {user.id} makes many files: each grows under a hidden name and becomes visible when it is complete, which with --state is when its checkpoint is done. What stands in a field cannot leave its place in the path. The second part of a path gets -1 before its extension, unless {part} says where the number goes. At most 1000 parts grow at a time. A brace that is meant is written twice.',
  },
  {
    name: 'roll',
    placeholder: 'SIZE|D',
    scope: 'job',
    value: { kind: 'size-or-duration' },
    section: 'output',
    summary: 'write -o in parts of so many bytes or so much event time',
    manual:
      'A part ends with the row that brings it to SIZE, or when the watermark passes the end of its span; spans are counted from midnight in --tz. With {day}, {hour} or {minute} in the path a part ends with that unit as well. Where parts end depends on the rows alone, never on the clock or on checkpoints.',
  },
  {
    name: 'append',
    placeholder: '',
    scope: 'job',
    value: { kind: 'none' },
    section: 'output',
    summary: 'keep what the files of -o, --late and --on-error hold, and add to it',
    manual: 'Without it those files are truncated when the run begins.',
  },
  {
    name: 'output-format',
    placeholder: 'FORMAT',
    scope: 'job',
    value: { kind: 'keyword', keywords: ['ndjson', 'csv', 'tsv', 'table'] },
    section: 'output',
    summary: 'ndjson, csv, tsv, or table (for people)',
    default: 'ndjson',
    manual:
      'csv and tsv begin with a line of names: those that the steps give, else those of the first row; a later row with another one ends the run. NULL is empty, an object or array is its JSON text. In csv a string is quoted where it must be, where it is empty, and where it would be read as a number or as true or false; tsv writes \\t, \\n, \\r and \\\\ instead of quoting. No names are written behind what --append keeps. table aligns the columns by the first 500 rows, or by those that have come when the input goes quiet, and is cut to the width of a terminal; it is not made to be read by programs.',
  },
  {
    name: 'changelog',
    placeholder: 'FORM',
    scope: 'job',
    value: { kind: 'keyword', keywords: ['op', 'debezium', 'upsert'] },
    section: 'output',
    summary: 'how updates are written: op, debezium or upsert',
    default: 'op',
    manual:
      'op puts a first member _op (+I, -U, +U or -D) into every row of a result that can be updated, and into none otherwise. debezium writes every result as {"before","after","op","ts_ms"}, an update as one record; ts_ms is event time, never the clock, and null where rows have none. upsert writes _op +U with the whole row, and -D with its keys (and the borders of its window), for results that can be updated.',
  },
  {
    name: 'time-output',
    placeholder: 'iso|ms',
    scope: 'job',
    value: { kind: 'keyword', keywords: ['iso', 'ms'] },
    section: 'output',
    summary: 'times as ISO 8601 text or as milliseconds since 1970',
    default: 'iso',
    manual: 'ISO text is in --tz, with Z for UTC. The fraction is the same for all rows of a column.',
  },
]
