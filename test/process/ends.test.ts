import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import { test } from 'node:test'
import { cannotRun } from '../skip.ts'
import { row, shell, sleep, start, workFolder } from './tidemark.ts'

const { folder, at } = workFolder()
const ROW = row(0, { v: 1 })
const NOTHING = { stdout: '', stderr: '', exit: 0 }
const isRoot = process.getuid?.() === 0
const file = (name: string, text: string | Buffer): string => {
  fs.writeFileSync(at(name), text)
  return at(name)
}
const many = file('many.ndjson', Array.from({ length: 60_000 }, (_, i) => row(i, { v: i })).join(''))

test('a reader that leaves ends the run quietly with 141', async () => {
  const { stdout, stderr, exit } = await shell(`tidemark filter 'v >= 0' ${many} | head -1`).ended
  assert.deepEqual({ stdout, stderr, exit }, { stdout: ROW.replace('1}', '0}'), stderr: '', exit: 141 })
  const windows = await shell(`cat ${many} | tidemark -t ts tumble 1s then filter 'count > 0' | true`).ended
  assert.deepEqual(windows, { ...NOTHING, exit: 141 })
})

test('a reader that leaves a quiet pipe is noticed at the next row', async () => {
  const running =
    shell(`{ for i in $(seq 200); do echo '${ROW.trim()}' || break; sleep 0.1; done; exec sleep 5; } 2>/dev/null |
    { tidemark filter 'v = 1'; echo $? >&2; exec 1>&-; kill $(jobs -p) 2>/dev/null; } | head -1`)
  await running.until(() => running.stderr !== '', 'the status')
  assert.deepEqual([running.stdout, running.stderr], [ROW, '141\n'])
  running.child.kill('SIGKILL')
})

test('input that is empty, closed, /dev/null, or ends at once gives nothing', async () => {
  const chain = `-t ts filter 'v > 0' then tumble 1m`
  assert.deepEqual(await start(['-t', 'ts', 'tumble', '1m']).end(), NOTHING)
  assert.deepEqual(await shell(`tidemark ${chain} < /dev/null`).ended, NOTHING)
  assert.deepEqual(await shell(`tidemark ${chain} <&-`).ended, NOTHING)
  assert.deepEqual(await shell(`true | tidemark ${chain}`).ended, NOTHING)
  assert.deepEqual(await shell(`tidemark ${chain} /dev/null ${file('empty', '')}`).ended, NOTHING)
})

test('a last line without newline and blank lines are no trouble', async () => {
  const { stdout, exit } = await start(['filter', 'v > 0']).end(`\n${ROW}\n  \n\r\n${ROW.trim()}`)
  assert.deepEqual({ stdout, exit }, { stdout: ROW + ROW, exit: 0 })
})

test('a full device is an error with a hint', async (context) => {
  if (!fs.existsSync('/dev/full')) return cannotRun(context, 'there is no /dev/full')
  const message = (name: string) =>
    `tidemark: cannot write to ${name}: no space left on device [E_WRITE]\n  hint: make room on that disk, or write to another one with -o\n`
  for (const input of [many, file('one.ndjson', ROW)]) {
    const { stderr, exit } = await shell(`tidemark filter 'v >= 0' ${input} > /dev/full`).ended
    assert.deepEqual({ stderr, exit }, { stderr: message('standard output'), exit: 1 })
  }
  const named = await shell(`echo '${ROW.trim()}' | tidemark -o /dev/full -t ts tumble 1m`).ended
  assert.deepEqual(named, { stdout: '', stderr: message('/dev/full'), exit: 1 })
  const late = await shell(`tidemark -t ts --on-error /dev/full filter 'v > 0' <<< 'no row'`).ended
  assert.deepEqual(late, { stdout: '', stderr: message('/dev/full'), exit: 1 })
})

test('a file that may not grow further is an error with a hint, behind the bytes that fitted', async () => {
  for (const output of ['> limited', '-o limited']) {
    const words = output.startsWith('>') ? ['', output] : [output, '']
    const { stderr, exit } = await shell(
      `cd ${at('')}; ulimit -f 1; tidemark ${words[0]} filter 'v >= 0' ${many} ${words[1]}`,
    ).ended
    const name = output.startsWith('>') ? 'standard output' : 'limited'
    const hint = '\n  hint: the size of files is limited here, see: ulimit -f\n'
    assert.deepEqual(
      { stderr, exit },
      { stderr: `tidemark: cannot write to ${name}: file too large [E_WRITE]${hint}`, exit: 1 },
    )
    assert.equal(fs.readFileSync(at('limited'), 'utf8'), fs.readFileSync(many, 'utf8').slice(0, 1024))
  }
})

