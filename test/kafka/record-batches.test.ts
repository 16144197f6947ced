import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Partitioners } from 'kafkajs'
import { COMPRESSIONS, pack, unpack } from '../../src/kafka/codecs.ts'
import { loadCodecs } from '../../src/kafka/compression.ts'
import type { KafkaFault } from '../../src/kafka/fault.ts'
import { kafkaError } from '../../src/kafka/kafka-error.ts'
import { murmur2, partitionOfKey } from '../../src/kafka/murmur2.ts'
import { RecordCursor, readBatchHead } from '../../src/kafka/record-batch.ts'
import { RecordBatchWriter } from '../../src/kafka/record-batch-writer.ts'
import { RecordLines, recordHead } from '../../src/sinks/kafka/record-line.ts'
import { PartitionReader } from '../../src/sources/kafka/partition-reader.ts'
import { PartitionedWatermark } from '../../src/time/partitioned-watermark.ts'
import { newRecord, partsOf } from './new-record.ts'

await loadCodecs()
const ORIGIN = { producer: 7, epoch: 1, sequence: 3, isTransactional: false, compression: 'none' } as const

/** A batch as it lies in a log, from `offset` on. */
function batchOf(
  values: readonly (string | null)[],
  offset: number,
  compression: 'none' | 'gzip' | 'lz4' | 'snappy' = 'none',
): Buffer {
  const writer = new RecordBatchWriter(64)
  for (const [i, value] of values.entries())
    writer.add(
      newRecord({
        key: i % 2 ? Buffer.from(`k${i}`) : null,
        value: value === null ? null : Buffer.from(value),
        headers: [['h', Buffer.from('x')]],
        time: 1000 + i,
      }),
    )
  const batch = Buffer.from(writer.finish({ ...ORIGIN, compression }))
  batch.writeBigInt64BE(BigInt(offset), 0)
  return batch
}

const reader = (limit = 1000) =>
  new PartitionReader({ topic: 't', partition: 0, input: 0, hasMetadata: false, keepsTombstones: false, limit })
const fetched = (records: Buffer, aborted: { producer: number; firstOffset: number }[] = []) => ({
  topic: 't',
  partition: 0,
  error: 0,
  highWatermark: 100,
  lastStable: 100,
  logStart: 0,
  aborted,
  records,
})

/** Of org.apache.kafka.common.utils.UtilsTest. */
const MURMUR2 = {
  '21': -973932308,
  foobar: -790332482,
  'a-little-bit-long-string': -985981536,
  'a-little-bit-longer-string': -1486304829,
  lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8: -58897971,
  abc: 479470107,
}

test("keys have the hashes of Kafka's own test", () => {
  for (const [key, hash] of Object.entries(MURMUR2))
    assert.equal(murmur2(Buffer.from(`<${key}>`), 1, 1 + key.length), hash, key)
})

test('a key goes to the partition that Java and kafkajs choose', () => {
  const choose = Partitioners.DefaultPartitioner()
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.integer({ min: 1, max: 50 }), (key, count) => {
      const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({ partitionId, leader: 1 }))
      const chosen = choose({ topic: 't', partitionMetadata: partitionMetadata as never, message: { key, value: '' } })
      assert.equal(partitionOfKey(Buffer.from(key), count), chosen)
    }),
  )
})

test('what is packed is unpacked again, by every codec that this Node writes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
      for (const codec of COMPRESSIONS.filter((name) => name !== 'zstd')) {
        if (bytes.length === 0) continue
        assert.deepEqual(unpack(codec, pack(codec, Buffer.from(bytes))), Buffer.from(bytes), codec)
      }
    }),
  )
})

test('records come out of a batch as they went in', () => {
  const key = fc.option(fc.uint8Array({ maxLength: 20 }))
  const record = fc.record({
    key,
    value: fc.option(fc.uint8Array({ maxLength: 80 })),
    headers: fc.array(fc.tuple(fc.string(), fc.uint8Array({ maxLength: 9 })), { maxLength: 3 }),
    time: fc.integer({ min: 0, max: 4e12 }),
  })
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 20 }), (records) => {
      const writer = new RecordBatchWriter(16)
      for (const one of records) writer.add(newRecord(one))
      const batch = writer.finish(ORIGIN)
      const cursor = new RecordCursor()
      cursor.begin(batch, readBatchHead(batch, 0)!)
      for (const [offset, { key: k, value, headers, time }] of records.entries()) {
        assert.ok(cursor.next())
        assert.deepEqual(
          [cursor.offset, cursor.time, cursor.keyLength, cursor.valueLength],
          [offset, time, k?.length ?? -1, value?.length ?? -1],
        )
        if (k) assert.deepEqual([...cursor.bytes.subarray(cursor.keyAt, cursor.keyAt + k.length)], [...k])
        const seen: [string, number[]][] = []
        cursor.headers((name, at, length) => seen.push([name, [...cursor.bytes.subarray(at, at + length)]]))
        assert.deepEqual(
          seen,
          headers.map(([name, bytes]) => [Buffer.from(name).toString(), [...bytes]]),
        )
      }
      assert.ok(!cursor.next())
    }),
  )
})

test('a batch that is not as it was written ends the run with its place', () => {
  const batch = batchOf(['{"n":1}'], 41)
  batch[70] = batch[70]! ^ 1
  const partition = reader()
  partition.seek(41)
  partition.take(fetched(batch))
  assert.throws(
    () => partition.fill(Buffer.alloc(1000)),
    (error: KafkaFault) => {
      assert.match(
        String((kafkaError(error, 'b:9092') as Error).message),
        /^b:9092: the batch at offset 41 is damaged: its checksum is wrong$/,
      )
      return true
    },
  )
})

