import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { PageReader, PageWriter } from '../../src/data/page.ts'
import { HashIndex } from '../../src/state/hash-index.ts'
import { KeyedMap, type ValueCodec } from '../../src/state/keyed-map.ts'
import { KeyedRows } from '../../src/state/keyed-rows.ts'
import { MemoryStore } from '../../src/state/memory-store.ts'
import { Timers } from '../../src/state/timers.ts'
import { batchesOf } from '../operators/operator-harness.ts'
import { rootRecord } from './root-record.ts'
import { Checkpoints } from './structure-harness.ts'

const NUMBERS: ValueCodec<{ n: number }> = {
  write: (page: PageWriter, value) => page.f64(value.n),
  read: (page: PageReader) => ({ n: page.f64() }),
}

const anyKey = fc.nat(30).map((n) => `${n}`)

test('a keyed map holds what a Map would, in order of first arrival, across restarts', async () => {
  const anyStep = fc.oneof(
    fc.record({ kind: fc.constantFrom('set', 'change', 'delete'), key: anyKey, n: fc.nat() }),
    fc.record({ kind: fc.constant('restart'), key: anyKey, n: fc.nat() }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 80 }), async (steps) => {
      const checkpoints = new Checkpoints()
      let map = new KeyedMap('map', NUMBERS)
      const expected = new Map<string, number>()
      for (const { kind, key, n } of steps) {
        if (kind === 'set') {
          map.set(key, { n })
          expected.set(key, n)
        } else if (kind === 'change') {
          const value = map.get(key)
          if (!value) continue
          value.n = n
          map.touch(key)
          expected.set(key, n)
        } else if (kind === 'delete') assert.equal(map.delete(key), expected.delete(key))
        else {
          await checkpoints.take(map)
          map = await checkpoints.restoreInto(new KeyedMap('map', NUMBERS))
        }
        assert.deepEqual(
          [...map].map(([k, value]) => [k, value.n]),
          [...expected],
        )
        assert.equal(map.entries, expected.size)
      }
    }),
    { numRuns: 200 },
  )
})

test('a keyed map writes only the pages of changed entries, and few once most are gone', async () => {
  const checkpoints = new Checkpoints()
  const map = new KeyedMap('map', NUMBERS)
  for (let i = 0; i < 10_000; i += 1) map.set(`${i}`, { n: i })
  assert.equal((await checkpoints.take(map)).length, 40)
  map.set('5000', { n: 1 })
  assert.equal((await checkpoints.take(map)).length, 1)
  for (let i = 0; i < 10_000; i += 1) if (i % 1000 !== 0) map.delete(`${i}`)
  await checkpoints.take(map)
  assert.ok(checkpoints.store.size <= 1, `${checkpoints.store.size} pages for 10 entries`)
  const restored = await checkpoints.restoreInto(new KeyedMap('map', NUMBERS))
  assert.deepEqual(
    [...restored].map(([key]) => key),
    Array.from({ length: 10 }, (_, i) => `${i * 1000}`),
  )
})

test('timers fire once, by time and then registration, across restarts', async () => {
  const anyStep = fc.record({
    kind: fc.constantFrom('register', 'register', 'delete', 'advance', 'restart'),
    time: fc.nat(20),
    key: fc.constantFrom('a', 'b', 'c'),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 60 }), async (steps) => {
      const checkpoints = new Checkpoints()
      let timers = new Timers('timers')
      let expected: { time: number; key: string }[] = []
      const is = (time: number, key: string) => (timer: { time: number; key: string }) =>
        timer.time === time && timer.key === key
      for (const { kind, time, key } of steps) {
        if (kind === 'register') {
          timers.register(time, key)
          if (!expected.some(is(time, key))) expected.push({ time, key })
        } else if (kind === 'delete') {
          assert.equal(timers.delete(time, key), expected.some(is(time, key)))
          expected = expected.filter((timer) => !is(time, key)(timer))
        } else if (kind === 'advance') {
          const due = expected.filter((timer) => timer.time <= time).sort((a, b) => a.time - b.time)
          expected = expected.filter((timer) => timer.time > time)
          for (const { time: at, key: of } of due) {
            const timer = timers.pop(time)
            assert.deepEqual([timer?.time, timer?.key], [at, of])
          }
          assert.equal(timers.pop(time), undefined)
        } else {
          await checkpoints.take(timers)
          timers = await checkpoints.restoreInto(new Timers('timers'))
        }
        assert.equal(timers.entries, expected.length)
        assert.equal(timers.nextTime, Math.min(Infinity, ...expected.map((timer) => timer.time)))
      }
    }),
    { numRuns: 200 },
  )
})

