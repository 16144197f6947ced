import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { elementTexts, memberTexts } from '../../src/data/json-members.ts'
import { JsonText, jsonOf } from '../../src/data/value.ts'

const spaced = fc.tuple(fc.json({ maxDepth: 4 }), fc.constantFrom('', ' ', '\t\n')).map(([json, space]) =>
  // white space wherever JSON allows it: behind and before every mark outside of strings
  json
    .replace(/"(?:[^"\\]|\\.)*"|[[\]{},:]/g, (token) => (token.startsWith('"') ? token : `${space}${token}${space}`))
    .trim(),
)

test('members and elements are those that JSON.parse finds, whatever stands between them', () =>
  fc.assert(
    fc.property(spaced, (text) => {
      const parsed: unknown = JSON.parse(text)
      if (Array.isArray(parsed))
        assert.deepEqual(
          elementTexts(text).map((element) => JSON.parse(element)),
          parsed,
        )
      else if (text.startsWith('{')) {
        const found = [...memberTexts(text)].map(([name, member]) => [name, JSON.parse(member)])
        const names = Object.entries(parsed as object).map(([name, member]) => [name.toWellFormed(), member])
        assert.deepEqual(new Map(found as [string, unknown][]), new Map(names as [string, unknown][]))
      }
    }),
  ))

test('members keep their text and big integers their digits; of equal names the last counts', () => {
  const text = new JsonText(
    '{"id":9007199254740993,"o":{ "b":1.50 },"\\u0061":[1.0 , "x\\"]"],"id2":1,"id2":-0,"__proto__":true}',
  )
  assert.deepEqual(
    ['id', 'o', 'a', 'id2', '__proto__', 'toString', 1].map((index) => jsonOf(text.member(index))),
    ['9007199254740993', '{ "b":1.50 }', '[1.0 , "x\\"]"]', '0', 'true', 'null', 'null'],
  )
})

test('elements count from 1; outside of the array there is none', () => {
  const array = new JsonText('[ 1.0,[2 ],"\\ud800", null ]')
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 1.5, -1, '1', 'length'].map((index) => jsonOf(array.member(index))),
    ['null', '1', '[2 ]', '"\ufffd"', 'null', 'null', 'null', 'null', 'null', 'null'],
  )
  assert.deepEqual([elementTexts('[]'), elementTexts('[ ]'), [...memberTexts('{ }')]], [[], [], []])
})