test('offsets are line numbers: gaps and tombstones are empty lines, wide gaps end the stretch', () => {
  const partition = reader()
  partition.seek(10)
  partition.take(
    fetched(
      Buffer.concat([
        batchOf(['{"a":\n1}', null], 10),
        batchOf(['{"b":2}'], 14, 'gzip'),
        batchOf(['{"c":3}'], 500, 'lz4'),
      ]),
    ),
  )
  const into = Buffer.alloc(1000)
  const first = partition.fill(into)!
  assert.equal(into.toString('utf8', 0, first.to), '{"a": 1}\n\n\n\n{"b":2}\n')
  assert.deepEqual([first.firstOffset, first.lastLine], [10, 15])
  const second = partition.fill(into)!
  assert.equal(into.toString('utf8', 0, second.to), '{"c":3}\n')
  assert.deepEqual([second.firstOffset, second.next, partition.tombstones], [500, 501, 1])
  assert.equal(partition.fill(into), null)
})

test('reading begins in the middle of a batch, and ends before its end', () => {
  const partition = reader()
  partition.seek(2)
  partition.end = 4
  partition.take(fetched(batchOf(['{"n":0}', '{"n":1}', '{"n":2}', '{"n":3}', '{"n":4}'], 0, 'snappy')))
  const into = Buffer.alloc(1000)
  const stretch = partition.fill(into)!
  assert.equal(into.toString('utf8', 0, stretch.to), '{"n":2}\n{"n":3}\n')
  assert.ok(partition.fill(into) === null && partition.hasEnded)
})

test('a value over the limit stands alone, with its length and its beginning', () => {
  const partition = reader(10)
  partition.seek(0)
  partition.take(fetched(batchOf(['{"n":0}', JSON.stringify('x'.repeat(50)), '{"n":2}'], 0)))
  const into = Buffer.alloc(1000)
  assert.equal(partition.fill(into)!.tooLong, null)
  const long = partition.fill(into)!
  assert.deepEqual([long.to, long.tooLong?.offset, long.tooLong?.length], [0, 1, 52])
  assert.equal(partition.fill(into)!.firstOffset, 2)
})

test('lines of a segment give back keys, headers and values whatever is in them', async () => {
  const key = fc.option(fc.string())
  await fc.assert(
    fc.asyncProperty(
      key,
      fc.option(fc.dictionary(fc.string(), fc.string())),
      fc.boolean(),
      async (k, headers, isTombstone) => {
        const line = `${recordHead('topic', k, headers)}${isTombstone ? '\\N' : '{"a":"\\t"}'}\n`
        const seen: unknown[] = []
        await new RecordLines().read(Buffer.from(line + line), 7, (one) => {
          const { key: found, value } = partsOf(one)
          seen.push([one.topic, found && String(found), one.headers.length, value && String(value)])
        })
        const wanted = [
          'topic',
          k === null ? null : Buffer.from(k).toString(),
          Object.keys(headers ?? {}).length,
          isTombstone ? null : '{"a":"\\t"}',
        ]
        assert.deepEqual(seen, [wanted, wanted])
      },
    ),
  )
})

test('the watermark of partitions is the least of those that count, and never goes back', () => {
  const step = fc.record({
    partition: fc.nat({ max: 2 }),
    times: fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 4 }),
    leaves: fc.option(fc.nat({ max: 2 }), { freq: 5 }),
  })
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const watermark = new PartitionedWatermark(10)
      for (const name of ['a', 'b', 'c']) watermark.add(name)
      const own = [-Infinity, -Infinity, -Infinity]
      const isOut = [false, false, false]
      let expected = -Infinity
      const merge = () => {
        const least = Math.min(...own.filter((_, i) => !isOut[i]))
        if (least < Infinity) expected = Math.max(expected, least)
      }
      for (const { partition, times, leaves } of steps) {
        watermark.select(partition)
        if (isOut[partition]) {
          isOut[partition] = false
          merge()
        }
        const before = new Float64Array(times.length)
        const after = watermark.observeAll(Float64Array.from(times), times.length, before)
        for (const [i, time] of times.entries()) {
          assert.equal(before[i], expected)
          own[partition] = Math.max(own[partition]!, time - 10 - 1)
          merge()
        }
        assert.equal(after, expected)
        if (leaves === null) continue
        watermark.setOut(leaves, true)
        isOut[leaves] = true
        merge()
        assert.equal(watermark.current, expected)
      }
    }),
  )
})

test('line breaks within values become blanks, wherever they stand, and nothing else changes', () => {
  const value = fc.string({ unit: fc.constantFrom('a', '\n', '"', ' ', '\r'), minLength: 1, maxLength: 120 })
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 12 }), (values) => {
      const one = reader()
      one.seek(0)
      one.take(fetched(batchOf(values, 0)))
      const into = Buffer.alloc(4000)
      const { to } = one.fill(into)!
      assert.equal(into.toString('utf8', 0, to), values.map((text) => `${text.replaceAll('\n', ' ')}\n`).join(''))
    }),
  )
})

test('a run that ends before its partitions are read hands their watermarks on', () => {
  const first = new PartitionedWatermark(0)
  first.add('a')
  first.select(0)
  first.observe(1000)
  const second = new PartitionedWatermark(0)
  second.restoreParts(first.save(first.place()))
  const third = new PartitionedWatermark(0)
  third.restoreParts(second.save(second.place()))
  third.add('a')
  assert.equal(third.of(0), 999)
})
