import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Column, Tag } from '../../src/data/column.ts'
import type { ColumnType } from '../../src/data/column-type.ts'
import { TextDictionary } from '../../src/data/dictionary.ts'
import { JsonText, jsonOf, keyTextOf, type Value } from '../../src/data/value.ts'
import { KeyTable } from '../../src/state/key-table.ts'

function plain(values: readonly Value[], type: ColumnType = 'any'): Column {
  const column = new Column(type, 'plain', Math.max(1, values.length))
  values.forEach((value, i) => {
    column.set(i, value)
  })
  return column
}

function interned(values: readonly Value[], dictionary: TextDictionary): Column {
  const column = new Column('any', 'interned', Math.max(1, values.length))
  column.dictionary = dictionary
  values.forEach((value, i) => {
    if (typeof value === 'string') {
      column.tags[i] = Tag.String
      column.ids[i] = dictionary.intern(value)
    } else column.set(i, value)
  })
  return column
}

function span(values: readonly string[]): Column {
  const column = new Column('any', 'span', values.length)
  column.buffer = Buffer.from(values.join(''))
  let at = 0
  values.forEach((value, i) => {
    column.tags[i] = Tag.String
    column.ids[i] = at
    at += Buffer.byteLength(value)
    column.ends[i] = at
  })
  return column
}

const slots = (table: KeyTable, ...columns: Column[]) =>
  Array.from(columns[0]!.tags, (_, i) => table.slotOf(columns, i))

