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
