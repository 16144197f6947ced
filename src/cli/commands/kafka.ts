import { TidemarkError } from '../../base/errors.ts'
import type { KafkaPlace } from '../../connectors/kafka.ts'
import { KAFKA_OPTIONS } from '../../connectors/kafka-options.ts'
import { readKafkaPlace } from '../../connectors/read-kafka.ts'
import { clusterName } from '../../kafka/connection.ts'
import { kafkaError } from '../../kafka/kafka-error.ts'
import type { RootRecord } from '../../state/store.ts'
import { print } from '../print.ts'
import type { CommandWords } from '../program.ts'
import type { World } from '../world.ts'

interface Lag {
  readonly source: string
  readonly topic: string
  readonly partition: number
  /** The next row to read. */
  readonly offset: number
  /** Behind the last row; null: the partition is gone. */
  readonly end: number | null
  readonly lag: number | null
}

interface Read {
  readonly source: string
  readonly brokers: readonly string[]
  readonly offsets: Readonly<Record<string, number>>
}

/** `tidemark kafka lag --state DIR`: how far the last checkpoint is behind the ends of its topics. */
export async function kafka({ flags }: CommandWords, world: World): Promise<number> {
  const folder = flags['state']
  if (folder === undefined) {
    const hint = 'write: tidemark kafka lag --state DIR'
    throw new TidemarkError('E_FLAG', 'kafka lag needs --state: whose checkpoint is asked for', { hint })
  }
  const state = await world.inspectState(String(folder), 'read')
  let root: RootRecord | undefined
  try {
    root = await state.store.root()
  } finally {
    await state.close()
  }
  const read = Object.entries(root?.sources ?? {}).flatMap(([source, position]) => readOf(source, position))
  if (read.length === 0) {
    throw new TidemarkError('E_FLAG_VALUE', `the job of '${folder}' has read nothing from Kafka`)
  }
  const lags: Lag[] = []
  for (const one of read) lags.push(...(await lagsOf(one, flags, world)))
  const json = lags.map((lag) => JSON.stringify(lag)).join('\n')
  return print(flags['json'] ? json : tableOf(lags), world)
}

/** Of the position of a source; empty: it is no Kafka source. */
function readOf(source: string, position: unknown): readonly Read[] {
  const { reader } = position as { readonly reader?: { readonly offsets?: Read['offsets']; readonly facts?: unknown } }
  const facts = reader?.facts as { readonly brokers?: readonly string[] } | null | undefined
  return reader?.offsets && facts?.brokers ? [{ source, offsets: reader.offsets, brokers: facts.brokers }] : []
}

/** The login is that of the flags and the environment: a state holds no secrets. */
async function lagsOf(
  { source, offsets, brokers }: Read,
  flags: CommandWords['flags'],
  world: World,
): Promise<readonly Lag[]> {
  const values: Record<string, string> = {
    brokers: flags['kafka'] === undefined ? brokers.join(',') : String(flags['kafka']),
  }
  for (const { side, flag, name } of KAFKA_OPTIONS)
    if (side === 'place' && flags[flag] !== undefined) values[name] = String(flags[flag])
  const place: KafkaPlace = readKafkaPlace({ values, lists: {}, nameOf: (name) => `--kafka-${name}` })
  const { Cluster } = await import('../../kafka/cluster.ts')
  const { offsetsAt, partitionOfName } = await import('../../sources/kafka/start-offsets.ts')
  const { connectionTo } = await import('../kafka-connection.ts')
  const { LATEST } = await import('../../kafka/requests/list-offsets.ts')
  const connection = connectionTo(place, world.environment)
  try {
    const cluster = await Cluster.connect(connection)
    try {
      const wanted = Object.keys(offsets).map(partitionOfName)
      const { topics } = await cluster.metadata([...new Set(wanted.map(({ topic }) => topic))])
      const there = wanted.filter(({ topic, partition }) =>
        topics.some((one) => one.name === topic && one.partitions.some((found) => found.partition === partition)),
      )
      const ends = await offsetsAt(cluster, there, LATEST, 1)
      return wanted.map(({ topic, partition }) => {
        const offset = offsets[`${topic}/${partition}`]!
        const end = ends.get(`${topic}/${partition}`) ?? null
        return { source, topic, partition, offset, end, lag: end === null ? null : Math.max(0, end - offset) }
      })
    } finally {
      await cluster.close()
    }
  } catch (error) {
    throw kafkaError(error, clusterName(connection))
  }
}

function tableOf(lags: readonly Lag[]): string {
  const rows = lags.map(({ topic, partition, offset, end, lag }) =>
    [topic, partition, offset, end ?? 'gone', lag ?? ''].map(String),
  )
  const total = lags.reduce((sum, { lag }) => sum + (lag ?? 0), 0)
  const table = [['TOPIC', 'PARTITION', 'OFFSET', 'END', 'LAG'], ...rows, ['', '', '', 'total', `${total}`]]
  const widths = table[0]!.map((_, i) => Math.max(...table.map((row) => row[i]!.length)))
  return table
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '))
    .join('\n')
}
