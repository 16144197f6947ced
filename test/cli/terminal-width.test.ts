import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { REPOSITORY } from '../repository.ts'
import { cannotRun } from '../skip.ts'

test('a table is not cut on a terminal that does not know its width', (t) => {
  // script(1) makes a terminal of 0 columns where its own input is none
  const command = `printf '{"ts":0,"a":1}' | ${join(REPOSITORY, 'bin/tidemark')} -t ts --time-format s --color never -q --output-format table tumble 5m`
  const { status, stdout, error } = spawnSync('script', ['-qec', command, '/dev/null'], {
    input: '',
    encoding: 'utf8',
    timeout: 30_000,
  })
  if (error !== undefined) return cannotRun(t, `there is no script(1): ${error.message}`)
  assert.equal(status, 0, stdout)
  assert.deepEqual(stdout.replaceAll('\r', '').trimEnd().split('\n'), [
    'window_start          window_end            count',
    '1970-01-01T00:00:00Z  1970-01-01T00:05:00Z      1',
  ])
})
