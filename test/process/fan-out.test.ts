import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { REPOSITORY } from '../repository.ts'

const ROWS = 120_000
const FROM = Date.UTC(2024, 4, 1)
const MINUTE = 60_000
/** MiB beyond the rows that are kept, whatever one row brings. */
const MOST_BEYOND_STATE = 32

/** Greatest resident memory in MiB, and bytes of output, of a join in which one left row with this key comes after ROWS right rows of key `all`. */
function joinWith(folder: string, key: string): { readonly memory: number; readonly bytes: number } {
  const at = (name: string) => path.join(folder, name)
  // the first left row lets all right rows come before the second
  const left = ['none', key].map((k) => JSON.stringify({ ts: FROM + MINUTE, k, text: 'x'.repeat(300) }))
  fs.writeFileSync(at('left.ndjson'), `${left.join('\n')}\n`)
  const words = ['-t', 'ts', '-o', at('out.ndjson'), 'join', '--with', at('right.ndjson'), '--on', 'k', '--as', 'r']
  const program = ['--require', path.join(REPOSITORY, 'bench/usage.cjs'), path.join(REPOSITORY, 'bin/tidemark')]
  const { status, stderr } = spawnSync(process.execPath, [...program, ...words, '--within', '10m', at('left.ndjson')], {
    encoding: 'utf8',
    env: { ...process.env, BENCH_USAGE: at('usage.json') },
  })
  assert.equal(`${status} ${stderr}`, '0 ')
  const { rss } = JSON.parse(fs.readFileSync(at('usage.json'), 'utf8')) as { rss: number }
  return { memory: rss, bytes: fs.statSync(at('out.ndjson')).size }
}

test('a row that meets many others takes no more memory than the rows that are kept, and a little', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tidemark-fan-out-'))
  try {
    const right = Array.from({ length: ROWS }, (_, i) => `{"ts":${FROM + (i % MINUTE)},"k":"all","i":${i}}\n`)
    fs.writeFileSync(path.join(folder, 'right.ndjson'), right.join(''))
    const alone = joinWith(folder, 'other')
    const many = joinWith(folder, 'all')
    assert.equal(alone.bytes, 0)
    assert.ok(many.bytes > 1.5 * MOST_BEYOND_STATE * 2 ** 20 * 0.9, `only ${many.bytes} bytes came out`)
    const beyond = many.memory - alone.memory
    assert.ok(beyond < MOST_BEYOND_STATE, `${beyond.toFixed(0)} MiB beyond ${alone.memory.toFixed(0)}`)
  } finally {
    fs.rmSync(folder, { recursive: true })
  }
})
