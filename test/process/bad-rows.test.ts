import assert from 'node:assert/strict'
import fs from 'node:fs'
import { test } from 'node:test'
import { row, shell, start, workFolder } from './tidemark.ts'

const { at } = workFolder()

/** Runs over the bytes as a file; returns what came out, and the dead letters. */
async function throughFile(bytes: Buffer, flags: readonly string[], verb: readonly string[]) {
  fs.writeFileSync(at('in.ndjson'), bytes)
  const words = ['--on-error', at('bad.ndjson'), ...flags, ...verb, at('in.ndjson')]
  const { stdout, stderr, exit } = await start(words).ended
  const letters = fs.readFileSync(at('bad.ndjson'), 'utf8')
  return { stdout, stderr, exit, letters }
}

interface Letter {
  readonly _error: { code: string; file: string; line: number; offset: number; reason: string }
  readonly _raw: string
}

const lettersOf = (text: string): readonly Letter[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Letter)

const GOOD = '{"v":1}\n'
/** Every kind of line that is no row, the code it gets, and what `_raw` keeps of it. */
const BAD: readonly (readonly [what: string, line: Buffer, code: string, raw: string])[] = [
  ['invalid UTF-8', Buffer.from('{"a":"\xff"}\n', 'latin1'), 'E_ROW_UTF8', '{"a":"\uFFFD"}'],
  ['an overlong form', Buffer.from('{"a":"\xc0\xaf"}\n', 'latin1'), 'E_ROW_UTF8', '{"a":"\uFFFD\uFFFD"}'],
  ['half a character at the end', Buffer.from('{"a":"\xe2\x82\n', 'latin1'), 'E_ROW_UTF8', '{"a":"\uFFFD'],
  ['a NUL byte in a string', Buffer.from('{"a":"\0"}\n'), 'E_ROW_JSON', '{"a":"\0"}'],
  ['nothing but NUL bytes', Buffer.from('\0\0\0\n'), 'E_ROW_JSON', '\0\0\0'],
  ['half an object', Buffer.from('{"v":1\n'), 'E_ROW_JSON', '{"v":1'],
  ['two objects', Buffer.from('{"v":1}{"v":2}\n'), 'E_ROW_JSON', '{"v":1}{"v":2}'],
  ['an array', Buffer.from('[1]\n'), 'E_ROW_OBJECT', '[1]'],
  ['a number', Buffer.from('42\n'), 'E_ROW_OBJECT', '42'],
  ['a byte order mark in the middle of a file', Buffer.from('\uFEFF{"v":1}\n'), 'E_ROW_JSON', '\uFEFF{"v":1}'],
  ['a value that the step cannot take', Buffer.from('{"v":"x"}\n'), 'E_ROW_VALUE', '{"v":"x"}'],
]

test('dead letters tell code, file, line and byte, keep the text, and stand in the order of the input', async () => {
  const bytes = Buffer.concat([Buffer.from(GOOD), ...BAD.flatMap(([, line]) => [line, Buffer.from(GOOD)])])
  const { stdout, stderr, exit, letters } = await throughFile(bytes, [], ['filter', 'v > 0'])
  assert.deepEqual({ stdout, stderr, exit }, { stdout: GOOD.repeat(BAD.length + 1), stderr: '', exit: 0 })
  let offset = GOOD.length
  const expected = BAD.map(([what, line, code, raw], i) => {
    const place = { what, code, file: at('in.ndjson'), line: 2 * i + 2, offset, raw }
    offset += line.length + GOOD.length
    return place
  })
  const told = lettersOf(letters).map(({ _error: { code, file, line, offset }, _raw: raw }, i) => {
    return { what: BAD[i]?.[0], code, file, line, offset, raw }
  })
  assert.deepEqual(told, expected)
})

