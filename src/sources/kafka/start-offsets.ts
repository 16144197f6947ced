import type { WarningCode } from '../../base/error-codes.ts'
import type { KafkaStart } from '../../connectors/kafka.ts'
import type { Cluster } from '../../kafka/cluster.ts'
import { CODE, check, KafkaFault } from '../../kafka/fault.ts'
import { untilItWorks } from '../../kafka/patience.ts'
import { offsetFetchRequest } from '../../kafka/requests/group-offsets.ts'
import { EARLIEST, LATEST, listOffsetsRequest } from '../../kafka/requests/list-offsets.ts'

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

export const nameOfPartition = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`

/** The other way round; topics have no slash. */
export function partitionOfName(name: string): TopicPartition {
  const slash = name.lastIndexOf('/')
  return { topic: name.slice(0, slash), partition: Number(name.slice(slash + 1)) }
}

/** Where a time, or `LATEST` or `EARLIEST`, stands in each of the partitions, by name. A time after the last record is its end. */
export async function offsetsAt(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  time: number,
  isolation: 0 | 1,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>()
  await untilItWorks(cluster.patience(), async () => {
    const left = partitions.filter((partition) => !found.has(nameOfPartition(partition)))
    if (left.length === 0) return
    await cluster.metadata([...new Set(left.map(({ topic }) => topic))])
    const byLeader = new Map<number, TopicPartition[]>()
    for (const partition of left) {
      const leader = cluster.leaderOf(partition.topic, partition.partition)
      if (leader === undefined)
        throw new KafkaFault('answer', 'a partition has no leader', CODE.coordinatorNotAvailable)
      byLeader.set(leader, [...(byLeader.get(leader) ?? []), partition])
    }
    for (const [leader, some] of byLeader) {
      const timed = some.map((partition) => ({ ...partition, time }))
      for (const one of await cluster.send(leader, listOffsetsRequest(timed, isolation))) {
        check(one.error, nameOfPartition(one))
        found.set(nameOfPartition(one), one.offset)
      }
    }
  })
  const beyond = partitions.filter((partition) => found.get(nameOfPartition(partition)) === -1)
  if (beyond.length === 0 || time === LATEST) return found
  return new Map([...found, ...(await offsetsAt(cluster, beyond, LATEST, isolation))])
}

interface StartOptions {
  readonly from: KafkaStart
  readonly group: string | null
  readonly isolation: 0 | 1
  readonly warn: (code: WarningCode, message: string, hint?: string) => void
}

/** The first of some names, and how many more there are. */
export const some = (names: readonly string[]): string =>
  names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '')

/** Where a source begins in these partitions, by name. */
export async function startOffsets(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  { from, group, isolation, warn }: StartOptions,
): Promise<ReadonlyMap<string, number>> {
  const at = (time: number) => offsetsAt(cluster, partitions, time, isolation)
  switch (from.kind) {
    case 'earliest':
      return await at(EARLIEST)
    case 'latest':
      return await at(LATEST)
    case 'timestamp':
      return await at(from.time)
    case 'offsets': {
      const given = partitions.flatMap((partition) => {
        const offset = from.offsets[nameOfPartition(partition)] ?? from.offsets[`${partition.partition}`]
        return offset === undefined ? [] : [[nameOfPartition(partition), offset] as const]
      })
      return new Map([...(await at(EARLIEST)), ...given])
    }
    case 'committed': {
      const committed = await committedOffsets(cluster, group!, partitions)
      const names = partitions.map(nameOfPartition).filter((name) => !committed.has(name))
      if (names.length > 0) {
        const hint = 'is it the name of the group? --from earliest or latest asks no group'
        warn('W_KAFKA_OFFSET', `group ${group} has no offset of ${some(names)}: read from the beginning`, hint)
      }
      return new Map([...(await at(EARLIEST)), ...committed])
    }
  }
}

/** Offsets that a group has committed, by partition; those that it has none of are missing. */
export async function committedOffsets(
  cluster: Cluster,
  group: string,
  partitions: readonly TopicPartition[],
): Promise<ReadonlyMap<string, number>> {
  const request = offsetFetchRequest(group, partitions, false)
  return await cluster.toCoordinator({ kind: 'group', key: group }, request, ({ error, offsets }) => {
    if (error !== CODE.groupIdNotFound) check(error, `offsets of ${group}`)
    const found = offsets.filter(({ offset }) => offset >= 0)
    return new Map(found.map((one) => [nameOfPartition(one), one.offset]))
  })
}