test('keyed rows stand by time and then arrival, across removals and restarts', async () => {
  const anyStep = fc.record({
    kind: fc.constantFrom('add', 'add', 'add', 'remove', 'before', 'key', 'restart'),
    key: fc.constantFrom('a', 'b'),
    time: fc.nat(10),
    pick: fc.nat(100),
  })
  const rowsOf = () => new KeyedRows('rows', { slots: [{ name: 'n', type: 'any' }], keepsRaw: false })
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 60 }), async (steps) => {
      const checkpoints = new Checkpoints()
      let rows = rowsOf()
      const expected = new Map<string, { time: number; n: number }[]>([
        ['a', []],
        ['b', []],
      ])
      for (const [n, { kind, key, time, pick }] of steps.entries()) {
        const list = expected.get(key)!
        const range = rows.rowsOf(key)
        if (kind === 'add') {
          rows.add(key, batchesOf([{ time, values: [n] }], { size: 1, encodings: ['plain'], delay: 0 })[0]!, 0)
          const at = list.findIndex((row) => row.time > time)
          list.splice(at < 0 ? list.length : at, 0, { time, n })
        } else if (kind === 'remove' && list.length > 0) {
          rows.remove(range.rows[range.start + (pick % list.length)]!)
          list.splice(pick % list.length, 1)
        } else if (kind === 'before') {
          const left = list.filter((row) => row.time >= time)
          assert.equal(rows.removeBefore(key, time), list.length - left.length)
          expected.set(key, left)
        } else if (kind === 'key') {
          rows.removeKey(key)
          expected.set(key, [])
        } else if (kind === 'restart') {
          await checkpoints.take(rows)
          rows = await checkpoints.restoreInto(rowsOf())
        }
        for (const [of, some] of expected) {
          const { rows: numbers, start, end } = rows.rowsOf(of)
          const found = [...numbers.subarray(start, end)]
          assert.deepEqual(
            found.map((row) => ({ time: rows.slab.time[row]!, n: rows.slab.columns[0]!.value(row) })),
            some,
          )
        }
      }
    }),
    { numRuns: 200 },
  )
})

test('keyed rows move when most are gone, and every row is still under its key, also in the store', async () => {
  const checkpoints = new Checkpoints()
  const rowsOf = () => new KeyedRows('rows', { slots: [{ name: 'n', type: 'any' }], keepsRaw: false })
  const rows = rowsOf()
  const [batch] = batchesOf(
    Array.from({ length: 8000 }, (_, i) => ({ time: i % 100, values: [i] })),
    { size: 8000, encodings: ['plain'], delay: 0 },
  )
  for (let i = 0; i < 8000; i += 1) rows.add(`${i % 7}`, batch!, i)
  await checkpoints.take(rows)
  for (let key = 0; key < 7; key += 1) rows.removeBefore(`${key}`, 98)
  rows.add('x', batch!, 0)
  assert.ok(rows.slab.capacity <= 512, `room for ${rows.slab.capacity}`)
  await checkpoints.take(rows)
  for (const some of [rows, await checkpoints.restoreInto(rowsOf())]) {
    assert.equal(some.entries, 161)
    for (let key = 0; key < 7; key += 1) {
      const { rows: numbers, start, end } = some.rowsOf(`${key}`)
      const values = [...numbers.subarray(start, end)].map((row) => some.slab.columns[0]!.value(row) as number)
      const expected = Array.from({ length: 8000 }, (_, i) => i).filter((i) => i % 7 === key && i % 100 >= 98)
      assert.deepEqual(
        values,
        expected.sort((a, b) => (a % 100) - (b % 100) || a - b),
      )
    }
  }
})

