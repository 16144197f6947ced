import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Encoding } from '../../src/data/column.ts'
import { PageReader, PageWriter } from '../../src/data/page.ts'
import { RowSlab } from '../../src/data/row-slab.ts'
import { JsonText, type Value } from '../../src/data/value.ts'
import { batchesOf, type OutRow, outRow, type StreamRow, wholeRow } from '../operators/operator-harness.ts'

const SLOTS = [
  { name: 'a', type: 'any' },
  { name: 'b', type: 'any' },
] as const

const anyValue = fc.constantFrom<Value | undefined>(
  ...[null, undefined, true, false, 0, -1.5, 2n ** 64n, '', 'x"\\\né😀', new JsonText('{"a": [1, "é"]}')],
)
const anyRow = fc.record<StreamRow>({
  time: fc.constantFrom(1, 2.5, -3, Number.NaN),
  values: fc.tuple(anyValue, anyValue),
  kind: fc.constantFrom(0, 1, 2, 3),
})
const anyEncodings = fc.tuple(
  fc.constantFrom<Encoding>('interned', 'span', 'plain'),
  fc.constantFrom<Encoding>('interned', 'span', 'plain'),
)

const slabOf = () => new RowSlab({ slots: SLOTS, keepsRaw: true })

/** A kept row, as it comes out again. */
function copied(slab: RowSlab, row: number): OutRow {
  const out = slab.createOutput(2)
  slab.copyTo(row, out, 0, 0)
  return outRow(out, 0)
}

const asKept = (row: OutRow): OutRow => ({ ...row, watermark: 0, sequence: 0 })

test('a kept row comes out as it went in, after its batch is gone, moves and a checkpoint', () => {
  fc.assert(
    fc.property(
      fc.array(anyRow, { minLength: 1, maxLength: 20 }),
      anyEncodings,
      fc.infiniteStream(fc.boolean()),
      (rows, encodings, drops) => {
        const batches = batchesOf(rows, { size: 7, encodings, delay: 0, flush: false })
        const slab = slabOf()
        const kept = new Map<number, OutRow>()
        for (const batch of batches) {
          for (let i = 0; i < batch.length; i += 1) {
            const expected = asKept(wholeRow(batches, batch.sequence[i]!))
            kept.set(slab.append(batch, i), expected)
          }
          batch.raw!.buffer.fill(0)
          for (const column of batch.columns) column.buffer?.fill(0)
        }
        for (const row of [...kept.keys()]) {
          if (drops.next().value) continue
          slab.release(row)
          kept.delete(row)
        }
        slab.compact((from, to) => {
          kept.set(to, kept.get(from)!)
          kept.delete(from)
        })
        assert.equal(slab.size, kept.size)
        assert.equal(slab.end, kept.size)
        for (const [row, expected] of kept) {
          assert.deepEqual(copied(slab, row), expected)
          const page = new PageWriter()
          slab.writeRow(row, page)
          const other = slabOf()
          assert.deepEqual(copied(other, other.readRow(new PageReader(page.bytes()))), expected)
        }
      },
    ),
    { numRuns: 200 },
  )
})

test('rows of several files keep their file, line and byte each', () => {
  const slab = slabOf()
  const rows = ['one.ndjson', 'two.ndjson'].map((source) => {
    const [batch] = batchesOf([{ time: 1, values: ['a', 'b'] }], { size: 1, encodings: ['plain', 'plain'], delay: 0 })
    batch!.raw!.source = source
    batch!.raw!.base = source === 'one.ndjson' ? 5000 : 70
    return slab.append(batch!, 0)
  })
  const out = slab.createOutput(2)
  for (const row of rows) slab.copyTo(row, out, 0, 0)
  assert.match(outRow(out, 0).origin!, /one\.ndjson:1 5000$/)
  assert.match(outRow(out, 1).origin!, /two\.ndjson:1 70$/)
})

const oneRow = () =>
  batchesOf([{ time: 1, values: ['some text', 1] }], { size: 1, encodings: ['plain', 'plain'], delay: 0 })[0]!

test('a million rows that come and go with a thousand live take the memory of a thousand', () => {
  const slab = new RowSlab({ slots: SLOTS, keepsRaw: false })
  const batch = oneRow()
  const live = new Int32Array(1000)
  for (let i = 0; i < 1_000_000; i += 1) {
    if (i >= 1000) slab.release(live[i % 1000]!)
    live[i % 1000] = slab.append(batch, 0)
  }
  assert.equal(slab.size, 1000)
  assert.ok(slab.capacity <= 1024, `room for ${slab.capacity}`)
  assert.ok(slab.columns[0]!.values.length <= 1024)
})

test('after most rows are gone, compact gives their memory back and tells of every move', () => {
  const slab = slabOf()
  const batch = oneRow()
  const rows = Array.from({ length: 50_000 }, () => slab.append(batch, 0))
  assert.equal(slab.isSparse, false)
  for (const row of rows) if (row % 1000 !== 999) slab.release(row)
  assert.equal(slab.isSparse, true)
  const moves = new Map<number, number>()
  slab.compact((from, to) => moves.set(from, to))
  assert.equal(slab.size, 50)
  assert.ok(slab.capacity <= 100)
  assert.ok(slab.columns[0]!.values.length <= 100)
  assert.equal(moves.size, 50)
  for (const [from, to] of moves) assert.ok(from % 1000 === 999 && slab.isLive(to))
})

test('what released rows held goes with the last row, or as others take their numbers', () => {
  const slab = slabOf()
  const rows = Array.from({ length: 3 }, () => slab.append(oneRow(), 0))
  for (const row of rows) slab.release(row)
  for (const { values } of slab.columns) assert.equal(values.length, 0)
  const kept = slab.append(oneRow(), 0)
  for (let i = 0; i < 1000; i += 1) slab.release(slab.append(oneRow(), 0))
  assert.equal(slab.capacity, 64)
  assert.ok(slab.isLive(kept))
})

test('releasing a row twice is a mistake of ours', () => {
  const slab = slabOf()
  const row = slab.append(oneRow(), 0)
  slab.append(oneRow(), 0)
  slab.release(row)
  assert.throws(() => slab.release(row), /twice/)
})
