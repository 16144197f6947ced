// npm run bench [-- --rows N] [--runs N] [--only QUERY]... [--save]: tidemark against a JSON.parse program over the same rows, one table.
// README.md beside this file says what is measured and how.
import { execFileSync } from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { dataFile } from './generate.mjs'
import { measure } from './measure.mjs'
import { QUERIES } from './queries.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

function refuse(message) {
  process.stderr.write(`bench: ${message}\n`)
  process.exit(2)
}

function readArguments() {
  const options = {
    rows: { type: 'string', default: '500000' },
    runs: { type: 'string', default: '3' },
    only: { type: 'string', multiple: true, default: [] },
    save: { type: 'boolean', default: false },
  }
  let values
  try {
    values = parseArgs({ options }).values
  } catch (error) {
    refuse(`${error.message}; it takes --rows N, --runs N, --only QUERY and --save`)
  }
  const count = (name) => {
    if (!/^[1-9]\d{0,8}$/.test(values[name])) refuse(`--${name} is a count from 1, not '${values[name]}'`)
    return Number(values[name])
  }
  const names = QUERIES.map(({ name }) => name)
  const unknown = values.only.find((name) => !names.includes(name))
  if (unknown !== undefined) refuse(`no query '${unknown}'; there are ${names.join(', ')}`)
  const queries = QUERIES.filter(({ name }) => values.only.length === 0 || values.only.includes(name))
  return { rows: count('rows'), runs: count('runs'), queries, save: values.save }
}

/** Where two files first differ: the line of each. */
function firstDifference(a, b) {
  const lines = [a, b].map((path) => {
    const bytes = Buffer.alloc(Math.min(statSync(path).size, 256 << 20))
    const file = openSync(path, 'r')
    readSync(file, bytes)
    closeSync(file)
    return bytes.toString('latin1').split('\n')
  })
  const at = lines[0].findIndex((line, i) => line !== lines[1][i])
  if (at < 0) return 'behind the first 256 MiB'
  return `line ${at + 1}\n  naive:    ${lines[0][at]}\n  tidemark: ${lines[1][at]}`
}

function check(query, naive, tidemark) {
  if (naive.digest !== tidemark.digest) {
    throw new Error(`${query.name}: not the same rows, ${firstDifference(naive.rows, tidemark.rows)}`)
  }
  if (!isDeepStrictEqual(naive.counts, tidemark.counts)) {
    const told = ({ counts }) => JSON.stringify(counts)
    throw new Error(`${query.name}: not the same counts\n  naive:    ${told(naive)}\n  tidemark: ${told(tidemark)}`)
  }
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Runs both programs in turn; returns medians of each once all their outputs were found equal. */
async function compare(query, runs, place) {
  const figures = { naive: [], tidemark: [] }
  for (let run = 0; run < runs; run += 1) {
    const naive = await measure('naive', { query, ...place })
    const tidemark = await measure('tidemark', { query, ...place })
    check(query, naive, tidemark)
    figures.naive.push(naive)
    figures.tidemark.push(tidemark)
  }
  const medians = (program) =>
    Object.fromEntries(['cpu', 'wall', 'rss'].map((name) => [name, median(figures[program].map((run) => run[name]))]))
  return { counts: figures.naive[0].counts, naive: medians('naive'), tidemark: medians('tidemark') }
}

const HEAD = [
  '                                          |        naive           |       tidemark         | naive / tidemark',
  'query          rows out     late   repeats |  CPU s  wall s  RSS MB |  CPU s  wall s  RSS MB |  CPU x   wall x',
]

function tableLine(name, { counts, naive, tidemark }) {
  const whole = (value, width) => value.toLocaleString('en').padStart(width)
  const cost = ({ cpu, wall, rss }) =>
    `${cpu.toFixed(2).padStart(6)} ${wall.toFixed(2).padStart(7)} ${rss.toFixed(0).padStart(7)}`
  const ratio = (what, width) => (naive[what] / tidemark[what]).toFixed(1).padStart(width)
  const rows = `${name.padEnd(12)} ${whole(counts.out, 10)} ${whole(counts.late, 8)} ${whole(counts.duplicate, 9)}`
  return `${rows} | ${cost(naive)} | ${cost(tidemark)} | ${ratio('cpu', 6)} ${ratio('wall', 8)}`
}

function commit() {
  const git = (...words) =>
    execFileSync('git', words, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    return `${git('rev-parse', '--short', 'HEAD').trim()}${git('status', '--porcelain', 'src') === '' ? '' : ' and changes'}`
  } catch {
    return 'no commit'
  }
}

function describeRun({ rows, runs }, data) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const { size } = statSync(data)
  const load = loadavg()[0].toFixed(2)
  return [
    `tidemark ${version} (${commit()}), node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}, load ${load}`,
    `${rows.toLocaleString('en')} rows of ${Math.round(size / rows)} bytes; medians of ${runs} interleaved runs; every output checked, byte for byte`,
    '',
  ]
}

const wanted = readArguments()
const data = dataFile(wanted.rows)
const lines = []
const print = (line) => {
  lines.push(line)
  process.stdout.write(`${line}\n`)
}
const folder = mkdtempSync(join(dirname(data), 'run-'))
try {
  for (const line of [...describeRun(wanted, data), ...HEAD]) print(line)
  for (const query of wanted.queries) print(tableLine(query.name, await compare(query, wanted.runs, { data, folder })))
  if (wanted.save) {
    const file = join(root, 'bench/results', `${new Date().toISOString().slice(0, 10)}.txt`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `${lines.join('\n')}\n`)
    process.stdout.write(`\nsaved in ${file}\n`)
  }
} catch (error) {
  process.stderr.write(`bench: ${error.message}\n`)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true })
}
