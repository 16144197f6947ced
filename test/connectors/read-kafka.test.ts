import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readKafkaSource } from '../../src/connectors/read-kafka.ts'

const topicsOf = (...given: readonly string[]) =>
  readKafkaSource({ values: { brokers: 'b1:9092' }, lists: { topic: given }, nameOf: (name) => `--${name}` }, true)
    .topics

test('topics come one by one or in lists with commas, each once', () => {
  assert.deepEqual(topicsOf('a,b', 'c', ' b , a'), ['a', 'b', 'c'])
})

test('the name of a topic has as many characters as Kafka takes, and no others', () => {
  const longest = 'x'.repeat(249)
  assert.deepEqual(topicsOf(`${longest},A-1._z`), [longest, 'A-1._z'])
  for (const wrong of [`${longest}x`, '', 'a,', 'a b', 'ä', 'a/0'])
    assert.throws(() => topicsOf(wrong), { code: 'E_FLAG_VALUE' }, wrong)
})
