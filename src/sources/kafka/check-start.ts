import { TidemarkError } from '../../base/errors.ts'
import type { FeedOptions } from './kafka-feed.ts'
import { nameOfPartition, type TopicPartition } from './start-offsets.ts'

/**
 * What was said of partitions, beside those that there are. `mine`: the partitions of this process's share. Throws E_FLAG_VALUE for an offset to begin at of
 * a partition that no topic has; warns of a share without partitions. Topics that are waited for may have any.
 */
export function checkStart(
  { topics, description, warn }: Pick<FeedOptions, 'topics' | 'description' | 'warn'>,
  mine: readonly TopicPartition[],
  isStart: boolean,
): void {
  if (topics.some(({ error }) => error !== 0)) return
  const { from, shard } = description
  const counts = topics.map(({ name, partitions }) => `${name} has ${partitions.length}`).join(', ')
  if (isStart && from.kind === 'offsets') {
    const names = topics.flatMap(({ name, partitions }) =>
      partitions.flatMap(({ partition }) => [nameOfPartition({ topic: name, partition }), `${partition}`]),
    )
    const wrong = Object.keys(from.offsets).find((name) => !names.includes(name))
    if (wrong !== undefined) {
      throw new TidemarkError(
        'E_FLAG_VALUE',
        `there is no partition ${wrong} to begin at offset ${from.offsets[wrong]}`,
        {
          hint: `partitions are counted from 0: ${counts}`,
        },
      )
    }
  }
  if (shard !== null && mine.length === 0) {
    const share = `${shard.index + 1}/${shard.count}`
    warn('W_KAFKA_EMPTY', `share ${share} has no partition: ${counts}`, 'no more shares than partitions')
  }
}
