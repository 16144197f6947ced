import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { shellWords } from './shell-words.ts'

test('words are cut as a shell cuts them', () => {
  const lines = [
    'tumble 5m --by a,b x.ndjson',
    `filter "level = 'ERROR' AND \\"a b\\" = 1" then select 'a, * EXCEPT (b)'`,
    `--by='a b'"c" d\\ e '' "" f`,
    'a \\\n  b c',
    `"x\\n \\\\ \\$HOME"`,
  ]
  for (const line of lines) {
    const shell = execFileSync('sh', ['-c', `for word in ${line}; do printf '%s\\0' "$word"; done`], {
      encoding: 'utf8',
    })
    assert.deepEqual(shellWords(line), shell.split('\0').slice(0, -1), line)
  }
})

test('what only a shell can do is refused', () => {
  for (const line of ['a | b', 'a > b', 'a *', 'a $B', 'a;b', `it's`, 'a # b', 'select "a']) {
    assert.throws(() => shellWords(line), line)
  }
})
