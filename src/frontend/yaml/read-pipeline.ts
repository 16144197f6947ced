import { TidemarkError } from '../../base/errors.ts'
import type { Span } from '../../base/span.ts'
import { parseFieldPath } from '../../expressions/parse.ts'
import type { DeclaredColumn } from '../../plan/kinds/project.ts'
import type { Binding } from '../flags/command-line.ts'
import type { FlagUse } from '../flags/lexed.ts'
import { CONNECTORS } from './connectors/index.ts'
import { readYaml, type YamlEntry, type YamlMap, type YamlNode, type YamlText } from './document.ts'
import { DEFAULT_KEYS, JOB_KEYS, type Key, SECTIONS, SINK_KEYS, SOURCE_KEYS } from './keys.ts'
import { NAME, type Name, type Pipeline, type PipelineSink, type PipelineSource } from './pipeline.ts'
import { Places } from './places.ts'
import { readSteps } from './read-steps.ts'
import { oneLine, refusal, unknownKey, wrongKind } from './refusals.ts'
import { ValueReader } from './uses.ts'
import { type Environment, Variables } from './variables.ts'

const FORMAT = 1

/** Names of what a command line puts in the place of what the file says: variables there need not be set. */
export interface StoodIn {
  /** Sources, and steps that look rows up in a table. */
  readonly inputs: ReadonlySet<string>
  readonly sinks: ReadonlySet<string>
  readonly args: ReadonlySet<string>
}

/** Reads a pipeline file as far as it can be judged without looking at its expressions. Throws E_YAML, E_PIPELINE, E_VARIABLE, all with exit 5. */
export function readPipeline(file: YamlText, environment: Environment, stoodIn: StoodIn): Pipeline {
  const root = readYaml(file)
  const places = new Places()
  const variables = new Variables(environment)
  const values = new ValueReader(places, environment, variables)
  const unread = new ValueReader(places, environment, new Variables({ ...environment, isUnasked: true }))
  const reader = new PipelineReader({ values, unread, stoodIn })
  const whole = { source: file.path, text: file.text, start: 0, end: 1 }
  return { path: file.path, span: whole, places, ...reader.read(root), secrets: variables.secrets }
}

interface PipelineReading {
  readonly values: ValueReader
  readonly unread: ValueReader
  readonly stoodIn: StoodIn
}

class PipelineReader {
  readonly #values: ValueReader
  /** Of what others stand in for. */
  readonly #unread: ValueReader
  readonly #stoodIn: StoodIn

  constructor({ values, unread, stoodIn }: PipelineReading) {
    this.#values = values
    this.#unread = unread
    this.#stoodIn = stoodIn
  }

  read(root: YamlNode): Omit<Pipeline, 'path' | 'span' | 'places' | 'secrets'> {
    if (root.kind !== 'map') throw wrongKind(root, 'a pipeline is a mapping', 'its first line is: tidemark: 1')
    checkFormat(root)
    const known = [...SECTIONS, ...[...JOB_KEYS, ...DEFAULT_KEYS].map(({ key }) => key)]
    for (const entry of root.entries) if (!known.includes(entry.key)) throw unknownKey(entry, 'a pipeline', known)
    const find = (key: string) => root.entries.find((entry) => entry.key === key)
    const sources = this.#sources(find('sources'), root)
    return {
      uses: this.#uses(root.entries, JOB_KEYS, 'the pipeline'),
      defaults: this.#uses(root.entries, DEFAULT_KEYS, 'the pipeline'),
      args: this.#args(find('args')),
      sources,
      steps: readSteps(find('steps')?.value ?? null, {
        values: this.#values,
        valuesOf: (step) => (this.#stoodIn.inputs.has(step) ? this.#unread : this.#values),
        readFrom: (node) => this.#from(node),
      }),
      sinks: this.#sinks(
        find('sinks'),
        sources.map(({ uses }) => uses),
      ),
    }
  }

