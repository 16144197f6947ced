import { KAFKA_OPTIONS, type KafkaOption } from '../../../connectors/kafka-options.ts'
import { findFlag } from '../../flags/definitions.ts'
import type { FlagDefinition } from '../../flags/flag.ts'
import type { FlagUse } from '../../flags/lexed.ts'
import type { YamlEntry, YamlNode, YamlScalar } from '../document.ts'
import { refusal, unknownKey, wrongKind } from '../refusals.ts'
import type { Connector, ConnectorPlace, ConnectorReading } from './connector.ts'

type Side = 'source' | 'sink'

const optionsOf = (side: Side): readonly KafkaOption[] =>
  KAFKA_OPTIONS.filter((option) => option.side === side || option.side === 'place')

/** What stands in the place of values that are not known, and must look like something. */
const LIKELY: Readonly<Record<string, string>> = {
  brokers: 'unknown:9092',
  from: 'earliest',
  shard: '1/1',
  'transaction-timeout': '1m',
  until: 'latest',
}

/** Reads `kafka: {brokers: …, topic: …}`: the options of the flags, under the names that they have in a file. */
class KafkaReader {
  readonly #side: Side
  readonly #reading: ConnectorReading
  readonly #place: ConnectorPlace

  constructor(side: Side, reading: ConnectorReading, place: ConnectorPlace) {
    this.#side = side
    this.#reading = reading
    this.#place = place
  }

  read(node: YamlNode): readonly FlagUse[] {
    if (node.kind !== 'map') throw wrongKind(node, 'kafka is a mapping: brokers, topic, and what else is to be said')
    const options = optionsOf(this.#side)
    const known = [...options.map(({ name }) => name), ...(this.#side === 'source' ? ['until'] : [])]
    const uses = node.entries.flatMap((entry) => {
      if (!known.includes(entry.key)) throw unknownKey(entry, 'kafka', known)
      const option = options.find(({ name }) => name === entry.key)
      return option
        ? this.#uses(option, entry)
        : [this.#use('until', entry, this.#scalar(entry.value, 'until is latest'))]
    })
    const { owner, span } = this.#place
    if (!uses.some(({ written }) => written === 'topic'))
      throw refusal(`the ${this.#side} ${owner} needs a topic`, span, 'topic: orders')
    return uses.some(({ written }) => written === 'brokers') ? uses : [...this.#ofSources(uses), ...uses]
  }

  /** A sink that does not name its cluster goes to that of the sources, if there is one. */
  #ofSources(own: readonly FlagUse[]): readonly FlagUse[] {
    const { owner, span, sources } = this.#place
    const clusters = sources.map(clusterOf).filter((uses) => uses.length > 0)
    const [first] = clusters
    const hint = 'name some of the brokers: brokers: [kafka-1:9092, kafka-2:9092]'
    if (!first) throw refusal(`the ${this.#side} ${owner} needs brokers`, span, hint)
    if (clusters.some((uses) => textOf(uses) !== textOf(first)))
      throw refusal(`the sink ${owner} needs brokers: its sources are of several clusters`, span, hint)
    return first
      .map(({ flag, written, value }) => ({
        flag: flag.name === 'kafka' ? findFlag('to-kafka')! : flag,
        written,
        value,
      }))
      .filter(({ flag }) => !own.some((use) => use.flag === flag))
  }

  #uses(option: KafkaOption, entry: YamlEntry): readonly FlagUse[] {
    const { value, key } = entry
    if (option.isSwitch) {
      if (value.kind !== 'scalar' || typeof value.value !== 'boolean')
        throw refusal(`${key} is true or false`, value.span)
      return value.value ? [{ flag: findFlag(option.flag)!, written: key, value: '' }] : []
    }
    const items = value.kind === 'list' ? value.items : [value]
    const scalars = items.map((item) =>
      this.#scalar(item, `${key} is a text${option.repeats ? ', or a list of them' : ''}`),
    )
    if (option.name === 'brokers') {
      const uses = scalars.map((scalar) => this.#use(option.flag, entry, scalar))
      return [{ ...uses[0]!, value: uses.map((use) => use.value).join(',') }]
    }
    if (scalars.length > 1 && !option.repeats) throw wrongKind(value, `${key} is a text`)
    return scalars.map((scalar, i) => this.#use(option.flag, entry, scalar, i))
  }

  #scalar(node: YamlNode, what: string): YamlScalar {
    return this.#reading.scalar(node, what)
  }

  #use(name: string, { key }: YamlEntry, scalar: YamlScalar, i = 0): FlagUse {
    const flag = findFlag(name)!
    const value = this.#reading.isOpen(scalar) ? this.#likely(flag, key, scalar) : this.#value(flag, scalar)
    const origin = `${this.#place.owner}.${key}${i === 0 ? '' : `[${i}]`}`
    this.#reading.place(origin, scalar)
    return { flag, written: key, value, origin }
  }

  #value(flag: FlagDefinition, scalar: YamlScalar): string {
    return flag.value.kind === 'input-file' ? this.#reading.path(scalar) : this.#reading.text(scalar)
  }

  /** Mistakes beside what is not known are found all the same. */
  #likely(flag: FlagDefinition, key: string, scalar: YamlScalar): string {
    const text = this.#value(flag, scalar)
    const option = KAFKA_OPTIONS.find((one) => one.flag === flag.name)
    return option?.keywords?.[0] ?? LIKELY[key] ?? text
  }
}

/** What a source says of how its cluster is reached; empty: its rows are not of Kafka. */
function clusterOf(uses: readonly FlagUse[]): readonly FlagUse[] {
  const names = KAFKA_OPTIONS.filter(({ side, flag }) => side === 'place' || flag === 'kafka').map(({ flag }) => flag)
  return uses.filter(({ flag }) => names.includes(flag.name))
}

const textOf = (uses: readonly FlagUse[]): string =>
  JSON.stringify(uses.map(({ flag, value }) => `${flag.name}=${value}`).sort())

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
    required: side === 'source' ? ['brokers', 'topic'] : ['topic'],
    additionalProperties: false,
  }
}

/** Topics of a Kafka cluster. */
export const kafka: Connector = {
  name: 'kafka',
  summary: 'topics of a Kafka cluster: brokers, topic, and the options of the flags of Kafka',
  source: {
    schema: schemaOf('source'),
    read: (node, reading, place) => ({ files: [], uses: new KafkaReader('source', reading, place).read(node) }),
  },
  sink: {
    schema: schemaOf('sink'),
    read: (node, reading, place) => new KafkaReader('sink', reading, place).read(node),
  },
}
