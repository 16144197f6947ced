import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import { test } from 'node:test'
import { memoryOf, row, shell, sleep, start, untilQuiet, workFolder } from './tidemark.ts'

const { at } = workFolder()
const KEYS = 1_000_000
const ALLOWED = 32 * 1024 * 1024
const START = 1_714_557_600_000

/** A named pipe that is open for reading, and that nobody reads yet. */
function unreadPipe(name: string): { readonly path: string; readonly reader: number } {
  execFileSync('mkfifo', [at(name)])
  return { path: at(name), reader: fs.openSync(at(name), fs.constants.O_RDONLY | fs.constants.O_NONBLOCK) }
}

/** Reads on until the writer has gone, and hands over whole lines. */
async function readLines(fd: number, take: (line: string) => void): Promise<void> {
  const stream = new net.Socket({ fd, readable: true, writable: false }).setEncoding('utf8')
  let rest = ''
  for await (const text of stream) {
    const lines = (rest + text).split('\n')
    rest = lines.pop()!
    for (const line of lines) take(line)
  }
  assert.equal(rest, '', 'the last line is whole')
}

test('closing a window of a million keys into a pipe that nobody reads takes no memory to speak of', async () => {
  const { path, reader } = unreadPipe('unread')
  const out = fs.openSync(path, 'w')
  const running = start(['-t', 'ts', 'tumble', '1m', '-b', 'id', '-a', 'count(*) AS n, sum(v) AS total'], {
    stdio: ['pipe', out, 'pipe'],
  })
  fs.closeSync(out)
  const pid = running.child.pid!
  for (let from = 0; from < KEYS; from += 10_000) {
    let text = ''
    for (let i = from; i < from + 10_000; i += 1) text += `{"ts":${START + (i % 60_000)},"id":"key-${i}","v":${i}}\n`
    if (!running.child.stdin!.write(text)) await new Promise((resolve) => running.child.stdin!.once('drain', resolve))
  }
  await untilQuiet(pid)
  const before = memoryOf(pid, 'VmRSS')
  fs.writeFileSync(`/proc/${pid}/clear_refs`, '5') // the peak starts anew
  running.send(row(60, { id: 'last', v: 0 }))
  await untilQuiet(pid)
  const blocked = memoryOf(pid, 'VmHWM') - before
  let count = 0
  const ended = running.end()
  let draining = 0
  await readLines(reader, (line) => {
    if (count === KEYS - 1) draining = memoryOf(pid, 'VmHWM') - before
    const key = `"window_end":"2024-05-01T10:01:00Z","id":"key-${count}","n":1,"total":${count}}`
    if (count < KEYS && !line.endsWith(key)) assert.fail(`row ${count} is ${line}`)
    count += 1
  })
  const { exit, stderr } = await ended
  assert.deepEqual({ count, exit, stderr }, { count: KEYS + 1, exit: 0, stderr: '' })
  assert.ok(blocked < ALLOWED, `${blocked} bytes more while nobody read`)
  assert.ok(draining < ALLOWED, `${draining} bytes more while the rows left`)
})

test('a slow reader gets every row, and holds the reading back', async () => {
  const rows = 60_000
  const slow = `process.stdin.on('data', (chunk) => { process.stdout.write(chunk); process.stdin.pause(); setTimeout(() => process.stdin.resume(), 1) })`
  const name = at('rows.ndjson')
  fs.writeFileSync(name, Array.from({ length: rows }, (_, i) => `{"ts":${START + i},"v":${i}}\n`).join(''))
  const chain = "filter 'v >= 0' then tumble 1ms -b v then select v"
  const digest = await shell(
    `cat ${name} | tidemark -t ts ${chain} | ${process.execPath} -e "${slow}" | md5sum; seq 0 ${rows - 1} | sed 's/.*/{"v":&}/' | md5sum`,
  ).ended
  const [read, expected] = digest.stdout.split('\n')
  assert.deepEqual([read, digest.stderr, digest.exit], [expected, '', 0])
})

test('rows are not read on while nobody takes the results', async () => {
  const { path, reader } = unreadPipe('stalled')
  const writer = shell(`seq 1 20000000 | sed -u 's/.*/{"v":&}/' | tidemark filter 'v >= 0' > ${path}`, {
    detached: true,
  })
  const read = () =>
    Number(/^rchar: (\d+)/m.exec(fs.readFileSync(`/proc/${childOf(writer.child.pid!)}/io`, 'utf8'))![1])
  await sleep(700)
  let before = -1
  let bytes = read()
  for (; bytes > before && bytes < 4_000_000; bytes = read()) {
    before = bytes
    await sleep(300)
  }
  assert.ok(bytes < 4_000_000, `${bytes} bytes were read into a pipe of 64 KB`)
  fs.closeSync(reader)
  assert.equal((await writer.ended).exit, 141)
})

/** The tidemark among the processes that a shell started. */
function childOf(shellPid: number): number {
  const children = fs.readFileSync(`/proc/${shellPid}/task/${shellPid}/children`, 'utf8').trim().split(' ').map(Number)
  const found = children.find((pid) => fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('tidemark'))
  assert.ok(found !== undefined)
  return found
}
