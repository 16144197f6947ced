import type { FlagDefinition } from './flag.ts'

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
    placeholder: 'final|changes',
    scope: 'step-default',
    value: { kind: 'keyword', keywords: ['final', 'changes'] },
    section: 'step',
    summary: 'when results come',
    default: 'final',
    manual:
      'final: once, when nothing more can come. changes: at every row that changes a result, as a changelog with _op (aggregate only).',
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
      'For steps whose state event time does not bound: aggregate, and dedup without --within. A key is forgotten when the watermark reaches the time of its last write + D; its next row then begins anew. Every row of a key writes the state of aggregate; of dedup, those that are kept. Needs --time. May change from run to run.',
  },
]

export const COMMAND_FLAGS: readonly FlagDefinition[] = [
  {
    name: 'json',
    placeholder: '',
    scope: 'command',
    value: { kind: 'none' },
    section: 'command',
    summary: 'as JSON, for programs',
    manual: 'Member names are stable.',
  },
  {
    name: 'man',
    placeholder: '',
    scope: 'command',
    value: { kind: 'none' },
    section: 'command',
    summary: 'the manual page, as roff',
    manual: 'tidemark help --man | man -l - shows it where it is not installed.',
  },
  {
    name: 'wait',
    placeholder: 'D',
    scope: 'command',
    value: { kind: 'duration' },
    section: 'command',
    summary: 'how long to wait for the process to end',
    default: '30s',
    manual: 'It is not killed when the time is over: its last checkpoint may still be under way.',
  },
]
