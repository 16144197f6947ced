import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { cannotRun } from '../skip.ts'
import { row, shell, workFolder } from './tidemark.ts'

const { at } = workFolder()
const hasTerminals = spawnSync('script', ['--version']).status === 0

test('--live shows how the run stands, and leaves its last figures', async (t) => {
  if (!hasTerminals) return cannotRun(t, 'there is no script')
  writeFileSync(at('in.ndjson'), Array.from({ length: 500 }, (_, i) => row(i, { k: i % 3 })).join(''))
  const chain = `tidemark -t ts --live -o ${at('out.ndjson')} tumble 1m -b k ${at('in.ndjson')}`
  writeFileSync(at('line.sh'), `stty cols 110 rows 40\n${chain}\n`)
  const running = shell(`TERM=xterm script -qec 'bash ${at('line.sh')}' /dev/null < /dev/null`)
  const { stdout, exit } = await running.ended
  assert.equal(exit, 0, stdout)
  assert.match(stdout, /500 rows read/)
  assert.match(stdout, /27 rows out {2}0 late {2}0 bad {2}0 open windows/)
  assert.equal(readFileSync(at('out.ndjson'), 'utf8').trimEnd().split('\n').length, 27)
})
