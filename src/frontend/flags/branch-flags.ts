import type { FlagDefinition } from './flag.ts'

/** Where rows go that leave the chain. */
export const TO_FLAG: FlagDefinition = {
  name: 'to',
  placeholder: 'FILE',
  scope: 'step',
  value: { kind: 'output-file', stream: 'fd' },
  section: 'step',
  summary: 'where those rows go: a file, or fd:N',
  manual: 'As -o, parts by {day}, {hour}, {minute} and fields included; no two outputs of a run are one file.',
}

/** Flags of `over`, `unnest`, `split` and `tee`: what a row looks back at, what it falls into, and where it goes. */
export const BRANCH_FLAGS: readonly FlagDefinition[] = [
  {
    name: 'rows',
    placeholder: 'N',
    scope: 'step',
    value: { kind: 'count' },
    section: 'step',
    summary: 'look at the N rows before the row and at itself',
    manual: 'Frame ROWS N PRECEDING: rows of one time are taken one after the other, as they came.',
  },
  {
    name: 'range',
    placeholder: 'D',
    scope: 'step',
    value: { kind: 'duration', zero: true },
    section: 'step',
    summary: 'look at the rows of the last D, inclusive, and of the same time',
    manual: 'Frame RANGE INTERVAL D PRECEDING: time - D <= their time <= time.',
  },
  TO_FLAG,
  {
    name: 'where',
    placeholder: 'EXPR',
    scope: 'step',
    value: { kind: 'list' },
    section: 'step',
    summary: 'only rows for which EXPR is true',
    default: 'all',
    manual: 'A condition, SQL; NULL is not true.',
  },
  {
    name: 'key',
    placeholder: 'NAME',
    scope: 'step',
    value: { kind: 'field' },
    section: 'step',
    summary: 'unnest objects: a row for each member, its name under NAME',
    manual: 'Of equal names within one object the last counts.',
  },
  {
    name: 'ordinality',
    placeholder: 'NAME',
    scope: 'step',
    value: { kind: 'field' },
    section: 'step',
    summary: "the element's place under NAME, from 1",
    manual: "SQL's WITH ORDINALITY.",
  },
  {
    name: 'outer',
    placeholder: '',
    scope: 'step',
    value: { kind: 'none' },
    section: 'step',
    summary: 'keep rows without elements; the columns are then NULL',
    manual: "SQL's LEFT JOIN UNNEST(array) ON TRUE.",
  },
]
