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

/** Functions that Flink has and tidemark refuses, by their name in lower case. */
export const REFUSED_FUNCTIONS: ReadonlyMap<string, Refusal> = new Map<string, Refusal>([
  ...CLOCK_NAMES.map((name) => [name, CLOCK] as const),
  ['rand', CHANCE],
  ['rand_integer', CHANCE],
  ['random', CHANCE],
  ['uuid', UNIQUE],
])
