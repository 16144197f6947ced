// The rows of the benchmarks: the same for the same number of rows, on every machine. `node bench/generate.mjs ROWS` prints the file's name.
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../build/bench/', import.meta.url))

/** ms of event time between two rows. */
const STEP = 10
/** Rows come up to this many ms behind the greatest time so far: the watermark delay of the queries. */
export const DISORDER = 5_000
/** One row of this many is a straggler, up to ten minutes behind: most of them are late in every query. */
const STRAGGLERS = 1_000
const LONGEST_DELAY = 600_000
/** One row of this many repeats the event_id of a row before it, most of them of the last 5 minutes, some of the last 25. */
const REPEATS = 10

const TYPES = ['view', 'click', 'purchase']
const PLANS = ['free', 'pro', 'team', 'max']

/** Uniform in [0, 1). The generator "mulberry32". */
function randomNumbers(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Rows as NDJSON, 10,000 at a time. */
function* chunks(rows) {
  const random = randomNumbers(20_240_501)
  const below = (limit) => Math.floor(random() * limit)
  const ids = new Int32Array(rows)
  let lines = []
  for (let i = 0; i < rows; i += 1) {
    const back = below(REPEATS) === 0 ? 1 + below(below(10) === 0 ? 150_000 : 30_000) : 0
    ids[i] = back > 0 && back <= i ? ids[i - back] : i
    const behind = below(STRAGGLERS) === 0 ? below(LONGEST_DELAY) : below(DISORDER)
    lines.push(
      `{"event_id":"e${String(ids[i]).padStart(7, '0')}","ts":${1_714_557_600_000 + i * STEP - behind}` +
        `,"user_id":"u${below(10_000)}","session_id":"s${below(1_000_000)}","event_type":"${TYPES[below(3)]}"` +
        // quarters, so that a sum is exact in whatever order it is taken
        `,"amount":${below(4_000) / 4},"plan":"${PLANS[below(4)]}","ok":${below(20) !== 0}}\n`,
    )
    if (lines.length === 10_000 || i === rows - 1) {
      yield lines.join('')
      lines = []
    }
  }
}

/** The file with that many rows, made if it is not there. It lies under build/, which git ignores; a changed generator makes a new one. */
export function dataFile(rows) {
  const version = createHash('sha256')
    .update(readFileSync(fileURLToPath(import.meta.url)))
    .digest('hex')
    .slice(0, 8)
  const name = `flat-${rows}-${version}.ndjson`
  const path = join(folder, name)
  if (existsSync(path)) return path
  mkdirSync(folder, { recursive: true })
  for (const old of readdirSync(folder)) {
    if (old.startsWith('flat-') && !old.endsWith(`-${version}.ndjson`)) rmSync(join(folder, old))
  }
  const unfinished = `${path}.${process.pid}`
  const file = openSync(unfinished, 'w')
  for (const text of chunks(rows)) writeSync(file, text)
  closeSync(file)
  renameSync(unfinished, path)
  return path
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rows = Number(process.argv[2])
  if (!Number.isSafeInteger(rows) || rows < 1) {
    process.stderr.write('generate: say how many rows: node bench/generate.mjs 500000\n')
    process.exitCode = 2
  } else process.stdout.write(`${dataFile(rows)}\n`)
}
