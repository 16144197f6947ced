import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withMarkedSecrets, withoutSecrets } from '../../src/base/secrets.ts'

test('no secret is left of a text, also where one is a part of another', () => {
  const secrets = new Set(['key', 'keys', "o'key"])
  assert.equal(withoutSecrets("the keys, the key, 'o''key', o'key", secrets), "the ***, the ***, '***', ***")
  assert.equal(withoutSecrets('nothing of it', secrets), 'nothing of it')
  assert.equal(withoutSecrets('all of it', new Set()), 'all of it')
})

test('a mark says whether two texts have the same secret, and not which', () => {
  const marked = (secret: string) => withMarkedSecrets(`token = '${secret.replaceAll("'", "''")}'`, new Set([secret]))
  assert.match(marked('hunter2'), /^token = 'secret:[0-9a-f]{8}'$/)
  assert.equal(marked('hunter2'), marked('hunter2'))
  assert.notEqual(marked('hunter2'), marked('hunter3'))
  assert.notEqual(marked("o'hunter"), marked('ohunter'))
})
