import assert from 'node:assert/strict'
import { test } from 'node:test'
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
