import assert from 'node:assert/strict'
import { test } from 'node:test'
import { viewOf } from '../../src/data/key-bytes.ts'
import { KnownMembers } from '../../src/formats/json/known-members.ts'

const place = (text: string) => {
  const buffer = Buffer.from(`${text}\n`)
  return { buffer, view: viewOf(buffer), start: 0, end: buffer.length - 1 }
}

/** Is the row one with the members of `learnt`? */
function isKnown(learnt: readonly string[], row: string): boolean {
  const known = new KnownMembers()
  for (const text of learnt) known.learn(place(text))
  return known.has(place(row))
}

test('a row is known by its members, whatever their values', () => {
  const learnt = ['{"a":1,"b":"x","c":{"d":[1]},"e":null}']
  assert.equal(isKnown(learnt, '{"a":-2.5e3,"b":"","c":[{"b":"}"}],"e":true}'), true)
  assert.equal(isKnown(learnt, '{"a":"\\u0041","b":"x","c":{},"e":1}'), false) // escapes are not looked into
})

test('other members, another order, and other white space make another row', () => {
  const learnt = ['{"a":1,"b":2}']
  for (const row of [
    '{"b":1,"a":2}',
    '{"a":1}',
    '{"a":1,"b":2,"c":3}',
    '{"a":1,"b":2,"b":3}',
    '{"a": 1,"b":2}',
    '{"a":1,"b":2 }',
    '{"a":1 ,"b":2}',
    '{"a":",\\"b\\":2}"}',
    '{"A":1,"b":2}',
    '{}',
  ])
    assert.equal(isKnown(learnt, row), false, row)
})

test('rows of several producers are known beside each other, and a new one takes the place of the oldest', () => {
  const shapes = Array.from({ length: 9 }, (_, i) => `{"a${i}":1}`)
  assert.deepEqual(
    shapes.map((row) => isKnown(shapes, row)),
    [false, true, true, true, true, true, true, true, true],
  )
})

test('a row without members is never known', () => assert.equal(isKnown(['{}'], '{}'), false))
