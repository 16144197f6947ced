import { findFlag } from '../flags/definitions.ts'
import type { FlagDefinition } from '../flags/flag.ts'
import type { VerbDefinition } from '../flags/verb.ts'

/** A key of a pipeline file that stands for a flag of the command line. */
export interface Key {
  readonly key: string
  readonly flag: FlagDefinition
}

/** `format` is `--input-format` at a source, `--output-format` at a sink. */
type Named = string | { readonly key: string; readonly flag: string }

const keysOf = (names: readonly Named[]): readonly Key[] =>
  names.map((name) =>
    typeof name === 'string' ? { key: name, flag: findFlag(name)! } : { key: name.key, flag: findFlag(name.flag)! },
  )

/** Of a source, besides its connector. */
export const SOURCE_KEYS = keysOf([
  'time',
  'time-format',
  'arrival-time',
  'watermark-delay',
  'idle-timeout',
  'max-drift',
  'max-future',
  'on-error',
  'max-errors',
  { key: 'format', flag: 'input-format' },
  { key: 'changelog', flag: 'input-changelog' },
  { key: 'key', flag: 'input-key' },
  'csv-header',
  'follow',
  'merge',
  'ordered',
])

/** Of a sink, besides its connector and `from`. */
export const SINK_KEYS = keysOf([
  { key: 'format', flag: 'output-format' },
  'changelog',
  'append',
  'roll',
  'time-output',
])

/** Of the whole pipeline. */
export const JOB_KEYS = keysOf([
  'tz',
  'late',
  'on-error',
  'max-errors',
  'append',
  'time-output',
  'strict-fields',
  'fail-on-empty',
  'line-limit',
  'scanner',
])

/** Of the whole pipeline, for all steps that take them. */
export const DEFAULT_KEYS = keysOf(['allowed-lateness', 'emit', 'state-ttl'])

/** What is no flag at the top of a file. */
export const SECTIONS = ['tidemark', 'args', 'sources', 'steps', 'sinks'] as const

/** What a step has besides its verb. */
export const STEP_KEYS = ['name', 'from'] as const

/** What a verb's argument is called as a key; undefined: it has none. */
export function argumentKey({ argument }: VerbDefinition): string | undefined {
  if (!argument) return undefined
  if (argument.key !== undefined) return argument.key
  if (argument.kind === 'expression') return 'condition'
  return argument.kind === 'list' ? 'columns' : argument.placeholder.toLowerCase()
}

/** Flags that say how another file is read: in a pipeline file the source itself says it. */
const OF_OTHER_FILES = /^(?:name|with-time|with-watermark-delay)$/

/** The keys of a verb's mapping that stand for flags. */
export const verbKeys = (verb: VerbDefinition): readonly Key[] =>
  keysOf(verb.flags.filter((name) => !OF_OTHER_FILES.test(name)))

/** Does the flag name the other input of a step: a file on the command line, a source or step here? */
export const namesStream = ({ name }: FlagDefinition): boolean => name === 'with'
