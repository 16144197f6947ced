import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { REPOSITORY } from './repository.ts'

test('every query of the benchmark gives the rows and counts of a plain JSON.parse program', () => {
  const words = [join(REPOSITORY, 'bench/main.mjs'), '--rows', '40000', '--runs', '1']
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' })
  assert.equal(stderr, '')
  assert.equal(status, 0)
  const measured = stdout.split('\n').flatMap((line) => line.match(/^(\S+) .*\|.*\|.*\| +\d+\.\d +\d+\.\d$/)?.[1] ?? [])
  assert.deepEqual(measured, ['filter', 'tumble-few', 'tumble-10k', 'tumble-1m', 'hop-10', 'dedup'])
})

test('the benchmark refuses what it does not know', () => {
  const bench = (...words: string[]) => {
    const { status, stderr } = spawnSync(process.execPath, ['bench/main.mjs', ...words], { encoding: 'utf8' })
    return { status, stderr }
  }
  assert.deepEqual(bench('--rows', '0'), { status: 2, stderr: "bench: --rows is a count from 1, not '0'\n" })
  assert.match(bench('--only', 'join').stderr, /^bench: no query 'join'; there are filter, tumble-few, /)
  assert.equal(bench('--fast').status, 2)
})
