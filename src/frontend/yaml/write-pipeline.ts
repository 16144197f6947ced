import { basename } from 'node:path'
import { KAFKA_OPTIONS } from '../../connectors/kafka-options.ts'
import { findFlag } from '../flags/definitions.ts'
import { type FlagDefinition, takesValue } from '../flags/flag.ts'
import type { FlagUse, LexedChain, LexedStep } from '../flags/lexed.ts'
import { readBinding } from '../flags/values.ts'
import { argumentKey, DEFAULT_KEYS, JOB_KEYS, type Key, namesStream, SINK_KEYS, SOURCE_KEYS } from './keys.ts'
import { yamlKey, yamlString, yamlText } from './write-text.ts'

/** Members of a mapping, each a key and its value as YAML, or a mapping of its own. */
type Members = readonly (readonly [key: string, value: string | Members])[]

/** The sink of a chain has this name in its state. */
const SINK = 'rows'
const SOURCE = 'input'
const ON_OTHER_FILE = { 'with-time': 'time', 'with-watermark-delay': 'watermark-delay' } as const

/** A chain of verbs as its pipeline file: the same plan, the same names of steps and sources. */
export function writePipeline(line: LexedChain): string {
  const steps = namedSteps(line)
  const sources: [string, Members][] = [
    [SOURCE, sourceOf(line)],
    ...steps.flatMap(({ other }) => (other ? [other] : [])),
  ]
  const sections: Members = [
    ['tidemark', '1'],
    ...membersOf(
      [...line.jobFlags, ...line.defaults].filter((use) => isOfJob(use, line)),
      [...JOB_KEYS, ...DEFAULT_KEYS],
    ),
    ...argsOf(line),
    ['sources', sources],
  ]
  const stepLines = steps.flatMap(({ members: [name, ...rest] }, i) =>
    listItem(i === 0 && sources.length > 1 ? [name!, ['from', SOURCE], ...rest] : [name!, ...rest]),
  )
  const sinks: Members = [['sinks', [[SINK, sinkOf(line)]]]]
  return [...commentOf(line), ...blockOf(sections), 'steps:', ...stepLines, ...blockOf(sinks), ''].join('\n')
}

/** What belongs to the run, not to the pipeline. */
function commentOf({ jobFlags }: LexedChain): readonly string[] {
  const known = new Set([...SOURCE_KEYS, ...SINK_KEYS, ...JOB_KEYS].map(({ flag }) => flag.name))
  for (const name of ['input', 'output', 'arg', 'argjson', 'show-yaml']) known.add(name)
  for (const { flag } of KAFKA_OPTIONS) known.add(flag)
  const rest = jobFlags.filter(
    ({ flag, value }) => !known.has(flag.name) && !(flag.name === 'until' && value === 'latest'),
  )
  if (rest.length === 0) return []
  const words = rest.map(({ flag, value }) =>
    takesValue(flag) ? `--${flag.name} ${shellWord(value)}` : `--${flag.name}`,
  )
  return [`# tidemark run FILE ${words.join(' ').replaceAll('\n', ' ')}`]
}

