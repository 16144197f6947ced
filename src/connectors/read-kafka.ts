import { TidemarkError } from '../base/errors.ts'
import { suggest } from '../base/suggest.ts'
import { parseDuration } from '../time/duration.ts'
import { timestampOfText } from '../time/timestamp.ts'
import type { KafkaPlace, KafkaSink, KafkaSource, KafkaStart } from './kafka.ts'

/** What was said, by the name of the option. Every value is text; a switch is there or not. */
export interface SaidOptions {
  readonly values: Readonly<Record<string, string>>
  readonly lists: Readonly<Record<string, readonly string[]>>
  /** How an option is called where it was said, for messages. */
  readonly nameOf: (option: string) => string
}

/** Throws E_FLAG for what is missing or contradicts, E_FLAG_VALUE for values that cannot be read. */
export function readKafkaSource(said: SaidOptions, isBounded: boolean): KafkaSource {
  const { values } = said
  const topics = readTopics(said)
  const from = readStart(said)
  const group = values['group'] ?? null
  if (from.kind === 'committed' && group === null) missing(said, 'from', 'group', 'NAME')
  return {
    place: readKafkaPlace(said),
    topics,
    from,
    isBounded,
    group,
    shard: readShard(said),
    isolation: keyword(said, 'isolation', ['committed', 'uncommitted']) ?? 'committed',
    offsetReset: keyword(said, 'lost-offset', ['fail', 'earliest', 'latest']) ?? 'fail',
    missingTopic: keyword(said, 'missing-topic', ['fail', 'wait']) ?? 'fail',
    metadata: 'metadata' in values,
    tombstones: keyword(said, 'tombstones', ['skip', 'row']) ?? 'skip',
    tellsTombstones: !('tombstones' in values),
  }
}

/** `hasState`: does the job have a state directory, by which rows get there exactly once? Throws as `readKafkaSource`. */
export function readKafkaSink(said: SaidOptions, hasState: boolean): KafkaSink {
  const { values, lists } = said
  const topic = values['topic']
  if (topic === undefined) missing(said, 'brokers', 'topic', 'results')
  const given = keyword(said, 'delivery', ['exactly-once', 'at-least-once'])
  if (given === 'exactly-once' && !hasState) {
    throw new TidemarkError('E_FLAG', `${said.nameOf('delivery')} exactly-once needs --state`, {
      hint: 'which rows are in the cluster has to be kept: --state DIR',
    })
  }
  const delivery = given ?? (hasState ? 'exactly-once' : 'at-least-once')
  const job = values['job'] ?? null
  if (delivery === 'exactly-once' && job === null) {
    throw new TidemarkError(
      'E_FLAG',
      `rows get to Kafka exactly once by the name of the job: ${said.nameOf('job')} is missing`,
      {
        hint: `name it, one name for each job of the cluster: ${said.nameOf('job')} hourly-revenue; or ${said.nameOf('delivery')} at-least-once`,
      },
    )
  }
  return {
    place: readKafkaPlace(said),
    topic: topic!,
    compression: keyword(said, 'compression', ['none', 'gzip', 'snappy', 'lz4', 'zstd']) ?? 'none',
    delivery,
    job,
    transactionTimeout: parseDuration(values['transaction-timeout'] ?? '1m', {
      source: said.nameOf('transaction-timeout'),
    }),
    key: values['key'] ?? null,
    headers: lists['headers'] ?? [],
  }
}

export function readKafkaPlace(said: SaidOptions): KafkaPlace {
  const { values, nameOf } = said
  const login = keyword(said, 'login', ['plain', 'scram-sha-256', 'scram-sha-512']) ?? null
  if (login !== null && values['user'] === undefined) missing(said, 'login', 'user', 'ann')
  if (login === null && values['user'] !== undefined) missing(said, 'user', 'login', 'scram-sha-512')
  if ((values['certificate'] === undefined) !== (values['private-key'] === undefined)) {
    const [has, lacks] =
      values['certificate'] === undefined ? ['private-key', 'certificate'] : ['certificate', 'private-key']
    missing(said, has, lacks, 'FILE')
  }
  return {
    brokers: readBrokers(values['brokers'] ?? '', nameOf('brokers')),
    tls: 'tls' in values || 'ca' in values || 'certificate' in values,
    ca: values['ca'] ?? null,
    certificate: values['certificate'] ?? null,
    privateKey: values['private-key'] ?? null,
    login,
    user: values['user'] ?? null,
    passwordFile: values['password-file'] ?? null,
  }
}

