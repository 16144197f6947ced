import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { Cluster } from '../../src/kafka/cluster.ts'
import { check } from '../../src/kafka/fault.ts'
import { offsetFetchRequest } from '../../src/kafka/requests/group-offsets.ts'
import { apiRequest } from '../../src/kafka/requests/request.ts'
import type { Broker } from './broker.ts'

/** How long the broker keeps them, ms: its own setting is in minutes, but a commit of before Kafka 2.1 could say how long. */
const KEPT = 300

/**
 * Lets the offset of a group for partition 0 of a topic grow old, and waits until the broker's own cleaner has removed it. The broker's
 * `offsets.retention.check.interval.ms` should be short.
 */
export async function expireOffsets(broker: Broker, group: string, topic: string): Promise<void> {
  const cluster = await Cluster.connect({ brokers: [broker.address], clientId: 'test', tls: null, login: null })
  const place = { kind: 'group', key: group } as const
  const ask = () =>
    cluster.toCoordinator(place, offsetFetchRequest(group, [{ topic, partition: 0 }], true), (found) => found)
  try {
    const { offset, metadata } = (await ask()).offsets[0]!
    assert.ok(offset >= 0, 'there is one')
    const request = apiRequest(
      { key: 8, version: 2, name: 'OffsetCommit' },
      (body) => {
        body.string(group).int32(-1).string('').int64(KEPT)
        body.int32(1).string(topic).int32(1).int32(0).int64(offset).string(metadata)
      },
      (answer) => {
        answer.int32()
        answer.string()
        answer.int32()
        answer.int32()
        return answer.int16()
      },
    )
    await cluster.toCoordinator(place, request, (error) => check(error, group))
    while ((await ask()).offsets[0]!.offset >= 0) await sleep(100)
  } finally {
    await cluster.close()
  }
}