describe('KeyTable', () => {
  test('numbers are one key however they are written, and differ from their text', () => {
    const [one, alsoOne, text, zero, minusZero, big, bigger] = slots(
      new KeyTable(['any']),
      plain([1, 1n, '1', 0, -0, 9007199254740992, 9007199254740993n]),
    )
    assert.equal(one, alsoOne)
    assert.equal(zero, minusZero)
    assert.equal(new Set([one, text, zero, big, bigger]).size, 5)
  })

  test('NULL is a key, and so is a missing field: the same', () => {
    const column = plain([null, null, 'null'])
    column.tags[1] = Tag.Missing
    const [nothing, missing, text] = slots(new KeyTable(['any']), column)
    assert.equal(nothing, missing)
    assert.notEqual(nothing, text)
  })

  test('a nested key is given back with its members sorted, whichever row came first', () => {
    const table = new KeyTable(['any'])
    const [first, second] = slots(table, plain([new JsonText('{"b":2, "a":1.0}'), new JsonText('{"a":1,"b":2}')]))
    assert.equal(first, second)
    assert.equal(jsonOf(table.part(first!, 0)), '{"a":1,"b":2}')
  })

  test('a string is one key in every encoding of its column', () => {
    const table = new KeyTable(['any'])
    const slot = table.slotOf([plain(['é,"'])], 0)
    assert.equal(table.slotOf([interned(['é,"'], new TextDictionary())], 0), slot)
    assert.equal(table.slotOf([span(['é'])], 0), table.slotOf([plain(['é'])], 0))
  })

  test('parts do not run into each other', () => {
    const table = new KeyTable(['any', 'any'])
    const a = plain(['a,b', 'a', 'a","b', null])
    const b = plain(['c', 'b,c', 'c', 'null'])
    assert.equal(new Set(slots(table, a, b)).size, 4)
  })

  test('a BIGINT part stays a bigint', () => {
    const table = new KeyTable(['bigint'])
    assert.equal(table.part(table.slotOf([plain([5n], 'bigint')], 0), 0), 5n)
  })

  test('without parts there is one key', () => {
    const table = new KeyTable([])
    const into = new Int32Array(3)
    table.slotsOf([], 0, 3, into)
    assert.deepEqual([...into], [0, 0, 0])
    table.retain(0)
    table.recycle()
    assert.equal(table.slotOf([], 0), 0)
  })

  test('a released slot keeps its key until it is recycled, and then serves another', () => {
    const table = new KeyTable(['any'])
    const slot = table.slotOf([plain(['a'])], 0)
    table.retain(slot)
    table.release(slot)
    assert.equal(table.part(slot, 0), 'a')
    assert.notEqual(table.slotOf([plain(['b'])], 0), slot)
    table.recycle()
    assert.equal(table.entries, 0)
    const next = [table.slotOf([plain(['c'])], 0), table.slotOf([plain(['d'])], 0)]
    assert.ok(next.includes(slot))
  })

  test('ids of another generation of the dictionary are other texts', () => {
    const dictionary = new TextDictionary()
    const table = new KeyTable(['any'])
    const a = table.slotOf([interned(['a'], dictionary)], 0)
    dictionary.clear()
    assert.notEqual(table.slotOf([interned(['b'], dictionary)], 0), a)
    assert.equal(table.slotOf([interned(['a'], dictionary)], 0), a)
  })

  test('ill-formed strings that print the same are one key, also once no other key needs its text', () => {
    const table = new KeyTable(['any'])
    const texts = ['\ufffd', '\ud800', '\ufffd', '\udfff']
    const column = interned(texts, new TextDictionary())
    const found = slots(table, column)
    table.retain(found[0]!)
    slots(table, plain(['gone soon']))
    table.recycle()
    assert.equal(new Set([...found, ...slots(table, column), ...slots(table, plain(texts))]).size, 1)
  })

  test('releasing what nobody retains is a bug', () => {
    const table = new KeyTable(['any'])
    assert.throws(() => table.release(table.slotOf([plain(['a'])], 0)), /internal error/)
  })

  const part = fc.constantFrom<Value>('a', 'b', 'c', 'd', null, 0, -0, 1, 2.5, true, false, 12345678901234567890n, '1')
  const step = fc.record({
    first: part,
    second: part,
    action: fc.constantFrom('keep', 'drop', 'recycle', 'restore', 'forget'),
    column: fc.constantFrom('interned', 'interned', 'interned', 'plain', 'other dictionary'),
  })

  for (const parts of [1, 2]) {
    test(`agrees with a Map over keys of ${parts} part(s), also after restarts and with cached ids`, () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
          let table = new KeyTable(new Array<ColumnType>(parts).fill('any'))
          const dictionary = new TextDictionary()
          const otherDictionary = new TextDictionary()
          const pages = new Map<string, Uint8Array>()
          const live = new Map<string, { slot: number; count: number }>()
          for (const { first, second, action, column } of steps) {
            const key = [first, second].slice(0, parts)
            const ids = column === 'interned' ? dictionary : otherDictionary
            const columns = key.map((value) => (column === 'plain' ? plain([value]) : interned([value], ids)))
            const into = new Int32Array(1)
            table.slotsOf(columns, 0, 1, into)
            const slot = into[0]!
            const text = key.map(keyTextOf).join()
            const known = live.get(text)
            if (known) assert.equal(slot, known.slot)
            else for (const other of live.values()) assert.notEqual(slot, other.slot)
            assert.equal(key.map((_, k) => keyTextOf(table.part(slot, k))).join(), text)
            if (action === 'keep') {
              table.retain(slot)
              live.set(text, { slot, count: (known?.count ?? 0) + 1 })
            } else if (action === 'drop' && known) {
              table.release(slot)
              known.count -= 1
              if (known.count === 0) live.delete(text)
            } else if (action === 'recycle') table.recycle()
            else if (action === 'forget') dictionary.clear()
            else if (action === 'restore') {
              table.writeDirty((page, bytes) => (bytes ? pages.set(page, bytes) : pages.delete(page)))
              table = new KeyTable(new Array<ColumnType>(parts).fill('any'))
              table.restore(pages)
              for (const { slot, count } of live.values()) for (let n = 0; n < count; n += 1) table.retain(slot)
            }
            assert.equal(table.entries, live.size)
          }
        }),
        { numRuns: 500 },
      )
    })
  }

  test('many keys of numbers outgrow the cache without harm', () => {
    const table = new KeyTable(['any', 'any'])
    const numbers = Array.from({ length: 20_000 }, (_, i) => i * 1.5)
    const columns = [plain(numbers), plain(numbers.map((n) => n % 7))]
    const into = new Int32Array(numbers.length)
    table.slotsOf(columns, 0, numbers.length, into)
    for (const slot of into) table.retain(slot)
    table.recycle()
    const again = new Int32Array(numbers.length)
    table.slotsOf(columns, 0, numbers.length, again)
    assert.deepEqual(again, into)
    assert.equal(new Set(into).size, numbers.length)
  })
})