function readBrokers(text: string, written: string): readonly string[] {
  const brokers = text.split(',').map((broker) => broker.trim())
  const wrong = brokers.find((broker) => !/^(?:\[[\da-fA-F:.]+\]|[^\s:/[\]]+):\d{1,5}$/.test(broker))
  if (wrong === undefined) return brokers
  throw new TidemarkError('E_FLAG_VALUE', `${written} is HOST:PORT, several with commas, not '${text}'`, {
    hint: /^[^\s:/]+$/.test(wrong) ? `did you mean ${wrong}:9092?` : `${written} kafka-1:9092,kafka-2:9092`,
  })
}

/** Names have no commas, so a list may be written with them. */
function readTopics(said: SaidOptions): readonly string[] {
  const topics = (said.lists['topic'] ?? []).flatMap((text) => text.split(',')).map((topic) => topic.trim())
  if (topics.length === 0) missing(said, 'brokers', 'topic', 'orders')
  const wrong = topics.find((topic) => !/^[\w.-]{1,249}$/.test(topic))
  if (wrong === undefined) return [...new Set(topics)]
  throw new TidemarkError('E_FLAG_VALUE', `${said.nameOf('topic')} '${wrong}' cannot be the name of a topic`, {
    hint: 'letters, digits, and . _ - only; several with commas',
  })
}

function readStart(said: SaidOptions): KafkaStart {
  const text = said.values['from'] ?? 'earliest'
  if (text === 'earliest' || text === 'latest' || text === 'committed') return { kind: text }
  const written = said.nameOf('from')
  const time = text.startsWith('timestamp:') ? timestampOfText(text.slice(10), 'auto') : Number.NaN
  if (!Number.isNaN(time)) return { kind: 'timestamp', time }
  if (text.startsWith('offsets:')) {
    const pairs = text
      .slice(8)
      .split(',')
      .map((pair) => /^((?:[\w.-]+\/)?\d+)=(\d{1,15})$/.exec(pair.trim()))
    if (pairs.every((pair) => pair !== null))
      return { kind: 'offsets', offsets: Object.fromEntries(pairs.map((pair) => [pair[1]!, Number(pair[2])])) }
  }
  const near = suggest(text, ['earliest', 'latest', 'committed'])
  throw new TidemarkError('E_FLAG_VALUE', `${written} cannot read '${text}'`, {
    hint: near
      ? `did you mean '${near}'?`
      : 'earliest, latest, committed, timestamp:2024-05-01T10:00:00Z or offsets:0=100,1=250',
  })
}

function readShard(said: SaidOptions): KafkaSource['shard'] {
  const text = said.values['shard']
  if (text === undefined) return null
  const [, index, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []
  if (index !== undefined && Number(index) >= 1 && Number(index) <= Number(count))
    return { index: Number(index) - 1, count: Number(count) }
  const written = said.nameOf('shard')
  throw new TidemarkError('E_FLAG_VALUE', `${written} is a share of the partitions such as 2/4, not '${text}'`)
}

function keyword<K extends string>(
  { values, nameOf }: SaidOptions,
  option: string,
  keywords: readonly K[],
): K | undefined {
  const text = values[option]
  const found = keywords.find((word) => word === text)
  if (text === undefined || found !== undefined) return found
  const near = suggest(text, keywords)
  const words = `${keywords.slice(0, -1).join(', ')} or ${keywords.at(-1)}`
  throw new TidemarkError(
    'E_FLAG_VALUE',
    `${nameOf(option)} is ${words}, not '${text}'`,
    near ? { hint: `did you mean '${near}'?` } : {},
  )
}

function missing({ nameOf }: SaidOptions, has: string, lacks: string, example: string): never {
  throw new TidemarkError('E_FLAG', `${nameOf(has)} needs ${nameOf(lacks)}`, { hint: `${nameOf(lacks)} ${example}` })
}
