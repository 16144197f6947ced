import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Broker, needsBroker, RELEASES } from './broker.ts'

describe('the broker of the tests', () => {
  for (const release of RELEASES) {
    test(`Apache Kafka ${release} starts, keeps what it has over a kill, and goes`, async (t) => {
      if (!needsBroker(t, release)) return
      const broker = await Broker.start({ release })
      try {
        await broker.createTopic('orders', 3)
        await broker.kill()
        await broker.restart()
        assert.ok((await broker.admin((admin) => admin.listTopics())).includes('orders'))
      } finally {
        await broker.remove()
      }
    })
  }
})