  #uses(entries: readonly YamlEntry[], keys: readonly Key[], owner: string): readonly FlagUse[] {
    return entries.flatMap((entry) => {
      const key = keys.find((one) => one.key === entry.key)
      return key ? this.#values.uses(key, entry.value, owner) : []
    })
  }

  #args(entry: YamlEntry | undefined): readonly Binding[] {
    if (!entry) return []
    return mapOf(entry, 'args is a mapping of names to values').map(({ key, keySpan, value }): Binding => {
      if (!/^[A-Za-z_]\w*$/.test(key))
        throw refusal(
          `'${key}' is no name of a parameter`,
          keySpan,
          'letters, digits and _; expressions name it as :name',
        )
      if (value.kind !== 'scalar') return { name: key, kind: 'json', text: JSON.stringify(plainOf(value)) }
      if (typeof value.value === 'string') {
        const values = this.#stoodIn.args.has(key) ? this.#unread : this.#values
        return { name: key, kind: 'text', text: values.text(value) }
      }
      const text =
        typeof value.value === 'number' && /^-?(0|[1-9]\d*)(\.\d+)?$/.test(value.text)
          ? value.text
          : JSON.stringify(value.value)
      return { name: key, kind: 'json', text }
    })
  }

  #sources(entry: YamlEntry | undefined, root: YamlMap): readonly PipelineSource[] {
    if (!entry)
      throw refusal(
        'a pipeline needs sources',
        oneLine(root.span),
        'sources: { input: { file: rows.ndjson, time: ts } }',
      )
    const sources = mapOf(entry, 'sources is a mapping of names to sources').map((one) => this.#source(one))
    if (sources.length === 0)
      throw refusal('there is no source', entry.keySpan, 'sources: { input: { file: rows.ndjson, time: ts } }')
    return sources
  }

  #source(entry: YamlEntry): PipelineSource {
    const { key: name, keySpan: span } = checkName(entry, 'source')
    const entries = mapOf(entry, `${name} is a mapping: where its rows come from, and its time`)
    const connector = this.#connector(entry, entries, SOURCE_KEYS, 'source')
    const values = this.#stoodIn.inputs.has(name) ? this.#unread : this.#values
    const { definition, value, span: at } = connector
    const { files, uses } = definition.source.read(value, values, { owner: name, span: at, sources: [] })
    const schema = entries.find(({ key }) => key === 'schema')
    return {
      name,
      span,
      files,
      uses: [...uses, ...this.#uses(entries, SOURCE_KEYS, name)],
      schema: schema ? this.#schema(schema, name) : null,
    }
  }

  /** Names or paths of columns, and their types. */
  #schema(entry: YamlEntry, source: string): readonly DeclaredColumn[] {
    return mapOf(entry, 'schema is a mapping of columns to types').map(({ key, keySpan, value }) => {
      const { places } = this.#values
      const scalar = this.#values.scalar(value, `${key} has a type, such as STRING or DECIMAL(10, 2)`)
      const origin = `${source}.schema.${key}`
      places.add(origin, scalar)
      const column = `${source}.schema: ${key}`
      places.add(column, { kind: 'scalar', span: keySpan, value: key, text: key, style: styleOf(keySpan) })
      return {
        path: places.within(keySpan, () => parseFieldPath(key, column)),
        span: wholeSpan(column, key),
        type: scalar.text,
        typeSpan: wholeSpan(origin, scalar.text),
      }
    })
  }

  /** `sources`: what the sources say. */
  #sinks(entry: YamlEntry | undefined, sources: readonly (readonly FlagUse[])[]): readonly PipelineSink[] {
    if (!entry) return []
    const sinks = mapOf(entry, 'sinks is a mapping of names to sinks').map((one) => this.#sink(one, sources))
    if (sinks.length === 0)
      throw refusal(
        'there is no sink',
        entry.keySpan,
        'leave sinks out, and the rows of the last step go to standard output',
      )
    return sinks
  }

  #sink(entry: YamlEntry, sources: readonly (readonly FlagUse[])[]): PipelineSink {
    const { key: name, keySpan: span } = checkName(entry, 'sink')
    const entries = mapOf(entry, `${name} is a mapping: which rows, and where they go`)
    const connector = this.#connector(entry, entries, SINK_KEYS, 'sink')
    const from = entries.find(({ key }) => key === 'from')
    const values = this.#stoodIn.sinks.has(name) ? this.#unread : this.#values
    const { definition, value, span: at } = connector
    const uses = definition.sink.read(value, values, { owner: name, span: at, sources })
    return {
      name,
      span,
      from: from ? this.#from(from.value) : null,
      uses: [...uses, ...this.#uses(entries, SINK_KEYS, name)],
    }
  }

  /** The one connector among the keys of a source or sink; refuses keys that are none of either's. */
  #connector(entry: YamlEntry, entries: readonly YamlEntry[], keys: readonly Key[], what: 'source' | 'sink') {
    const names = CONNECTORS.map(({ name }) => name)
    const known = [...names, what === 'sink' ? 'from' : 'schema', ...keys.map(({ key }) => key)]
    for (const one of entries) if (!known.includes(one.key)) throw unknownKey(one, `the ${what} ${entry.key}`, known)
    const [first, second] = entries.filter(({ key }) => names.includes(key))
    const place = what === 'source' ? 'where its rows come from' : 'where its rows go'
    if (!first)
      throw refusal(
        `the ${what} ${entry.key} does not say ${place}`,
        entry.keySpan,
        `file: ${what === 'source' ? 'rows' : 'out'}.ndjson`,
      )
    if (second)
      throw refusal(
        `the ${what} ${entry.key} says twice ${place}: ${first.key} and ${second.key}`,
        second.keySpan,
        'keep one of them',
      )
    return { definition: CONNECTORS.find(({ name }) => name === first.key)!, value: first.value, span: first.keySpan }
  }

  /** `from: NAME`, or a list of them. */
  #from(node: YamlNode): readonly Name[] {
    const items = node.kind === 'list' ? node.items : [node]
    if (items.length === 0) throw refusal('from names no rows', oneLine(node.span), 'name a source or a step')
    const names = items.map((item) => {
      const { text, span } = this.#values.scalar(item, 'from is the name of a source or step, or a list of them')
      return { name: text, span }
    })
    const twice = names.find(({ name }, i) => names.findIndex((other) => other.name === name) !== i)
    if (twice) throw refusal(`'${twice.name}' is named twice`, twice.span, 'its rows come once')
    return names
  }
}

