import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { grown } from '../../src/data/grown.ts'
import { SlotRows } from '../../src/state/slot-rows.ts'

test('arrays grow with what they hold and zeros behind it, short or long', () => {
  let numbers = new Float64Array(3)
  numbers[0] = 7
  for (const length of [4, 1000, 200_000, 400_000, 20_000_000]) {
    const last = numbers.length - 1
    numbers[last] = length
    numbers = grown(numbers, length)
    assert.equal(numbers.length, length)
    assert.deepEqual([numbers[0], numbers[last], numbers[last + 1], numbers[length - 1]], [7, length, 0, 0])
  }
})

test('a long array grows where it is, without a copy', () => {
  const long = grown(new Int32Array(10), 1 << 20)
  long[5] = 1
  const longer = grown(long, 1 << 22)
  assert.equal(longer.buffer, long.buffer)
  assert.deepEqual([longer[5], longer.length], [1, 1 << 22])
})

test('rows are found by slot, be the slots dense or far apart, and forgotten all at once', () => {
  const anySlots = fc.uniqueArray(fc.oneof(fc.nat(200), fc.nat(5000), fc.nat(1 << 22)), { maxLength: 400, size: 'max' })
  fc.assert(
    fc.property(fc.array(anySlots, { minLength: 1, maxLength: 3 }), (fillings) => {
      const rows = new SlotRows()
      for (const slots of fillings) {
        const bySlot = Int32Array.from(slots)
        for (let row = 0; row < slots.length; row += 1) {
          assert.equal(rows.rowOf(slots[row]!), -1)
          rows.append(bySlot, row)
        }
        assert.deepEqual(
          slots.map((slot) => rows.rowOf(slot)),
          slots.map((_, row) => row),
        )
        rows.clear()
        for (const slot of slots) assert.equal(rows.rowOf(slot), -1)
      }
    }),
    { numRuns: 100 },
  )
})