const shellWord = (text: string) => (/^[\w./:=%-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)

/** Topics, if rows come from there, or go there; null: they do not. */
function kafkaOf({ jobFlags }: LexedChain, side: 'source' | 'sink'): Members | null {
  const options = KAFKA_OPTIONS.filter((option) => option.side === side || option.side === 'place')
  if (!jobFlags.some(({ flag }) => flag.name === (side === 'source' ? 'kafka' : 'to-kafka'))) return null
  const members = options.flatMap(({ name, flag, isSwitch }): Members => {
    const values = jobFlags.filter((use) => use.flag.name === flag).map(({ value }) => value)
    if (values.length === 0) return []
    if (isSwitch) return [[name, 'true']]
    return [[name, values.length === 1 ? yamlString(values[0]!) : flowList(values, yamlString)]]
  })
  const ends = side === 'source' && jobFlags.some(({ flag, value }) => flag.name === 'until' && value === 'latest')
  return [['kafka', ends ? [...members, ['until', 'latest']] : members]]
}

function sourceOf(line: LexedChain): Members {
  const kafka = kafkaOf(line, 'source')
  if (kafka) return [...kafka, ...membersOf(line.jobFlags, SOURCE_KEYS)]
  const byFlag = line.jobFlags.filter(({ flag }) => flag.name === 'input').map(({ value }) => value)
  const given = byFlag.length > 0 ? byFlag : line.files
  const files = given.length > 0 ? given : ['-']
  return [
    ['file', files.length === 1 ? yamlString(files[0]!) : flowList(files, yamlString)],
    ...membersOf(line.jobFlags, SOURCE_KEYS),
  ]
}

function sinkOf(line: LexedChain): Members {
  const output = line.jobFlags.find(({ flag }) => flag.name === 'output')
  const isFile = output !== undefined && output.value !== '-'
  const uses = line.jobFlags.filter(({ flag }) => (flag.name === 'append' ? isFile : flag.name !== 'time-output'))
  return [...(kafkaOf(line, 'sink') ?? [['file', yamlString(output?.value ?? '-')]]), ...membersOf(uses, SINK_KEYS)]
}

/** `--append` is for the sink, and for where lost rows go. */
function isOfJob({ flag }: FlagUse, { jobFlags }: LexedChain): boolean {
  if (flag.name !== 'append') return true
  return jobFlags.some((use) => (use.flag.name === 'late' || use.flag.name === 'on-error') && /[/.]/.test(use.value))
}

function argsOf({ jobFlags }: LexedChain): Members {
  const bindings = jobFlags.filter(({ flag }) => flag.value.kind === 'binding').map(readBinding)
  if (bindings.length === 0) return []
  const members = bindings.map(({ name, kind, text }): [string, string] => [
    name,
    kind === 'json' ? text.trim().replace(/\s*\n\s*/g, ' ') : yamlString(text).replaceAll('${', '$${'),
  ])
  return [['args', members]]
}

interface WrittenStep {
  readonly members: Members
  /** The source that it reads besides its input. */
  readonly other: [string, Members] | null
}

/** With the names that the plan gives them, so that their state is found by a pipeline that gets more steps. */
function namedSteps(line: LexedChain): readonly WrittenStep[] {
  const ordinals = new Map<string, number>([[SOURCE, 1]])
  const sources = new Set([SOURCE])
  return line.steps.map((step) => {
    const given = step.flags.find(({ flag }) => flag.name === 'name')?.value ?? step.verb.name
    const ordinal = (ordinals.get(given) ?? 0) + 1
    ordinals.set(given, ordinal)
    const name = ordinal === 1 ? given : `${given}-${ordinal}`
    return writeStep(step, { name, sources, line })
  })
}

function writeStep(
  { verb, argument, flags }: LexedStep,
  { name, sources, line }: { readonly name: string; readonly sources: Set<string>; readonly line: LexedChain },
): WrittenStep {
  const reads = flags.find(({ flag }) => namesStream(flag))
  const other = reads ? otherSource(reads.value, flags, sources, line) : null
  const own = flags.filter(({ flag }) => flag.name !== 'name' && !namesStream(flag) && !(flag.name in ON_OTHER_FILE))
  const keys = [...new Set(own.map(({ flag }) => flag))].map((flag): Key => ({ key: flag.name, flag }))
  const values: Members = [...(other ? [[reads!.flag.name, yamlText(other[0])] as const] : []), ...membersOf(own, keys)]
  const key = argumentKey(verb)
  const whole: string | Members =
    argument === undefined ? values : values.length === 0 ? yamlText(argument) : [[key!, yamlText(argument)], ...values]
  return {
    members: [
      ['name', yamlText(name)],
      [verb.name, whole],
    ],
    other,
  }
}

/** A file that a step joins with is a source of its own; what the step does not say of it is as for the first. */
function otherSource(
  file: string,
  flags: readonly FlagUse[],
  sources: Set<string>,
  line: LexedChain,
): [string, Members] {
  const word = basename(file)
    .replace(/\..*$/, '')
    .replace(/[^\w-]+/g, '_')
    .replace(/^(?![A-Za-z_])/, '_')
  let name = word
  for (let i = 2; sources.has(name) || line.steps.some(({ verb }) => verb.name === name); i += 1) name = `${word}-${i}`
  sources.add(name)
  const instead = flags.flatMap((use) => {
    const stands = ON_OTHER_FILE[use.flag.name as keyof typeof ON_OTHER_FILE]
    return stands ? [{ ...use, flag: findFlag(stands)! }] : []
  })
  const same = line.jobFlags.filter(
    ({ flag }) =>
      flag.name !== 'merge' &&
      !instead.some((use) => use.flag === flag) &&
      !(flag.name === 'arrival-time' && instead.some((use) => use.flag.name === 'time')),
  )
  return [name, [['file', yamlString(file)], ...membersOf([...instead, ...same], SOURCE_KEYS)]]
}

/** The uses that have a key, in the order of the keys; those of a list flag together. */
function membersOf(uses: readonly FlagUse[], keys: readonly Key[]): Members {
  return keys.flatMap(({ key, flag }) => {
    const own = uses.filter((use) => use.flag.name === flag.name)
    return own.length === 0
      ? []
      : [
          [
            key,
            textOfUses(
              flag,
              own.map(({ value }) => value),
            ),
          ] as const,
        ]
  })
}

function textOfUses(flag: FlagDefinition, values: readonly string[]): string {
  if (!takesValue(flag)) return 'true'
  return values.length === 1 ? yamlText(values[0]!) : flowList(values, yamlText)
}

const flowList = (values: readonly string[], write: (text: string) => string) => `[${values.map(write).join(', ')}]`

function blockOf(members: Members, indent = ''): readonly string[] {
  return members.flatMap(([key, value]) => {
    if (typeof value === 'string') return [`${indent}${yamlKey(key)}: ${value}`]
    if (value.length === 0) return [`${indent}${yamlKey(key)}: {}`]
    return [`${indent}${yamlKey(key)}:`, ...blockOf(value, `${indent}  `)]
  })
}

const listItem = (members: Members): readonly string[] =>
  blockOf(members, '    ').map((line, i) => (i === 0 ? `  - ${line.trimStart()}` : line))
