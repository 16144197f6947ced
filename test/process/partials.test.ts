import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { REPOSITORY } from '../repository.ts'
import { row, start } from './tidemark.ts'

const PATTERN = ['match', '-b', 'id', '--pattern', 'ORDER -> PAID', '--within', '10m', '--explain-partials', '7']
const DEFINITIONS = ['--define', "ORDER: v = 'order'", '--define', "PAID: v = 'paid'"]

test('SIGUSR1 tells the open partial matches of a key while the run goes on', async () => {
  const running = start(['-t', 'ts', ...PATTERN, ...DEFINITIONS])
  running.send(
    row(0, { id: 7, v: 'order' }) + row(1, { id: 8, v: 'order' }) + row(2, { id: 8, v: 'paid' }) + row(3, {}),
  )
  await running.lines(1) // the match of the other key: signals are watched, and the rows before are taken
  running.child.kill('SIGUSR1')
  await running.until(() => /for the watermark/.test(running.stderr), 'the partial matches')
  const told = running.stderr
  running.send(row(4, { id: 7, v: 'paid' }))
  const { stdout, stderr, exit } = await running.end()
  assert.equal(
    told,
    [
      'match, id = 7: 1 partial match is open at watermark 2024-05-01T10:00:02.999Z',
      '  1. began 2024-05-01T10:00:00.000Z',
      '     ORDER 2024-05-01T10:00:00.000Z {"ts":1714557600000,"id":7,"v":"order"}',
      '     waits since 2024-05-01T10:00:00.000Z, until 2024-05-01T10:10:00.000Z, for',
      "       PAID (the first that comes): v = 'paid'",
      'match: 1 row waits for the watermark, of all keys',
      '',
    ].join('\n'),
  )
  assert.equal(stdout.trimEnd().split('\n').length, 2)
  assert.deepEqual(
    { stderr: stderr.slice(told.length), exit },
    { stderr: 'match: no partial match is open at the end of the input\n', exit: 0 },
  )
})

/** A run in which every row is taken by every partial match: its status, its standard error and its greatest resident memory, MiB. */
function runLoop(rows: number, ...words: readonly string[]) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tidemark-partials-'))
  try {
    const usage = path.join(folder, 'usage.json')
    const program = ['--require', path.join(REPOSITORY, 'bench/usage.cjs'), path.join(REPOSITORY, 'bin/tidemark')]
    const line = ['-q', '-t', 'ts', '--summary', 'fd:2', 'match', '--pattern', 'A{1,} -> B', ...words]
    const { status, stderr } = spawnSync(process.execPath, [...program, ...line], {
      input: Array.from({ length: rows }, (_, i) => row(i, {})).join(''),
      encoding: 'utf8',
      env: { ...process.env, BENCH_USAGE: usage },
    })
    return { status, stderr, memory: (JSON.parse(fs.readFileSync(usage, 'utf8')) as { rss: number }).rss }
  } finally {
    fs.rmSync(folder, { recursive: true })
  }
}

test('a loop that takes each row for each partial match ends within bounded memory', () => {
  const { status, stderr, memory } = runLoop(6000)
  assert.equal(status, 1)
  assert.match(stderr, /the partial matches of match keep 4000000 rows.*\[E_PARTIALS\]/)
  assert.ok(memory < 600, `${memory.toFixed(0)} MiB`)
})

test('what is beyond the bound is dropped and counted, and the run goes on', () => {
  const { status, stderr, memory } = runLoop(6000, '--max-partials', 'drop:1000')
  assert.equal(status, 0)
  assert.ok(Number(/"droppedPartials":(\d+)/.exec(stderr)![1]) > 5000)
  assert.ok(memory < 200, `${memory.toFixed(0)} MiB`)
})
