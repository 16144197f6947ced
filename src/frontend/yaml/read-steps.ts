import { findFlag } from '../flags/definitions.ts'
import type { FlagUse, LexedStep } from '../flags/lexed.ts'
import type { Verb } from '../flags/verb.ts'
import { VERBS } from '../flags/verbs.ts'
import type { YamlEntry, YamlNode } from './document.ts'
import { argumentKey, STEP_KEYS, verbKeys } from './keys.ts'
import { NAME, type Name, type PipelineStep } from './pipeline.ts'
import { oneLine, refusal, unknownKey, wrongKind } from './refusals.ts'
import type { ValueReader } from './uses.ts'

export interface StepsReading {
  readonly values: ValueReader
  /** For the step of this name. */
  readonly valuesOf: (step: string) => ValueReader
  readonly readFrom: (node: YamlNode) => readonly Name[]
}

/** The steps of a file: each is a mapping of `name`, `from` and one verb. Throws E_PIPELINE. */
export function readSteps(node: YamlNode | null, reading: StepsReading): readonly PipelineStep[] {
  if (node === null || (node.kind === 'scalar' && node.value === null)) return []
  if (node.kind !== 'list') throw wrongKind(node, 'steps is a list', 'each step begins with a dash: - filter: a > 1')
  return node.items.map((item, i) => new StepReader(reading, `step ${i + 1}`).read(item))
}

class StepReader {
  readonly #reading: StepsReading
  #values: ValueReader
  /** What messages call the step: its name, or its place. */
  #label: string

  constructor(reading: StepsReading, label: string) {
    this.#reading = reading
    this.#values = reading.values
    this.#label = label
  }

  read(node: YamlNode): PipelineStep {
    if (node.kind !== 'map')
      throw wrongKind(node, 'a step is a mapping of its verb and what the verb takes', 'for example: - filter: a > 1')
    const name = this.#name(node.entries.find(({ key }) => key === 'name'))
    if (name) {
      this.#label = name.name
      this.#values = this.#reading.valuesOf(name.name)
    }
    const entry = verbOf(node.entries, node)
    const from = node.entries.find(({ key }) => key === 'from')
    const verb = VERBS.find((one) => one.name === entry.key)!
    const step = this.#step(verb, entry)
    const named: FlagUse[] = name ? [{ flag: findFlag('name')!, written: 'name', value: name.name }] : []
    return {
      name,
      span: entry.keySpan,
      label: this.#label,
      from: from ? this.#reading.readFrom(from.value) : null,
      step: { ...step, flags: [...named, ...step.flags] },
    }
  }

  #name(entry: YamlEntry | undefined): Name | null {
    if (!entry) return null
    const { text, span } = this.#values.scalar(entry.value, 'name is a text')
    if (NAME.test(text)) return { name: text, span }
    throw refusal(`'${text}' is no name for a step`, span, 'a name is made of letters, digits, _ and -')
  }

  #step(verb: Verb, { keySpan, value }: YamlEntry): LexedStep {
    const key = argumentKey(verb)
    const origin = `${this.#label}.${verb.name}`
    if (value.kind === 'map') return this.#stepOfMap(verb, value.entries, keySpan)
    if (value.kind === 'scalar' && value.value === null) {
      this.#check({ verb, hasArgument: false, flags: [], span: keySpan })
      return { verb, flags: [] }
    }
    if (key === undefined)
      throw wrongKind(value, `${verb.name} is a mapping`, `for example: ${verb.name}: { ${exampleFlag(verb)} }`)
    this.#check({ verb, hasArgument: true, flags: [], span: keySpan })
    return {
      verb,
      argument: this.#values.argument(value, verb.name, origin, verb.argument?.kind === 'file'),
      argumentOrigin: origin,
      flags: [],
    }
  }

  #stepOfMap(verb: Verb, entries: readonly YamlEntry[], span: YamlEntry['keySpan']): LexedStep {
    const keys = verbKeys(verb)
    const argument = argumentKey(verb)
    const known = [...(argument === undefined ? [] : [argument]), ...keys.map(({ key }) => key)]
    const flags: FlagUse[] = []
    let given: { readonly argument: string; readonly argumentOrigin: string } | null = null
    for (const entry of entries) {
      if (entry.key === argument) {
        const argumentOrigin = `${this.#label}.${verb.name}`
        given = {
          argument: this.#values.argument(entry.value, argument, argumentOrigin, verb.argument?.kind === 'file'),
          argumentOrigin,
        }
        continue
      }
      const key = keys.find((one) => one.key === entry.key || one.flag.aliases?.includes(entry.key))
      if (!key) throw unknownKey(entry, verb.name, known)
      const twice = flags.find(({ flag }) => flag === key.flag && !flag.repeats)
      if (twice) throw refusal(`${twice.written} and ${entry.key} are the same`, entry.keySpan, 'keep one of them')
      flags.push(...this.#values.uses({ key: entry.key, flag: key.flag }, entry.value, this.#label))
    }
    this.#check({ verb, hasArgument: given !== null, flags, span })
    return { verb, ...given, flags }
  }

  #check({
    verb,
    hasArgument,
    flags,
    span,
  }: {
    verb: Verb
    hasArgument: boolean
    flags: readonly FlagUse[]
    span: YamlEntry['keySpan']
  }): void {
    const isInFile = flags.some(({ flag }) => flag.name === 'file')
    if (verb.argument && !hasArgument && !isInFile) throw noArgument(verb, span)
    if (hasArgument && isInFile)
      throw refusal(`${verb.name} has its ${argumentKey(verb)} twice: here and in a file`, span, 'keep one of them')
    const missing = verb.required?.find((name) => !flags.some(({ flag }) => flag.name === name))
    if (missing !== undefined)
      throw refusal(`${verb.name} needs ${missing}`, span, `${missing}: ${findFlag(missing)!.placeholder}`)
  }
}

/** The one verb among the keys of a step. */
function verbOf(entries: readonly YamlEntry[], node: YamlNode): YamlEntry {
  const names = VERBS.map(({ name }) => name)
  const known = [...STEP_KEYS, ...names]
  for (const entry of entries) if (!known.includes(entry.key)) throw unknownKey(entry, 'a step', known)
  const [first, second] = entries.filter(({ key }) => names.includes(key))
  if (!first)
    throw refusal(
      'the step has no verb',
      oneLine(node.span),
      'for example: filter: a > 1; tidemark help lists the verbs',
    )
  if (second)
    throw refusal(
      `a step has one verb, and this one has ${first.key} and ${second.key}`,
      second.keySpan,
      'make it two steps: each begins with a dash',
    )
  return first
}

const noArgument = (verb: Verb, span: YamlEntry['keySpan']) =>
  refusal(`${verb.name} needs its ${argumentKey(verb)}`, span, `${argumentKey(verb)}: ${verb.argument!.placeholder}`)

/** For a hint. */
const exampleFlag = (verb: Verb): string => {
  const name = verb.required?.[0] ?? verb.flags[0]!
  return `${name}: ${findFlag(name)!.placeholder}`
}
