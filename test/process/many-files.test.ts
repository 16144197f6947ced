import assert from 'node:assert/strict'
import fs from 'node:fs'
import { test } from 'node:test'
import { row, shell, start, workFolder } from './tidemark.ts'

const { at } = workFolder()
const write = (name: string, rows: readonly string[]): string => {
  fs.writeFileSync(at(name), rows.join(''))
  return at(name)
}

/** Rows of three sources with jitter within each: what a rotated log looks like. Reproducible. */
function threeFiles(): readonly (readonly string[])[] {
  let state = 42
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return [0, 1, 2].map((file) =>
    Array.from({ length: 4000 }, (_, i) => row(i / 4 + (random() * 2 - 1), { file, i, key: Math.floor(random() * 5) })),
  )
}

test('--merge takes the files by event time: the bytes of a merge by hand, whatever the order of the names', async () => {
  const sources = threeFiles()
  const names = sources.map((rows, i) => write(`log.${i}`, rows))
  // by hand: always the file whose rows have come least far in time, the first of those
  const heads = sources.map((rows) => ({ rows, at: 0, reached: Number.NEGATIVE_INFINITY }))
  const merged: string[] = []
  for (;;) {
    const open = heads.filter(({ rows, at }) => at < rows.length)
    if (open.length === 0) break
    const least = open.reduce((a, b) => (b.reached < a.reached ? b : a))
    const line = least.rows[least.at]!
    least.at += 1
    least.reached = Math.max(least.reached, JSON.parse(line).ts)
    merged.push(line)
  }
  const byHand = write('merged', merged)
  const all = await start(['-t', 'ts', '--merge', 'filter', 'i >= 0', ...names]).ended
  assert.equal(all.exit, 0)
  assert.ok(all.stdout === merged.join(''), 'the order of a merge by hand')
  const chain = ['-t', 'ts', '-w', '3s', 'tumble', '10s', '-b', 'key', '-a', 'count(*) AS n, sum(i) AS total']
  const expected = await start([...chain, byHand]).ended
  assert.match(expected.stdout, /"n":/)
  assert.equal(expected.stderr, '')
  const windows = await start([...chain, '--merge', ...names]).ended
  assert.deepEqual(windows, expected)
  const reversed = await start([...chain, '--merge', ...names.toReversed()]).ended
  const sorted = (text: string) => text.split('\n').toSorted().join('\n')
  assert.equal(sorted(reversed.stdout), sorted(expected.stdout))
  assert.equal(reversed.stderr, '')
})

test('without --merge files are read in the order given, and older rows of the next are late', async () => {
  const older = write('app.log.1', [row(0), row(1)])
  const newer = write('app.log', [row(120), row(121)])
  const wrong = await start(['-t', 'ts', 'tumble', '1m', newer, older]).ended
  assert.match(wrong.stderr, /^tidemark: warning: 2 of 4 rows came too late and were dropped \[W_LATE\]/)
  assert.deepEqual(wrong.stdout.match(/"count":\d/g), ['"count":2'])
  const right = await start(['-t', 'ts', 'tumble', '1m', older, newer]).ended
  assert.deepEqual([right.stdout.match(/"count":\d/g), right.stderr], [['"count":2', '"count":2'], ''])
  const merged = await start(['-t', 'ts', '--merge', 'tumble', '1m', newer, older]).ended
  assert.deepEqual([merged.stdout, merged.stderr], [right.stdout, ''])
})

test('- stands for standard input between files, and a file may be named twice', async () => {
  const a = write('a.ndjson', ['{"v":1}\n{"v":2}'])
  const { stdout, exit } = await start(['filter', 'v > 0', a, '-', a]).end('{"v":3}')
  assert.deepEqual([stdout, exit], ['{"v":1}\n{"v":2}\n{"v":3}\n{"v":1}\n{"v":2}\n', 0])
  const piped = await shell(`echo '{"v":9}' | tidemark -i ${a} -i - filter 'v > 0'`).ended
  assert.equal(piped.stdout, '{"v":1}\n{"v":2}\n{"v":9}\n')
  const twice = await start(['filter', 'v > 0', '-', a, '-']).end()
  assert.equal(twice.exit, 2)
})

test('bad rows of many files tell the file they stand in', async () => {
  const a = write('first.ndjson', ['{"v":1}\n'])
  const b = write('second.ndjson', ['{"v":1}\n', '{"v":2}\n', 'nonsense\n'])
  const { stderr, stdout, exit } = await start(['filter', 'v > 0', a, b]).ended
  assert.deepEqual([stdout, exit], ['{"v":1}\n{"v":1}\n{"v":2}\n', 3])
  assert.match(stderr, new RegExp(`\\n  at ${b}:3 \\(byte 16, column 2\\)\\n  \\| nonsense\\n`))
})

test('a thousand files need no thousand descriptors', async () => {
  const names = Array.from({ length: 1200 }, (_, i) => write(`part-${i}`, [`{"v":${i}}\n`]))
  const { stdout, stderr, exit } = await shell(
    `ulimit -n 64; tidemark filter 'v >= 0' "$@"`.replace('"$@"', names.join(' ')),
  ).ended
  assert.deepEqual([stderr, exit], ['', 0])
  assert.equal(stdout, names.map((_, i) => `{"v":${i}}\n`).join(''))
})
