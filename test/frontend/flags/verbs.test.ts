import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { VERBS } from '../../../src/frontend/flags/verbs.ts'
import { REPOSITORY } from '../../repository.ts'

test('every verb stands in the list, and in the file of its name', () => {
  const files = readdirSync(join(REPOSITORY, 'src/frontend/flags/verbs'))
  const named = files.filter((file) => !file.endsWith('-options.ts')).map((file) => file.replace(/\.ts$/, ''))
  assert.deepEqual(named.sort(), VERBS.map(({ name }) => name).sort())
})