test('closed standard output is /dev/null: Node opens it so that no file takes its place', async () => {
  const { stdout, exit } = await shell(`tidemark filter 'v >= 0' ${at('one.ndjson')} >&-`).ended
  assert.deepEqual({ stdout, exit }, { stdout: '', exit: 0 })
})

test('closed standard error silences words, not rows', async () => {
  const { stdout, exit } = await shell(`tidemark filter 'v > 0' ${at('one.ndjson')} 2>&-`).ended
  assert.deepEqual({ stdout, exit }, { stdout: ROW, exit: 0 })
  const refused = await shell(`tidemark filter 'v >' ${at('one.ndjson')} 2>&-`).ended
  assert.equal(refused.exit, 2)
})

test('outputs that cannot be made are refused before a row is read', async () => {
  const missing = await start(['-o', at('no/such/out'), 'filter', 'v > 0']).ended
  assert.deepEqual(missing, {
    stdout: '',
    stderr: `tidemark: cannot write to ${at('no/such/out')}: there is no directory ${at('no/such')} [E_OUTPUT]\n  hint: make it first: mkdir -p ${at('no/such')}\n`,
    exit: 2,
  })
  const directory = await start(['-o', folder, 'filter', 'v > 0']).ended
  assert.deepEqual(directory, {
    stdout: '',
    stderr: `tidemark: cannot write to ${folder}: it is a directory [E_OUTPUT]\n  hint: name a file in it: ${folder}/out.ndjson\n`,
    exit: 2,
  })
  for (const flag of ['--late', '--on-error']) {
    const { exit, stderr } = await start(['-t', 'ts', flag, at('no/such/out'), 'tumble', '1m']).ended
    assert.equal(exit, 2)
    assert.match(stderr, /there is no directory .*\[E_OUTPUT\]/)
  }
})

test('a directory or file without permission is refused by name', async (context) => {
  fs.mkdirSync(at('closed'), { mode: 0o555 })
  fs.chmodSync(file('unreadable.ndjson', ROW), 0)
  // root may do everything; nobody may not
  const as = isRoot ? 'setpriv --reuid 65534 --regid 65534 --clear-groups ' : ''
  if (isRoot && !fs.existsSync('/usr/bin/setpriv'))
    return cannotRun(context, 'root may read everything, and there is no setpriv')
  fs.chmodSync(folder, 0o755)
  const node = execFileSync('bash', ['-c', `${as} ${process.execPath} -e 'console.log(1)' 2>/dev/null || true`])
  if (node.length === 0) return cannotRun(context, 'another user cannot run node here')
  const main = `${process.execPath} $(realpath $(type -P tidemark))`
  const written = await shell(`${as}${main} -o ${at('closed/out')} filter 'v > 0' ${at('one.ndjson')}`).ended
  assert.deepEqual(written, {
    stdout: '',
    stderr: `tidemark: cannot write to ${at('closed/out')}: permission denied [E_OUTPUT]\n`,
    exit: 2,
  })
  const read = await shell(`${as}${main} filter 'v > 0' ${at('unreadable.ndjson')}`).ended
  assert.deepEqual(read, {
    stdout: '',
    stderr: `tidemark: cannot read '${at('unreadable.ndjson')}': permission denied [E_FILE_READ]\n`,
    exit: 1,
  })
})

test('a directory as FILE or as standard input is refused', async () => {
  assert.deepEqual(await start(['filter', 'v > 0', folder]).ended, {
    stdout: '',
    stderr: `tidemark: cannot read '${folder}': it is a directory [E_FILE_READ]\n  hint: name the files in it: ${folder}/*\n`,
    exit: 1,
  })
  const { stderr, exit } = await shell(`tidemark filter 'v > 0' < ${folder}`).ended
  assert.deepEqual(
    { stderr, exit },
    { stderr: 'tidemark: cannot read standard input: it is a directory [E_FILE_READ]\n', exit: 1 },
  )
})

test('the second of two files that is missing stops the run before the first is read', async () => {
  const { stdout, stderr, exit } = await start(['filter', 'v > 0', at('one.ndjson'), at('two.ndjson')]).ended
  assert.deepEqual(
    { stdout, stderr, exit },
    {
      stdout: '',
      stderr: `tidemark: no file '${at('two.ndjson')}' [E_FILE_MISSING]\n  hint: did you mean '${at('one.ndjson')}'?\n`,
      exit: 2,
    },
  )
})