test('a hash index holds what a multimap would, and its memory goes down again', () => {
  const anyStep = fc.tuple(
    fc.constantFrom('add', 'add', 'remove'),
    fc.nat(3000),
    fc.integer({ min: -40, max: 1 << 20 }),
  )
  fc.assert(
    fc.property(fc.array(anyStep, { minLength: 2000, maxLength: 4000, size: 'max' }), (steps) => {
      const index = new HashIndex()
      const hashes = new Map<number, number>()
      for (const [kind, number, hash] of steps) {
        const known = hashes.get(number)
        if (kind === 'add' && known === undefined) {
          index.add(hash, number)
          hashes.set(number, hash)
        } else if (kind === 'remove' && known !== undefined) {
          index.remove(known, number)
          hashes.delete(number)
        }
      }
      assert.equal(index.size, hashes.size)
      for (const hash of new Set(steps.map(([, , hash]) => hash))) {
        const expected = [...hashes].filter(([, own]) => own === hash).map(([number]) => number)
        assert.deepEqual(
          numbersOf(index, hash),
          expected.sort((a, b) => a - b),
        )
      }
    }),
    { numRuns: 10 },
  )
  const index = new HashIndex()
  const hashOf = (i: number) => Math.imul(i % 50_000, 0x9e3779b1)
  for (let i = 0; i < 100_000; i += 1) index.add(hashOf(i), i)
  for (let i = 5; i < 100_000; i += 1) index.remove(hashOf(i), i)
  assert.equal(index.size, 5)
  assert.ok(index.capacity <= 1024, `${index.capacity} places`)
  index.renumber((number) => number + 10)
  assert.deepEqual([numbersOf(index, hashOf(3)), numbersOf(index, hashOf(7))], [[13], []])
})

function numbersOf(index: HashIndex, hash: number): number[] {
  const numbers: number[] = []
  let place = index.first(hash)
  for (; index.numberAt(place) >= 0; place = index.after(place)) numbers.push(index.numberAt(place))
  return numbers.sort((a, b) => a - b)
}

const root = (epoch: number) => rootRecord(epoch)
const page = (text: string, name = 'p') => ({ operator: 'o', structure: 's', page: name, bytes: Buffer.from(text) })

test('pages without a root vanish when the store is opened again, at every point of a crash', async () => {
  for (const step of ['before pages', 'after pages', 'before root', 'after root'] as const) {
    const store = new MemoryStore((at, epoch) => {
      if (epoch === 2 && at === step) throw new Error('crash')
    })
    await store.writePages(1, [page('one'), page('gone', 'q')])
    await store.writeRoot(root(1))
    await assert.rejects(async () => {
      await store.writePages(2, [page('two'), { ...page('', 'q'), bytes: null }])
      await store.writeRoot(root(2))
    }, /crash/)
    const epoch = step === 'after root' ? 2 : 1
    assert.equal((await store.root())!.epoch, epoch)
    const expected =
      epoch === 2
        ? [['p', 'two']]
        : [
            ['p', 'one'],
            ['q', 'gone'],
          ]
    const live = async () => (await store.pages('o', 's')).map(([name, bytes]) => [name, Buffer.from(bytes).toString()])
    assert.deepEqual(await live(), expected)
    await store.writePages(3, [page('three', 'r')])
    await store.writeRoot(root(3))
    assert.deepEqual(await live(), [...expected, ['r', 'three']])
  }
})

test('a root comes back as JSON, and no epoch is decided twice', async () => {
  const store = new MemoryStore()
  assert.equal(await store.root(), undefined)
  await store.writeRoot(rootRecord(1, { job: { watermark: Number.NaN } }))
  assert.deepEqual((await store.root())!.job, { watermark: null })
  await assert.rejects(store.writeRoot(root(1)), /decided/)
  await assert.rejects(store.writePages(1, [page('x')]), /decided/)
})
