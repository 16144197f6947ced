// Memory goes by live state, not by the length of the input: so many distinct keys (100 million, or the number given) pass through 10-minute
// windows, 10,000 alive at a time. Fails if the resident memory after all of them is more than 10 MB above what it was after the first
// million, or if the rows that come out are not, byte for byte, those that have to. Needs Linux's /proc.
//
// V8 begins with a small young generation and lets it grow by up to 32 MB at some time in the first millions of rows, whatever is in it. Here it
// has its full size from the start, so that what grows is ours.
//
//   node bench/soak/distinct-keys.mjs [KEYS] [tumble|hop|dedup]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Rows of ten minutes: one every 60 ms, each with a key of its own. */
const LIVE = 10_000
const MINUTE = 60_000
const STEP = (10 * MINUTE) / LIVE
const START = Date.UTC(2024, 4, 1, 10)
const WARM_UP = 1_000_000
const ALLOWED = 10 * 1024 * 1024
const MEGABYTE = 1024 * 1024
const FLAGS = ['--min-semi-space-size=16', '--max-semi-space-size=16']

/** The words of each verb, and how a window's results begin; the first row of each key passes dedup as it came. */
const VERBS = {
  tumble: { words: ['tumble', '10m', '-b', 'id'], slides: [0] },
  hop: { words: ['hop', '10m', '--every', '5m', '-b', 'id'], slides: [-5 * MINUTE, 0] },
  dedup: { words: ['dedup', '-b', 'id', '--within', '10m'], slides: null },
}