test('each of them ends the run with 3 where nothing else is said, rows before it are out, and the words show the place', async () => {
  const runs = BAD.map(async ([what, line, code]) => {
    const running = start(['filter', 'v > 0'])
    const { stdout, stderr, exit } = await running.end(Buffer.concat([Buffer.from(GOOD), line, Buffer.from(GOOD)]))
    assert.deepEqual({ what, stdout, exit }, { what, stdout: GOOD, exit: 3 })
    assert.match(stderr, new RegExp(`^tidemark: bad row: .*\\[${code}\\]\\n  at -:2 \\(byte 8[,)]`), what)
    assert.match(stderr, /\n {2}hint: (--on-error skip leaves such rows out, .*|CAST\(v AS DOUBLE\))\n$/, what)
  })
  await Promise.all(runs)
})

test('a line over --line-limit is passed over without being held, and counted', async () => {
  const long = `{"v":1,"text":"${'x'.repeat(300_000)}"}\n`
  const fits = `{"v":2,"text":"${'y'.repeat(980)}"}\n`
  const bytes = Buffer.from(GOOD + long + fits + long.trimEnd())
  const { stdout, exit, letters } = await throughFile(bytes, ['--line-limit', '1KiB'], ['filter', 'v > 0'])
  assert.deepEqual({ stdout, exit }, { stdout: GOOD + fits, exit: 0 })
  assert.deepEqual(
    lettersOf(letters).map(({ _error, _raw }) => [_error.code, _error.line, _error.offset, _error.reason, _raw.length]),
    [
      ['E_ROW_TOO_LONG', 2, 8, `a line of ${long.length - 1} bytes, the limit is 1024`, 200],
      [
        'E_ROW_TOO_LONG',
        4,
        8 + long.length + fits.length,
        `a line of ${long.length - 1} bytes, the limit is 1024`,
        200,
      ],
    ],
  )
  const piped = await shell(`(printf '{"v":1}\\n'; head -c 40000000 /dev/zero | tr '\\0' x; echo; printf '{"v":2}\\n') |
    (ulimit -v unlimited; tidemark --on-error skip filter 'v > 0')`).ended
  assert.deepEqual([piped.stdout, piped.exit], ['{"v":1}\n{"v":2}\n', 0])
})

test('CRLF, byte order marks and a missing last newline are no part of what a row says', async () => {
  fs.writeFileSync(at('windows.ndjson'), '\uFEFF{"v":1}\r\n\r\n{"v":2}\r\n{"v":3}')
  fs.writeFileSync(at('unix.ndjson'), '\uFEFF{"v":4}\n')
  const { stdout, stderr, exit } = await start(['select', 'v', at('windows.ndjson'), at('unix.ndjson')]).ended
  assert.deepEqual({ stdout, stderr, exit }, { stdout: '{"v":1}\n{"v":2}\n{"v":3}\n{"v":4}\n', stderr: '', exit: 0 })
  // a row that passes whole keeps its bytes, white space before the newline included
  const piped = await shell(`cat ${at('windows.ndjson')} | tidemark filter 'v > 0'`).ended
  assert.equal(piped.stdout, '{"v":1}\r\n{"v":2}\r\n{"v":3}\n')
})

