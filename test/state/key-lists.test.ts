import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { KeyLists } from '../../src/state/key-lists.ts'
import { RowQueue } from '../../src/state/row-queue.ts'

const rowsOf = (lists: KeyLists, slot: number): number[] => {
  const { rows, start, end } = lists.rowsOf(slot)
  return [...rows.subarray(start, end)]
}

test('lists of rows by key are those of a plain program, however they grow, shrink and take the room of others', () => {
  const step = fc.record({ slot: fc.nat(4), time: fc.nat(30), taken: fc.nat(3), at: fc.nat(200) })
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 400 }), (steps) => {
      const times: number[] = []
      const before = (a: number, b: number) => times[a]! < times[b]! || (times[a] === times[b] && a < b)
      const lists = new KeyLists(before)
      const plain = new Map<number, number[]>()
      for (const { slot, time, taken, at } of steps) {
        const own = plain.get(slot) ?? []
        plain.set(slot, own)
        if (taken === 0 && own.length > 0) {
          const [gone] = own.splice(at % 2 === 0 ? 0 : at % own.length, 1)
          lists.remove(slot, gone!)
        } else {
          const row = times.push(time) - 1
          lists.add(slot, row)
          own.push(row)
          own.sort((a, b) => (before(a, b) ? -1 : 1))
        }
        for (const [key, rows] of plain) assert.deepEqual(rowsOf(lists, key), rows)
      }
      lists.clear()
      for (const key of plain.keys()) assert.deepEqual(rowsOf(lists, key), [])
    }),
    { numRuns: 60 },
  )
})

test('a list of one key that grows to 100,000 rows and goes leaves its room to the next', () => {
  const lists = new KeyLists((a, b) => a < b)
  for (const slot of [1, 2, 3]) {
    for (let row = 0; row < 100_000; row += 1) lists.add(slot, row)
    const { start, end } = lists.rowsOf(slot)
    assert.equal(end - start, 100_000)
    for (let row = 0; row < 100_000; row += 1) lists.remove(slot, row)
    assert.deepEqual(rowsOf(lists, slot), [])
  }
})

test('rows that a watermark has passed leave a queue in stretches: none before its time, none much behind it', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 100, noNaN: true }),
      fc.array(fc.record({ at: fc.nat(5000), step: fc.nat(60) }), { maxLength: 300 }),
      (width, rows) => {
        const queue = new RowQueue(width, (row) => row)
        const left = new Set<number>()
        const [most, dues] = [2 * Math.max(1, width), rows.map(({ at }, i) => at + 10 * i)]
        let watermark = 0
        for (const [row, { step }] of rows.entries()) {
          queue.push(row, dues[row]!)
          left.add(row)
          watermark += step
          for (let gone = queue.takePassed(watermark); gone.length > 0; gone = queue.takePassed(watermark)) {
            for (const one of gone) {
              assert.ok(dues[one]! <= watermark)
              assert.ok(left.delete(one))
            }
          }
          for (const one of left) assert.ok(dues[one]! + most > watermark, 'a row stayed too long')
        }
        for (let gone = queue.takePassed(Infinity); gone.length > 0; gone = queue.takePassed(Infinity))
          for (const one of gone) assert.ok(left.delete(one))
        assert.equal(left.size, 0)
      },
    ),
    { numRuns: 100 },
  )
})