function checkFormat({ entries, span }: YamlMap): void {
  const entry = entries.find(({ key }) => key === 'tidemark')
  if (!entry) throw refusal('the format of the file is missing', oneLine(span), 'its first line is: tidemark: 1')
  const { value } = entry
  if (value.kind === 'scalar' && value.value === FORMAT) return
  const hint =
    value.kind === 'scalar' && Number(value.value) > FORMAT
      ? 'a newer release of tidemark reads it'
      : 'write: tidemark: 1'
  throw refusal(`this release reads format ${FORMAT}`, value.kind === 'scalar' ? value.span : entry.keySpan, hint)
}

function checkName(entry: YamlEntry, what: string): YamlEntry {
  if (NAME.test(entry.key)) return entry
  throw refusal(`'${entry.key}' is no name for a ${what}`, entry.keySpan, 'a name is made of letters, digits, _ and -')
}

function mapOf({ key, keySpan, value }: YamlEntry, what: string): readonly YamlEntry[] {
  if (value.kind === 'map') return value.entries
  if (value.kind === 'scalar' && value.value === null)
    throw new TidemarkError('E_PIPELINE', `${key} is empty`, { span: keySpan, hint: what })
  throw wrongKind(value, what)
}

/** Of a key. */
const styleOf = ({ text, start }: Span): 'quoted' | 'plain' => (/["']/.test(text[start]!) ? 'quoted' : 'plain')

const wholeSpan = (source: string, text: string): Span => ({ source, text, start: 0, end: text.length })

/** As JSON would have it. */
function plainOf(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(plainOf)
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainOf(value)]))
}
