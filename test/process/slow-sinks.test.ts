import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import { test } from 'node:test'
import { memoryOf, start, untilQuiet, workFolder } from './tidemark.ts'

const { at, folder } = workFolder()
const ROWS = 300_000
const ALLOWED = 48 * 1024 * 1024
const START = 1_714_557_600_000

/** Two branches of one source come together in standard output; one goes to a file as well. */
const PIPELINE = `tidemark: 1
sources: { rows: { file: "-", time: ts } }
steps:
  - { name: even, from: rows, filter: v % 2 = 0 }
  - { name: counts, from: rows, tumble: { size: 1s } }
sinks:
  slow: { from: [even, counts, rows], file: "-" }
  fast: { from: rows, file: fast.ndjson }
`

const rowsFrom = (from: number, to: number): string => {
  let text = ''
  for (let v = from; v < to; v += 1) text += `{"ts":${START + v},"v":${v},"text":"some more bytes to carry"}\n`
  return text
}

async function linesOf(fd: number): Promise<number> {
  let count = 0
  for await (const bytes of new net.Socket({ fd, readable: true, writable: false })) {
    for (const byte of bytes as Buffer) if (byte === 10) count += 1
  }
  return count
}

test('a sink that takes nothing pauses the source of a graph, and nothing is dropped', async () => {
  fs.writeFileSync(at('p.yaml'), PIPELINE)
  execFileSync('mkfifo', [at('slow')])
  const reader = fs.openSync(at('slow'), fs.constants.O_RDONLY | fs.constants.O_NONBLOCK)
  const out = fs.openSync(at('slow'), 'w')
  const running = start(['run', 'p.yaml'], { stdio: ['pipe', out, 'pipe'], cwd: folder })
  fs.closeSync(out)
  const { stdin, pid } = running.child
  stdin!.write(rowsFrom(0, 1000))
  await untilQuiet(pid!)
  const empty = memoryOf(pid!, 'VmRSS')
  let sent = 1000
  let isPaused = false
  while (!isPaused && sent < ROWS) {
    if (!stdin!.write(rowsFrom(sent, sent + 1000))) {
      const drained = new Promise<boolean>((resolve) => stdin!.once('drain', () => resolve(true)))
      isPaused = !(await Promise.race([drained, untilQuiet(pid!).then(() => false)]))
    }
    sent += 1000
  }
  assert.ok(isPaused, `all ${sent} rows were taken`)
  const memory = memoryOf(pid!, 'VmHWM') - empty
  const lines = linesOf(reader)
  const { exit, stderr } = await running.end(rowsFrom(sent, ROWS))
  const windows = ROWS / 1000
  assert.deepEqual({ exit, stderr, lines: await lines }, { exit: 0, stderr: '', lines: ROWS + ROWS / 2 + windows })
  assert.equal(fs.readFileSync(at('fast.ndjson'), 'utf8').split('\n').length - 1, ROWS)
  assert.ok(memory < ALLOWED, `${memory / 1024 / 1024} MB while the sink took nothing`)
})
