import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { type TestContext, test } from 'node:test'
import v8 from 'node:v8'
import { HotCode } from '../../src/job/hot-code.ts'

/** What V8 was told by the end of so many rounds, as V8 `version`. */
function toldAfter(rounds: number, t: TestContext, version = process.versions.v8): readonly string[] {
  const told: string[] = []
  const mock = t.mock.method(v8, 'setFlagsFromString', (flags: string) => told.push(flags))
  const own = Object.getOwnPropertyDescriptor(process.versions, 'v8')!
  Object.defineProperty(process.versions, 'v8', { ...own, value: version })
  try {
    const hotCode = new HotCode()
    for (let round = 0; round < rounds; round += 1) hotCode.endRound()
    return told
  } finally {
    Object.defineProperty(process.versions, 'v8', own)
    mock.mock.restore()
  }
}

test('V8 is left alone in the first rounds, and then told once', (t) => {
  assert.deepEqual(toldAfter(31, t), [])
  assert.deepEqual(toldAfter(32, t), ['--interrupt-budget=270336'])
  assert.deepEqual(toldAfter(500, t), ['--interrupt-budget=270336'])
})

test('a V8 that may not know the flag is told nothing: it would say so on standard error', (t) => {
  assert.deepEqual(toldAfter(100, t, '13.6.233.17-node.41'), ['--interrupt-budget=270336'])
  for (const version of ['10.9.1', '14.1.146', '113.0.1']) assert.deepEqual(toldAfter(100, t, version), [])
})

test('the V8 at hand takes the flag without a word', () => {
  const module = new URL('../../src/job/hot-code.js', import.meta.url).href
  const program = `const { HotCode } = await import('${module}')
    const hotCode = new HotCode()
    for (let round = 0; round < 100; round += 1) hotCode.endRound()`
  const words = ['--input-type=module', '--eval', program]
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' })
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' })
})
