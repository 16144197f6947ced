import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadCodecs } from '../../src/kafka/compression.ts'
import { RecordCursor, readBatchHead } from '../../src/kafka/record-batch.ts'
import { RecordBatchWriter } from '../../src/kafka/record-batch-writer.ts'
import { RecordLines, recordHead } from '../../src/sinks/kafka/record-line.ts'
import { roomFor, writeValue } from '../../src/sources/kafka/record-text.ts'
import { newRecord } from './new-record.ts'

await loadCodecs()
const ORIGIN = { producer: 7, epoch: 1, sequence: 3, isTransactional: false, compression: 'none' } as const

function batchOf(values: readonly string[], times: readonly number[] = []): Buffer {
  const writer = new RecordBatchWriter(64)
  for (const [i, value] of values.entries())
    writer.add(newRecord({ key: Buffer.from('k\n'), value: Buffer.from(value), time: times[i] ?? 1 }))
  return Buffer.from(writer.finish(ORIGIN))
}

test('each line has the topic that stands in it, however alike they are', async () => {
  const topics = ['orders', 'orders-2', 'orders', 'order', 'o', 'orders', 'orders', 'x']
  const lines = topics.map((topic) => `${recordHead(topic, 'k', null)}{}\n`).join('')
  const seen: string[] = []
  await new RecordLines().read(Buffer.from(lines), 7, ({ topic }) => void seen.push(topic))
  assert.deepEqual(seen, topics)
})

test('newlines within values become blanks, in whichever records of whichever batches they stand', () => {
  const long = (text: string) => `${text}${'x'.repeat(100)}`
  const batches = [
    ['{"a":1}', '{\n"a":2\n}', '{"a":3}', long('{\n'), long('{'), '\n'],
    ['{"b":1}', '{"b":\n2}'],
    ['{"c":1}', long('\n')],
  ]
  const cursor = new RecordCursor()
  for (const values of batches) {
    const batch = batchOf(values)
    cursor.begin(batch, readBatchHead(batch, 0)!)
    for (const value of values) {
      assert.ok(cursor.next())
      const into = Buffer.alloc(roomFor(value.length, null))
      const end = writeValue(cursor, null, into, 0)
      assert.equal(into.toString('utf8', 0, end), `${value.replaceAll('\n', ' ')}\n`)
    }
    assert.equal(cursor.next(), false)
  }
})

test('a batch says the first and the greatest of its times', () => {
  const batch = batchOf(['1', '2', '3'], [50, 70, 20])
  assert.deepEqual([batch.readBigInt64BE(27), batch.readBigInt64BE(35)], [50n, 70n])
})
