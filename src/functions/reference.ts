import type { AggregateFunction } from './aggregate-function.ts'
import { ALL_AGGREGATES } from './aggregates/index.ts'
import { ALL_OVER_FUNCTIONS } from './over/index.ts'
import type { OverFunction } from './over-function.ts'
import { SCALAR_FAMILIES } from './scalar/index.ts'
import type { ScalarFunction } from './scalar-function.ts'

/** One function as `tidemark functions --json` and the man page show it. */
export interface FunctionEntry {
  readonly name: string
  readonly aliases: readonly string[]
  readonly kind: 'scalar' | 'aggregate'
  readonly family: string
  readonly signature: string
  readonly summary: string
  /** Flink's name for it; null where Flink has none. */
  readonly flinkName: string | null
}

function entryOf(fn: ScalarFunction | AggregateFunction | OverFunction, family: string): FunctionEntry {
  return {
    name: fn.name,
    aliases: 'aliases' in fn ? (fn.aliases ?? []) : [],
    kind: 'create' in fn ? 'aggregate' : 'scalar',
    family,
    signature: fn.signature,
    summary: fn.summary,
    flinkName: fn.flinkName,
  }
}

/** The one function that needs the row's time and so is no scalar function; the binder knows it. */
const EVENT_TIME: FunctionEntry = {
  name: 'event_time',
  aliases: [],
  kind: 'scalar',
  family: 'time',
  signature: 'event_time()',
  summary: "the row's event time, as --time read it",
  flinkName: null,
}

const byName = (a: FunctionEntry, b: FunctionEntry) => (a.name < b.name ? -1 : 1)

/** Every function, family by family, within each by name. */
export const FUNCTION_REFERENCE: readonly FunctionEntry[] = [
  ...ALL_AGGREGATES.map((fn) => entryOf(fn, 'aggregates')),
  ...ALL_OVER_FUNCTIONS.map((fn) => entryOf(fn, 'over, beside the aggregates')),
  ...SCALAR_FAMILIES.flatMap(({ title, functions }) =>
    [...functions.map((fn) => entryOf(fn, title)), ...(title === 'time' ? [EVENT_TIME] : [])].sort(byName),
  ),
]

/** The function of that name or alias, in any case. */
export function findFunction(name: string): FunctionEntry | undefined {
  const wanted = name.toLowerCase()
  return FUNCTION_REFERENCE.find((entry) => entry.name === wanted || entry.aliases.includes(wanted))
}

const WIDTH = 100
const INDENT = '      '

/** The listing of `tidemark functions`: families, and for each function its signature and what it does. At most 100 columns, no newline at the end. */
export function renderFunctions(entries: readonly FunctionEntry[]): string {
  const lines: string[] = []
  let family = ''
  for (const entry of entries) {
    if (entry.family !== family) {
      if (lines.length > 0) lines.push('')
      lines.push(entry.family)
      family = entry.family
    }
    lines.push(`  ${entry.signature}${namesBeside(entry)}`, ...wrapped(entry.summary))
  }
  return lines.join('\n')
}

/** What else it is called: aliases, and Flink's name where that is not ours in capitals. */
function namesBeside(entry: FunctionEntry): string {
  const notes = [...entry.aliases]
  if (entry.flinkName === null) notes.push('not in Flink')
  else if (entry.flinkName !== entry.name.toUpperCase()) notes.push(`Flink: ${entry.flinkName}`)
  return notes.length === 0 ? '' : `  (${notes.join(', ')})`
}

function wrapped(text: string): string[] {
  const lines = [INDENT]
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!
    if (line.length + 1 + word.length > WIDTH) lines.push(INDENT + word)
    else lines[lines.length - 1] = line === INDENT ? INDENT + word : `${line} ${word}`
  }
  return lines
}
