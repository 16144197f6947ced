import type { FlagDefinition } from '../flags/flag.ts'
import type { Verb } from '../flags/verb.ts'
import { VERBS } from '../flags/verbs.ts'
import type { Connector } from './connectors/connector.ts'
import { CONNECTORS } from './connectors/index.ts'
import { argumentKey, DEFAULT_KEYS, JOB_KEYS, type Key, SINK_KEYS, SOURCE_KEYS, verbKeys } from './keys.ts'

const NAME = '^[A-Za-z_][\\w-]*$'
const TEXT = { type: ['string', 'number', 'boolean'] }
const TEXTS = { anyOf: [TEXT, { type: 'array', items: TEXT }] }
const FROM = { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1 }] }

const COLUMNS = {
  type: 'object',
  additionalProperties: { type: 'string' },
  description: "columns and their SQL types, as in DECIMAL(10, 2): Flink's types from here on",
}

/** The JSON Schema of pipeline files, for editors; made from the same definitions as what reads them. */
export function pipelineSchema(): object {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'tidemark pipeline',
    ...mapping({
      tidemark: { const: 1, description: 'format of this file' },
      args: { type: 'object', description: 'values of :NAME in expressions' },
      sources: named(placed((connector) => connector.source.schema, { schema: COLUMNS, ...propertiesOf(SOURCE_KEYS) })),
      steps: { type: 'array', items: step() },
      sinks: named(placed((connector) => connector.sink.schema, { from: FROM, ...propertiesOf(SINK_KEYS) })),
      ...propertiesOf([...JOB_KEYS, ...DEFAULT_KEYS]),
    }),
    required: ['tidemark', 'sources'],
  }
}

const mapping = (properties: Readonly<Record<string, object>>) => ({
  type: 'object',
  properties,
  additionalProperties: false,
})

const named = (item: object) => ({ type: 'object', propertyNames: { pattern: NAME }, additionalProperties: item })

/** A source or sink: one connector, and keys. */
function placed(schemaOf: (connector: Connector) => object, keys: Readonly<Record<string, object>>): object {
  const places = CONNECTORS.map((connector) => [
    connector.name,
    { description: connector.summary, ...schemaOf(connector) },
  ])
  const one = CONNECTORS.map(({ name }) => ({ required: [name] }))
  return { ...mapping({ ...Object.fromEntries(places), ...keys }), oneOf: one }
}

function step(): object {
  const verbs = VERBS.map((verb) => [verb.name, verbSchema(verb)])
  const name = { type: 'string', pattern: NAME, description: 'id of the step in messages, counts and state' }
  return {
    ...mapping({ name, from: { ...FROM, description: 'whose rows' }, ...Object.fromEntries(verbs) }),
    oneOf: VERBS.map((verb) => ({ required: [verb.name] })),
  }
}

/** The verb's argument alone, or a mapping of it and the flags. */
function verbSchema(verb: Verb): object {
  const key = argumentKey(verb)
  const properties = {
    ...(key !== undefined && { [key]: { ...TEXTS, description: verb.argument!.summary } }),
    ...propertiesOf(verbKeys(verb).map((one) => ({ ...one, flag: { ...one.flag, ...verb.flagLines?.[one.key] } }))),
  }
  const required = verb.required ?? []
  const whole = { ...mapping(properties), ...(required.length > 0 && { required }) }
  const short = key === undefined ? (required.length > 0 ? [] : [{ type: 'null' }]) : required.length > 0 ? [] : [TEXTS]
  return { description: verb.summary, anyOf: [...short, whole] }
}

function propertiesOf(keys: readonly Key[]): Record<string, object> {
  return Object.fromEntries(
    keys.flatMap(({ key, flag }) => [key, ...(flag.aliases ?? [])].map((name) => [name, propertyOf(flag)])),
  )
}

function propertyOf(flag: FlagDefinition): object {
  const { value, summary: description } = flag
  if (value.kind === 'none') return { type: 'boolean', description }
  if (value.kind === 'keyword') return { enum: value.keywords, description }
  if (flag.repeats) return { anyOf: [...TEXTS.anyOf, { type: 'object', additionalProperties: TEXT }], description }
  return value.kind === 'field' ? { ...TEXTS, description } : { ...TEXT, description }
}