test('process substitutions and named pipes are read, and written', async () => {
  const substituted = await shell(`tidemark filter 'v > 0' <(echo '${ROW.trim()}') <(sleep 0.1; echo '{"v":2}')`).ended
  assert.deepEqual(substituted, { ...NOTHING, stdout: `${ROW}{"v":2}\n` })
  execFileSync('mkfifo', [at('fifo'), at('fifo-out')])
  const running = start(['-o', at('fifo-out'), 'filter', 'v > 0', at('fifo')])
  const reader = shell(`cat ${at('fifo-out')}`)
  await shell(`{ echo '{"v":1}'; sleep 0.1; echo '{"v":2}'; } > ${at('fifo')}`).ended
  assert.deepEqual(await running.ended, NOTHING)
  assert.equal((await reader.ended).stdout, '{"v":1}\n{"v":2}\n')
  const sides = await shell(
    `tidemark -t ts --late >(sed 's/^/late /' >&2) -o >(sed 's/^/rows /' >&2) tumble 1m; sleep 0.2`,
  ).end(row(0) + row(60) + row(0))
  const stdouts = sides.stderr.trimEnd().split('\n').toSorted()
  assert.deepEqual(
    stdouts.map((line) => line.slice(0, 12)),
    ['late {"ts":1', 'rows {"windo', 'rows {"windo'],
  )
})

test('a socket is standard input, and standard output', async () => {
  const { stdout, exit } = await start(['filter', 'v > 0']).end(ROW) // what Node makes for a child is a socket
  assert.deepEqual({ stdout, exit }, { stdout: ROW, exit: 0 })
})

test('descriptors take late rows and dead letters', async () => {
  const { stdout, stderr, exit } = await shell(
    `tidemark -t ts --late fd:3 --on-error fd:4 --summary fd:5 tumble 1m 3>&2 4>&2 5>&2 > ${at('out')}`,
  ).end(`${row(0)}${row(60)}${row(0)}[]\n`)
  assert.deepEqual({ stdout, exit }, { stdout: '', exit: 0 })
  const lines = stderr.trimEnd().split('\n')
  assert.equal(lines.length, 3)
  assert.deepEqual(lines.map((line) => Object.keys(JSON.parse(line)).join()).toSorted(), [
    '_error,_raw',
    'read,out,bad,late,sources,steps',
    'ts,_late_by,_step,_window_start,_window_end,_watermark',
  ])
})

test('a descriptor that nobody opened is refused, also where Node has one of its own there', async () => {
  const tries = [3, 4, 5, 6, 7, 8, 9, 12, 99].map(async (fd) => {
    const { exit, stderr } = await shell(`tidemark --on-error fd:${fd} filter 'v > 0' ${fd}>&-`).end(ROW)
    const message = `tidemark: cannot write to fd:${fd}: nothing is open there [E_OUTPUT]\n  hint: open it in the shell: tidemark … ${fd}> rows.ndjson\n`
    assert.deepEqual({ exit, stderr }, { exit: 2, stderr: message })
  })
  await Promise.all(tries)
  const readable = await shell(`tidemark --on-error fd:3 filter 'v > 0' 3< ${many}`).end(ROW)
  assert.equal(readable.exit, 2)
})

test('a terminal as standard input gets short help', async (context) => {
  if (!fs.existsSync('/usr/bin/script')) return cannotRun(context, 'there is no script(1) to make a terminal')
  const running = shell(`script -qec "tidemark filter 'v > 0' 2>${at('words')}" /dev/null`)
  const { exit } = await running.ended
  assert.equal(exit, 2)
  const words = fs.readFileSync(at('words'), 'utf8')
  assert.match(words, /^tidemark: event-time windows.*usage: /s)
  assert.match(
    words,
    /tidemark: nothing to read: no FILE, and standard input is a terminal \[E_NO_INPUT\]\n {2}hint: .*\n$/,
  )
})

test('rows typed at a terminal come out one by one where - asks for them', async (context) => {
  if (!fs.existsSync('/usr/bin/script')) return cannotRun(context, 'there is no script(1) to make a terminal')
  const running = shell(`script -qec "tidemark --no-color filter 'v > 0' -" /dev/null`)
  await sleep(300)
  running.send('{"v":1}\n')
  await running.until(() => (running.stdout.match(/\{"v":1\}\r\n/g) ?? []).length === 2, 'the echo and the row')
  running.send('\x04')
  assert.equal((await running.ended).exit, 0)
})