test('--max-errors N ends the run with 3 at the bad row after the Nth', async () => {
  const text = `${GOOD}[]\n${GOOD}[]\n${GOOD}`
  const within = await start(['--on-error', 'skip', '--max-errors', '2', 'filter', 'v > 0']).end(text)
  assert.deepEqual([within.stdout, within.exit], [GOOD.repeat(3), 0])
  const { stdout, stderr, exit } = await start(['--on-error', 'skip', '--max-errors', '2', 'filter', 'v > 0']).end(
    `${text}[3]\n${GOOD}`,
  )
  assert.deepEqual([stdout, exit], [GOOD.repeat(3), 3])
  assert.match(
    stderr,
    /^tidemark: 3 bad rows, more than --max-errors 2 allows; the last: .* \[E_ROW_OBJECT\]\n {2}at -:6 \(byte 30/,
  )
})

test('--max-errors 1% is judged on the way from 1000 rows on, and at the end', async () => {
  const flags = ['--on-error', 'skip', '--max-errors', '1%', 'filter', 'v > 0']
  const early = await start(flags).end(`[]\n${GOOD.repeat(99)}`)
  assert.deepEqual([early.stdout, early.exit], [GOOD.repeat(99), 0])
  const end = await start(flags).end(`[]\n[]\n${GOOD.repeat(190)}`)
  assert.equal(end.exit, 3)
  assert.match(end.stderr, /^tidemark: 2 bad rows, more than --max-errors 1% allows; the last: .*\[E_ROW_OBJECT\]/)
  assert.equal(end.stdout, GOOD.repeat(190))
  const way = await start(flags).end(`${GOOD.repeat(1000)}${'[]\n'.repeat(20)}${GOOD.repeat(100_000)}`)
  assert.equal(way.exit, 3)
  assert.equal(way.stdout, GOOD.repeat(1000))
  assert.match(way.stderr, /^tidemark: 11 bad rows, /)
})

test('--max-future refuses rows that lie too far ahead, so that one wrong clock makes no others late', async () => {
  const now = Date.now()
  const stamp = (ms: number) => `{"ts":${now + ms}}\n`
  const text = stamp(-1000) + stamp(3_600_000) + stamp(-900) + stamp(60_000)
  const flags = ['-t', 'ts', '--max-future', '5m']
  const ended = await start([
    ...flags,
    '--on-error',
    at('future.ndjson'),
    '--summary',
    at('summary.json'),
    'tumble',
    '1s',
  ]).end(text)
  assert.deepEqual([ended.stderr, ended.exit], ['', 0])
  const counts = ended.stdout.match(/"count":\d+/g)!.map((count) => Number(count.slice(8)))
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    3,
  )
  const [letter] = lettersOf(fs.readFileSync(at('future.ndjson'), 'utf8'))
  assert.deepEqual(
    [letter?._error.code, letter?._error.line, letter?._raw],
    ['E_ROW_FUTURE', 2, stamp(3_600_000).trim()],
  )
  const { sources } = JSON.parse(fs.readFileSync(at('summary.json'), 'utf8'))
  assert.deepEqual(Object.values(sources), [{ read: 4, passed: 3, bad: 0, refused: 1 }])
  const failed = await start([...flags, 'filter', 'ts > 0']).end(text)
  assert.deepEqual([failed.stdout, failed.exit], [stamp(-1000), 3])
  assert.match(
    failed.stderr,
    /^tidemark: bad row: its time .* lies further ahead than --max-future allows \[E_ROW_FUTURE\]/,
  )
})

test('rows without a readable time are bad rows, wherever the time is asked for', async () => {
  const text = `${row(0)}{"ts":"soon"}\n{"ts":null}\n{}\n{"ts":true}\n{"ts":12}\n${row(1)}`
  const { letters, stdout, exit } = await throughFile(Buffer.from(text), ['-t', 'ts'], ['tumble', '1m'])
  assert.deepEqual([stdout.match(/"count":\d+/g), exit], [['"count":2'], 0])
  assert.deepEqual(
    lettersOf(letters).map(({ _error: { code, line }, _raw }) => [code, line, _raw]),
    ['{"ts":"soon"}', '{"ts":null}', '{}', '{"ts":true}', '{"ts":12}'].map((raw, i) => ['E_ROW_TIME', i + 2, raw]),
  )
})

test('--late fail ends the run with 4, and what was finished before is out', async () => {
  const { stdout, stderr, exit } = await start(['-t', 'ts', '--late', 'fail', 'tumble', '1m']).end(
    row(0) + row(60) + row(1),
  )
  assert.deepEqual([stdout.split('\n').length - 1, exit], [1, 4])
  assert.match(stderr, /^tidemark: a row came 1 ms too late for tumble.* \[E_LATE\]/)
})
