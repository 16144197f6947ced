import type { Span } from '../../../base/span.ts'
import type { RowName } from '../../../plan/joining.ts'
import type { EnrichKind, RepeatedKeys } from '../../../plan/kinds/enrich.ts'
import type { TableSpec } from '../../../plan/kinds/table.ts'
import { parseKeyPairs } from '../key-pairs.ts'
import { spanOfUse } from '../lexed.ts'
import type { StepBase, Verb } from '../verb.ts'
import { readEnriched, readTable } from './enrich-options.ts'

export interface EnrichStep extends StepBase {
  readonly verb: 'enrich'
  readonly table: TableSpec
  /** Where the file is named. */
  readonly file: Span
  readonly on: readonly Span[]
  readonly join: EnrichKind
  readonly as: RowName | null
  readonly repeated: RepeatedKeys
}

export const enrich: Verb<EnrichStep> = {
  name: 'enrich',
  summary: 'rows with the row of a table that has their key',
  group: 'inputs',
  needsTime: false,
  flags: ['table', 'on', 'as', 'kind', 'keep', 'table-format', 'name'],
  required: ['table', 'on'],
  flagLines: {
    on: { summary: 'keys: "id = ref", row = table; or a field of both' },
    as: { summary: 'the member that holds the row of the table', default: 'the name of FILE' },
    kind: { placeholder: 'KIND', summary: 'left, inner, semi or anti', default: 'left' },
    keep: { summary: 'of rows of the table with one key, this one counts', default: 'there must be one' },
  },
  usage: 'enrich --table FILE --on PAIRS [--as NAME] [--kind KIND]',
  examples: [
    {
      command: 'tidemark enrich --table users.csv --on user_id --as user orders.ndjson',
      output: '{"id":1,"user_id":7,"user":{"user_id":7,"name":"ann","tier":"gold"}}',
    },
    { command: `tidemark enrich --table users.csv --on user_id then select "* EXCEPT (users), users.tier" a.ndjson` },
    { command: 'tail -F access.log.ndjson | tidemark enrich --table bots.ndjson --on "client = ip" --kind anti' },
  ],
  notes: [
    'Members of the row of the table are NAME.member, here and in later steps; without one NAME is NULL.',
    'NULL keys never match. While the input is live, the table is read again when it has changed.',
  ],
  manual: [
    'The table is read whole before the first row, into memory. Its rows are JSON objects, or those of a CSV or TSV file with a line of names; every one must be readable. Keys are equal as everywhere: 7 is not \'7\'. A CSV field without quotes that looks like a number is one; --on "CAST(user_id AS DOUBLE) = user_id" meets it from a string.',
    '--kind left gives every row; inner those whose key the table has; semi these as well, and anti the others, both as they came. Two rows of the table with one key are refused, unless --keep says which one counts; a semi or anti step takes any number. In a pipeline file STEP.unmatched gives the rows whose key the table has not, as they came, beside what the step gives.',
    'Live inputs (pipes, --follow, Kafka): the file is looked at between batches of rows, ten times a second at the most. One that is another, or has been written to, is read once it has lain still for 0.2 s; a new file that is renamed over the old one is never seen in part. Rows that come after that meet the new table; while it is read, both are in memory. A file that is gone, or cannot be read, is told by a warning, and the table stays what it was. Jobs over files only, and steps over rows that are taken back, meet one table from beginning to end.',
    'The table is no part of checkpoints: rows that are read again after a crash meet the table as it is then.',
  ],
  seeAlso: 'join (of streams; --as-of has versions). SQL: JOIN t FOR SYSTEM_TIME AS OF o.proctime',
  parse: (step) => ({
    verb: 'enrich',
    name: step.name,
    table: readTable(step),
    file: spanOfUse(step.use('table')!),
    on: step.list('on'),
    ...readEnriched(step),
    repeated: step.keyword('keep', ['first', 'last']) ?? 'refuse',
  }),
  plan: ({ table, file, on, join, as, repeated }, planning) => {
    planning.reads(file)
    return planning.builder.enrich(
      planning.input,
      { table, keys: parseKeyPairs(on), join, as, repeated },
      planning.step,
    )
  },
}
