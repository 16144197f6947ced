import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TextDictionary } from '../../src/data/dictionary.ts'
import { IdCache } from '../../src/operators/id-cache.ts'

test('what is remembered of an id lasts as long as the id means the same', () => {
  const dictionary = new TextDictionary()
  const cache = new IdCache()
  cache.follow(dictionary)
  assert.equal(cache.get(3), -1)
  cache.set(3, 0)
  cache.set(5000, 7)
  cache.follow(dictionary)
  assert.deepEqual([cache.get(3), cache.get(5000), cache.get(4), cache.get(9000)], [0, 7, -1, -1])
  dictionary.clear()
  cache.follow(dictionary)
  assert.deepEqual([cache.get(3), cache.get(5000)], [-1, -1])
  cache.set(3, 1)
  cache.follow(new TextDictionary())
  assert.equal(cache.get(3), -1)
})