/** So many times the same line, with places in it for numbers of a fixed width. */
class Lines {
  /** `line` has a run of `#` for each number, in the order of `numbers` of `fill`. */
  constructor(line, count) {
    this.width = line.length
    this.bytes = Buffer.from(line.repeat(count))
    this.places = [...line.matchAll(/#+/g)].map(({ index, 0: { length } }) => [index, index + length])
  }

  /** Writes number `n` of line `i`. */
  write(i, n, number) {
    const [from, to] = this.places[n]
    let rest = number
    for (let at = i * this.width + to - 1; at >= i * this.width + from; at -= 1) {
      const next = Math.floor(rest / 10)
      this.bytes[at] = 48 + rest - next * 10
      rest = next
    }
  }

  /** Writes a text of the same length at a place. */
  put(i, n, text) {
    this.bytes.write(text, i * this.width + this.places[n][0], 'latin1')
  }
}

/** The rows of one ten-minute stretch after the other, in a buffer that is used again. */
class Input {
  #lines = new Lines('{"ts":#############,"id":"key-############"}\n', LIVE)

  rowsOf(stretch) {
    for (let i = 0; i < LIVE; i += 1) {
      const row = stretch * LIVE + i
      this.#lines.write(i, 0, START + row * STEP)
      this.#lines.write(i, 1, row)
    }
    return this.#lines.bytes
  }
}

/** The results of one window after the other. */
class Results {
  #lines = new Lines(
    '{"window_start":"####################","window_end":"####################","id":"key-############","count":1}\n',
    LIVE,
  )
  #slides
  #windows = 0
  #keys

  constructor(slides, keys) {
    this.#slides = slides
    this.#keys = keys
  }

  next() {
    const slide = this.#slides[this.#windows % this.#slides.length]
    const stretch = Math.floor(this.#windows / this.#slides.length)
    this.#windows += 1
    const start = stretch * 10 * MINUTE + slide
    const [begin, end] = [start, start + 10 * MINUTE].map(
      (time) => `${new Date(START + time).toISOString().slice(0, 19)}Z`,
    )
    const from = Math.max(0, start / STEP)
    const to = Math.min(this.#keys, (start + 10 * MINUTE) / STEP)
    for (let row = from; row < to; row += 1) {
      this.#lines.put(row - from, 0, begin)
      this.#lines.put(row - from, 1, end)
      this.#lines.write(row - from, 2, row)
    }
    return this.#lines.bytes.subarray(0, (to - from) * this.#lines.width)
  }
}

/** Compares what comes out with what has to. */
class Check {
  bytes = 0
  #expected
  #chunk = Buffer.alloc(0)
  #at = 0

  constructor(expected) {
    this.#expected = expected
  }

  take(bytes) {
    this.bytes += bytes.length
    for (let from = 0; from < bytes.length; ) {
      if (this.#at === this.#chunk.length) {
        this.#chunk = this.#expected()
        this.#at = 0
      }
      const length = Math.min(bytes.length - from, this.#chunk.length - this.#at)
      if (length === 0 || bytes.compare(this.#chunk, this.#at, this.#at + length, from, from + length) !== 0) {
        const found = bytes.subarray(from, from + 300).toString()
        throw new Error(
          `other rows than expected, near byte ${this.bytes}:\n${found}\nand not\n${this.#chunk.toString('utf8', this.#at, this.#at + 300)}`,
        )
      }
      this.#at += length
      from += length
    }
  }
}

function residentMemory(pid, field) {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024
}

const megabytes = (bytes) => `${(bytes / MEGABYTE).toFixed(1)} MB`

function readWords([keys = '100000000', name = 'tumble']) {
  const verb = VERBS[name]
  if (!verb || !/^\d+$/.test(keys) || Number(keys) % LIVE !== 0 || Number(keys) < 2 * WARM_UP) {
    process.stderr.write(
      `usage: distinct-keys.mjs [KEYS] [${Object.keys(VERBS).join('|')}]\nKEYS is a multiple of ${LIVE}, ${2 * WARM_UP} at least\n`,
    )
    process.exit(2)
  }
  return { keys: Number(keys), verb }
}

async function main() {
  const { keys, verb } = readWords(process.argv.slice(2))
  const tidemark = fileURLToPath(new URL('../../bin/tidemark', import.meta.url))
  const child = spawn(process.execPath, [...FLAGS, tidemark, '-t', 'ts', ...verb.words], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const input = new Input()
  const expectedInput = new Input()
  const results = verb.slides && new Results(verb.slides, keys)
  let stretch = 0
  const check = new Check(results ? () => results.next() : () => expectedInput.rowsOf(stretch++))
  const closed = once(child, 'close')
  child.stdout.on('data', (bytes) => check.take(bytes))

  /** Writes the rows of some stretches, then waits until nothing comes out any more: all of them have been taken. */
  async function feed(from, to) {
    for (let s = from; s < to; s += 1) {
      // the buffer is filled anew only when its bytes have left
      if (!child.stdin.write(input.rowsOf(s))) await once(child.stdin, 'drain')
    }
    for (let before = -1; before !== check.bytes; ) {
      before = check.bytes
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }

  const begin = performance.now()
  await feed(0, WARM_UP / LIVE)
  const first = residentMemory(child.pid, 'VmRSS')
  process.stdout.write(`after ${WARM_UP} keys: ${megabytes(first)}\n`)
  const tenth = Math.max(WARM_UP, Math.ceil(keys / 10 / LIVE) * LIVE)
  for (let from = WARM_UP; from < keys; from += tenth) {
    const to = Math.min(keys, from + tenth)
    await feed(from / LIVE, to / LIVE)
    process.stdout.write(`after ${to} keys: ${megabytes(residentMemory(child.pid, 'VmRSS'))}\n`)
  }
  const last = residentMemory(child.pid, 'VmRSS')
  const peak = residentMemory(child.pid, 'VmHWM')
  const seconds = (performance.now() - begin) / 1000
  child.stdin.end()
  const [exit] = await closed
  if (exit !== 0) throw new Error(`tidemark ended with ${exit}`)
  const rows = countRows(verb, check.bytes)
  const due = verb.slides ? keys * verb.slides.length : keys
  if (rows !== due) throw new Error(`${rows} rows came out, ${due} have to`)
  const difference = last - first
  process.stdout.write(
    `${rows} rows out, all as expected; ${(keys / seconds / 1e6).toFixed(2)} million keys/s; peak ${megabytes(peak)}; ` +
      `${megabytes(Math.abs(difference))} ${difference < 0 ? 'less' : 'more'} at the end than after ${WARM_UP}\n`,
  )
  if (difference > ALLOWED) throw new Error(`that is more than ${megabytes(ALLOWED)}`)
}

/** All rows of a verb have the same length. */
function countRows({ slides }, bytes) {
  const line = slides
    ? '{"window_start":"2024-05-01T10:00:00Z","window_end":"2024-05-01T10:10:00Z","id":"key-000000000000","count":1}\n'
    : '{"ts":1714557600000,"id":"key-000000000000"}\n'
  return bytes / line.length
}

await main().catch((error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
