import { KAFKA_OPTIONS, type KafkaOption } from '../../../connectors/kafka-options.ts'
import { findFlag } from '../../flags/definitions.ts'
import type { FlagUse } from '../../flags/lexed.ts'
import type { YamlEntry, YamlNode, YamlScalar } from '../document.ts'
import { refusal, unknownKey, wrongKind } from '../refusals.ts'
import type { Connector, ConnectorReading } from './connector.ts'

type Side = 'source' | 'sink'

const optionsOf = (side: Side): readonly KafkaOption[] =>
  KAFKA_OPTIONS.filter((option) => option.side === side || option.side === 'place')

/** `kafka: {brokers: …, topic: …}`: the options of the flags, under the names that they have in a file. */
function usesOf(node: YamlNode, reading: ConnectorReading, side: Side): readonly FlagUse[] {
  if (node.kind !== 'map') throw wrongKind(node, 'kafka is a mapping: brokers, topic, and what else is to be said')
  return node.entries.flatMap((entry) => {
    if (entry.key === 'until' && side === 'source')
      return [useOf('until', entry, reading.scalar(entry.value, 'until is latest'), reading)]
    const option = optionsOf(side).find(({ name }) => name === entry.key)
    if (!option)
      throw unknownKey(entry, 'kafka', [
        ...optionsOf(side).map(({ name }) => name),
        ...(side === 'source' ? ['until'] : []),
      ])
    return usesOfOption(option, entry, reading)
  })
}

function usesOfOption(option: KafkaOption, entry: YamlEntry, reading: ConnectorReading): readonly FlagUse[] {
  const { value, key } = entry
  if (option.isSwitch) {
    if (value.kind !== 'scalar' || typeof value.value !== 'boolean')
      throw refusal(`${key} is true or false`, value.span)
    return value.value ? [{ flag: findFlag(option.flag)!, written: key, value: '' }] : []
  }
  const items = value.kind === 'list' ? value.items : [value]
  const scalars = items.map((item) =>
    reading.scalar(item, `${key} is a text${option.repeats ? ', or a list of them' : ''}`),
  )
  if (option.name === 'brokers') {
    const brokers = scalars.map((scalar) => reading.text(scalar)).join(',')
    return [{ flag: findFlag(option.flag)!, written: key, value: brokers }]
  }
  if (scalars.length > 1 && !option.repeats) throw wrongKind(value, `${key} is a text`)
  return scalars.map((scalar) => useOf(option.flag, entry, scalar, reading))
}

const useOf = (flag: string, { key }: YamlEntry, scalar: YamlScalar, reading: ConnectorReading): FlagUse => {
  const definition = findFlag(flag)!
  const value = definition.value.kind === 'input-file' ? reading.path(scalar) : reading.text(scalar)
  return { flag: definition, written: key, value }
}

function schemaOf(side: Side): object {
  const properties = optionsOf(side).map((option) => {
    const text = option.keywords ? { enum: option.keywords } : { type: 'string' }
    const list = option.repeats || option.name === 'brokers'
    const schema = option.isSwitch
      ? { type: 'boolean' }
      : list
        ? { anyOf: [text, { type: 'array', items: text }] }
        : text
    return [option.name, { ...schema, description: option.summary }] as const
  })
  const until = side === 'source' ? { until: { enum: ['latest'] } } : {}
  return {
    type: 'object',
    properties: { ...Object.fromEntries(properties), ...until },
    required: ['brokers', 'topic'],
    additionalProperties: false,
  }
}

/** Topics of a Kafka cluster. */
export const kafka: Connector = {
  name: 'kafka',
  summary: 'topics of a Kafka cluster: brokers, topic, and the options of the flags of Kafka',
  source: { schema: schemaOf('source'), read: () => [], uses: (node, reading) => usesOf(node, reading, 'source') },
  sink: { schema: schemaOf('sink'), read: () => '-', uses: (node, reading) => usesOf(node, reading, 'sink') },
}
