import { BRANCH_FLAGS } from './branch-flags.ts'
import { ENRICH_FLAGS } from './enrich-flags.ts'
import type { FlagDefinition } from './flag.ts'
import { JOIN_FLAGS } from './join-flags.ts'
import { MATCH_FLAGS } from './match-flags.ts'

/** Flags of one step: they stand after its verb, in any order. */
export const STEP_FLAGS: readonly FlagDefinition[] = [
  {
    name: 'by',
    short: 'b',
    placeholder: 'LIST',
    scope: 'step',
    value: { kind: 'list' },
    repeats: true,
    section: 'step',
    summary: 'keys: fields or expressions',
    default: 'none: one group',
    note: '; NULL is a key',
    manual:
      'An SQL list, as in --by "user, date_format(ts, \'HH\') AS hour". A whole item of letters, digits, _ @ . and - is a field path: --by user-id is the field of that name. Repeats append.',
  },
  {
    name: 'agg',
    short: 'a',
    placeholder: 'LIST',
    scope: 'step',
    value: { kind: 'list' },
    repeats: true,
    section: 'step',
    summary: 'aggregates, SQL: "count(*) AS n, max(ms) FILTER (WHERE ok)"',
    default: 'count(*)',
    manual:
      'Result names: AS, else the function and the last part of the path (sum(amount) is sum_amount, count(*) is count).',
  },
  {
    name: 'order-by',
    placeholder: 'LIST',
    scope: 'step',
    value: { kind: 'list' },
    repeats: true,
    section: 'step',
    summary: 'order of the rows: "hits DESC, url"',
    manual:
      'An SQL list of expressions, each with ASC or DESC, and NULLS FIRST or NULLS LAST, where it is not as the verb has it. NULL is less than everything, as in Flink: first where the order goes up, last where it goes down. Repeats append.',
  },
  {
    name: 'global',
    placeholder: '',
    scope: 'step',
    value: { kind: 'none' },
    section: 'step',
    summary: 'rank the rows of all windows together',
    manual: 'Where rows are results of windows; others are ranked together anyway.',
  },
  {
    name: 'rank',
    placeholder: 'NAME',
    scope: 'step',
    value: { kind: 'field' },
    section: 'step',
    summary: 'show the rank, 1 to N, in a column of that name',
    manual: 'It stands behind the other columns. Under --emit changes each row that moves is told of then.',
  },
  {
    name: 'offset',
    placeholder: 'D',
    scope: 'step',
    value: { kind: 'duration', zero: true, signed: true },
    section: 'step',
    summary: 'shift of the borders, may be negative',
    default: '0s',
    manual: 'tumble 1d --offset 6h makes days that begin at six.',
  },
  {
    name: 'slide',
    aliases: ['every'],
    placeholder: 'D',
    scope: 'step',
    value: { kind: 'duration' },
    section: 'step',
    summary: 'how often a window begins; the same as --every D',
    manual: 'A row belongs to size / slide windows; the cost of a row does not grow with their number.',
  },
  {
    name: 'step',
    placeholder: 'D',
    scope: 'step',
    value: { kind: 'duration' },
    section: 'step',
    summary: 'by how much a window is longer than the one before',
    manual: 'The size is a multiple of it. The cost of a row does not grow with the number of steps.',
  },
  {
    name: 'within',
    placeholder: 'D',
    scope: 'step',
    value: { kind: 'duration' },
    section: 'step',
    summary: 'rows less than D apart are repeats',
    default: 'for ever, with a warning',
    manual: 'Repeats do not prolong it. Needs --time. Without it every key is remembered for the whole run.',
  },
  {
    name: 'as',
    placeholder: 'NAME',
    scope: 'step',
    value: { kind: 'name' },
    section: 'step',
    summary: 'the member that holds the other row, or the element',
    manual:
      'join --as payment puts the right row under the member payment: its amount is payment.amount. unnest tags --as tag names the element; the array then stays.',
  },
  ...MATCH_FLAGS,
  ...JOIN_FLAGS,
  ...ENRICH_FLAGS,
  {
    name: 'keep',
    placeholder: 'first|last',
    scope: 'step',
    value: { kind: 'keyword', keywords: ['first', 'last'] },
    section: 'step',
    summary: 'which of them passes; last waits for the watermark',
    default: 'first',
    manual:
      'Under last, the row with the greatest time comes out when no further repeat can come; ties go to the later arrival.',
  },
  ...BRANCH_FLAGS,
  {
    name: 'file',
    short: 'f',
    placeholder: 'FILE',
    scope: 'step',
    value: { kind: 'input-file' },
    section: 'step',
    summary: 'read the argument from FILE instead',
    manual: 'For long expressions and in scripts where quoting hurts. Messages then point into the file.',
  },
  {
    name: 'name',
    placeholder: 'NAME',
    scope: 'step',
    value: { kind: 'step-name' },
    section: 'step',
    summary: 'id of the step in messages, counts and state',
    default: 'the verb',
    manual: 'Letters, digits, _ and -; no two steps have the same.',
  },
]

/** After a verb for that step; before the first verb for every step that has it. */
export const STEP_DEFAULTS: readonly FlagDefinition[] = [
  {
    name: 'allowed-lateness',
    placeholder: 'D',
    scope: 'step-default',
    value: { kind: 'duration', zero: true },
    section: 'step',
    summary: 'keep fired windows for D and correct them',
    default: '0s',
    note: '; results then carry _op',
    manual:
      'A late row that still finds its window makes an update: -U takes the old result back, +U brings the new one.',
  },
  {
    name: 'emit',
    placeholder: 'final|changes|every:D',
    scope: 'step-default',
    value: { kind: 'emission' },
    section: 'step',
    summary: 'when results come',
    default: 'final',
    manual:
      'final: once, when nothing more can come. changes: at every row that changes a result. every:D: at each multiple of D of event time that the watermark passes (every:10s, from 1970 in UTC), those that have changed since, with all rows that came before it did; and the rest when nothing more can come. The latter two give a changelog: _op says what is new (+I), taken back (-U, -D) and put in its place (+U), and what is left of it in the end is what final gives.',
  },
  {
    name: 'state-ttl',
    placeholder: 'D',
    scope: 'step-default',
    value: { kind: 'duration' },
    section: 'step',
    summary: 'forget a key D of event time after its last write',
    default: 'never',
    manual:
      'For steps whose state event time does not bound: aggregate, over, count-window, top without windows, join --unbounded, and dedup without --within. A key is forgotten when the watermark reaches the time of its last write + D; its next row then begins anew. Every row of a key writes its state; of dedup, those that are kept. Needs --time. May change from run to run.',
  },
]
