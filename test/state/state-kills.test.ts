import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inFolder } from './state-harness.ts'
import { killWriters } from './state-kills.ts'

test('a process that is killed while it writes leaves its last decided epoch, whole', () =>
  inFolder(async (folder) => {
    const random = (below: number) => Math.floor(Math.random() * below)
    const last = await killWriters({ path: `${folder}/st`, rounds: 15, size: { manyPages: 0 }, random })
    assert.ok(last >= 15)
  }))

test('the same where epochs are written in several batches', () =>
  inFolder(async (folder) => {
    const random = (below: number) => Math.floor(Math.random() * below * 4)
    await killWriters({ path: `${folder}/st`, rounds: 5, size: { manyPages: 450 }, random })
  }))
