import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { runCommandLine } from '../../src/cli/run-line.ts'
import { CaseWorld } from '../cases/case-world.ts'
import { randomFile } from '../oracles/random-rows.ts'

async function run(stdin: string, words: readonly string[]): Promise<string> {
  const world = new CaseWorld({ files: {}, terminal: [], stdin } as never, {})
  const { exit } = await runCommandLine(['-q', '--on-error', 'skip', ...words], world)
  assert.equal(exit, 0, world.errors)
  return world.stdout
}

/** Steps whose results are updated, with the columns that tell their rows apart. */
const STEPS = [
  { step: ['aggregate', '-b', 'k', '-a', 'count(*) AS n, max(s) AS most', '--emit', 'changes'], keys: 'k' },
  { step: ['aggregate', '-b', 'k, s', '-a', 'sum(v) AS total', '--emit', 'every:10ms'], keys: 'k, s' },
  { step: ['tumble', '20ms', '-b', 'k', '--allowed-lateness', '1s'], keys: 'window_start,window_end,k' },
  { step: ['session', '5ms', '-b', 'k', '--emit', 'every:10ms'], keys: 'window_start,window_end,k' },
]
const FORMS = ['op', 'debezium', 'upsert'] as const

describe('a changelog that one tidemark wrote and another reads is the same', () => {
  for (const form of FORMS) {
    for (const { step, keys } of STEPS) {
      test(`${form}: ${step.join(' ')}`, () =>
        fc.assert(
          fc.asyncProperty(randomFile(), async (text) => {
            const words = ['-t', 'ts', '--time-format', 'ms', ...step]
            const written = await run(text, [...words, '--changelog', form])
            const key = form === 'upsert' ? ['--input-key', keys] : []
            const read = await run(written, ['--input-changelog', form, ...key, 'select', '*'])
            assert.equal(read, await run(text, words))
          }),
          { numRuns: 15 },
        ))
    }
  }
})
