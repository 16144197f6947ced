/** Why a function of Flink is not offered, and what to do instead. */
export interface Refusal {
  readonly reason: string
  readonly hint: string
}

const CLOCK: Refusal = {
  reason: 'results must follow from the rows alone, and it reads the clock',
  hint: 'event_time() is the time of the row; --arg now="$(date -Iseconds)" binds :now for the whole run',
}
const CHANCE: Refusal = {
  reason: 'results must follow from the rows alone, and it gives another value each time',
  hint: "to sample rows, keep those whose hash begins with some digits: left(md5(id), 1) = '0'",
}
const UNIQUE: Refusal = {
  reason: 'results must follow from the rows alone, and it gives another value each time',
  hint: "make an id out of the row: md5(concat_ws('|', a, b))",
}

const BYTES: Refusal = {
  reason: 'it gives or takes bytes, and JSON has none',
  hint: 'to_base64, from_base64 and hex take and give text, as UTF-8',
}
const VARIANT: Refusal = {
  reason: 'nested values need no type of their own here',
  hint: "json_query(text, '$') reads the array or object that a text holds",
}
const GROUPING_SETS: Refusal = {
  reason: 'there are no grouping sets',
  hint: 'use one aggregate step for each set of keys',
}

const OTHER_ROWS: Refusal = {
  reason: 'here it would have to look at other rows',
  hint: 'over adds such columns: over "lag(amount) AS previous, row_number() AS n" --by user',
}
const ROWS_TO_COME: Refusal = {
  reason: 'it looks at rows that have not come yet',
  hint: 'look back instead: over "lag(x) AS previous" gives the next row the value of this one',
}
const PARTITION_SIZE: Refusal = {
  reason: 'it needs to know how many rows will come',
  hint: 'over has row_number(), rank() and dense_rank(), which look at the rows so far',
}

const CLOCK_NAMES = [
  'now',
  'current_timestamp',
  'current_date',
  'current_time',
  'current_row_timestamp',
  'localtime',
  'localtimestamp',
  'proctime',
  'sysdate',
]

const NEIGHBOURS: Refusal = {
  reason: 'a condition sees the row at hand and the rows that steps have taken',
  hint: 'in a pattern, write LAST(A.x) for the last row of a step, LAST(A.x, 1) for the one before',
}

/** Functions that Flink has and tidemark refuses, by their name in lower case. */
export const REFUSED_FUNCTIONS: ReadonlyMap<string, Refusal> = new Map<string, Refusal>([
  ...CLOCK_NAMES.map((name) => [name, CLOCK] as const),
  ['rand', CHANCE],
  ['rand_integer', CHANCE],
  ['random', CHANCE],
  ['uuid', UNIQUE],
  ...['dense_rank', 'lag', 'rank', 'row_number'].map((name) => [name, OTHER_ROWS] as const),
  ...['lead', 'nth_value'].map((name) => [name, ROWS_TO_COME] as const),
  ...['cume_dist', 'ntile', 'percent_rank'].map((name) => [name, PARTITION_SIZE] as const),
  ...['prev', 'next'].map((name) => [name, NEIGHBOURS] as const),
  [
    'classifier',
    { reason: 'a measure is one value of a whole match', hint: 'match --rows gives each row the name of its step' },
  ],
  ['match_rowtime', { reason: 'the time of a match is that of its last row', hint: 'write match_end()' }],
  ['match_proctime', CLOCK],
  ['encode', BYTES],
  ['decode', BYTES],
  ['unhex', BYTES],
  ['parse_json', VARIANT],
  ['try_parse_json', VARIANT],
  ['group_id', GROUPING_SETS],
  ['grouping', GROUPING_SETS],
  ['grouping_id', GROUPING_SETS],
  [
    'printf',
    { reason: "its formats are those of Java's Formatter", hint: 'write concat, lpad, round and CAST(x AS STRING)' },
  ],
  [
    'to_date',
    { reason: 'there is no type DATE', hint: "to_timestamp reads a date; date_format(t, 'yyyy-MM-dd') writes one" },
  ],
  ['overlaps', { reason: 'it compares pairs of values', hint: 'write start1 < end2 AND start2 < end1' }],
  [
    'current_watermark',
    { reason: 'each step judges late rows by itself', hint: '--late FILE keeps late rows, with how late they were' },
  ],
  ['current_database', { reason: 'there is no catalog', hint: '--arg name=TEXT binds :name for the whole run' }],
  ['row', { reason: 'a row is a JSON object here', hint: "write json_object('a' VALUE a, 'b' VALUE b)" }],
  [
    'collect',
    { reason: 'there is no type MULTISET', hint: 'array_agg(x) keeps all values, array_agg(DISTINCT x) each once' },
  ],
  [
    'json_objectagg',
    {
      reason: "Flink's fails on the first key that comes twice",
      hint: 'write map_from_arrays(array_agg(key), array_agg(value)): the last counts',
    },
  ],
])

/** Forms of functions and predicates that Flink has besides those offered, and what to write instead. */
export const REFUSED_FORMS: ReadonlyMap<string, string> = new Map([
  ['JSON_QUERY(... RETURNING ...)', 'json_query(x, path), whose result is an array or object'],
  ['ARRAY_AGG(x IGNORE NULLS)', 'array_agg(x) FILTER (WHERE x IS NOT NULL), json_arrayagg(x)'],
  ['PERCENTILE(x, share, frequency)', 'percentile(x, share) over rows that stand once for each time'],
])
