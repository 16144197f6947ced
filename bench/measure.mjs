// Runs one program once, in a process of its own, and returns what it gave and what it cost.
import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { digest } from './answers.mjs'
import { duckdbQuery, jqWords, millerWords } from './peers.mjs'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))

/** A program of Node: it tells its cost itself, see usage.cjs. */
const node = (...words) => [process.execPath, '--require', at('usage.cjs'), ...words]
/** Any other: the shell tells the CPU time of what it ran, on descriptor 3. */
const other = (...words) => ['sh', '-c', '"$@"; status=$?; times >&3; exit $status', 'sh', ...words]

const given = (...files) => files.filter((file) => file !== undefined)

/** The command of each program, given a query (see queries.mjs) and the files that it reads and writes. */
const PROGRAMS = {
  naive: ({ plain }, { data, other, summary }) =>
    node(at('naive.mjs'), JSON.stringify(plain), summary, ...given(data, other)),
  /** The same without late rows: what a batch program says. */
  batch: ({ plain }, { data, summary }) =>
    node(at('naive.mjs'), JSON.stringify({ ...plain, delay: null }), summary, data),
  tidemark: ({ tidemark, table }, { gate, data, other, summary, flags = [], words = [], entry = '../bin/tidemark' }) =>
    node(
      ...[...flags, at(entry), '--summary', summary, ...words, ...tidemark],
      ...(other === undefined ? [] : [table ? '--table' : '--with', other]),
      ...given(gate, data),
    ),
  duckdb: ({ plain }, { data, rows }) => node(at('duckdb.mjs'), duckdbQuery(plain, data, rows)),
  jq: ({ plain }, { data }) => other('jq', ...jqWords(plain), data),
  mlr: ({ plain }, { data }) => other('mlr', ...millerWords(plain), data),
}

/** The counts that a program told: tidemark for each step, others in all. Null if it tells none. */
function readCounts(file) {
  if (!existsSync(file)) return null
  const summary = JSON.parse(readFileSync(file, 'utf8'))
  const steps = Object.values(summary.steps ?? { all: summary })
  const sum = (name) => steps.reduce((total, step) => total + (step[name] ?? 0), 0)
  const { read, out } = summary
  return { read, out, late: sum('late'), lateWindows: sum('lateWindows'), duplicate: sum('duplicate') }
}

/** The same command with so many rows of a data set in a pipe as its standard input. */
const piped = ({ set, rows }, command) => {
  const script = '"$1" "$2" "$3" "$4" --print | { shift 4; exec "$@"; }'
  return ['sh', '-c', script, 'sh', process.execPath, at('generate.mjs'), set, `${rows}`, ...command]
}

/** The same command with somebody who opens the named pipe `gate`, writes nothing, and leaves. */
const gated = ({ gate, gateSeconds }, command) => [
  ...['sh', '-c', '(sleep "$1" >"$2") 2>/dev/null 3>&2 & shift 2; exec "$@"', 'sh', `${gateSeconds}`, gate],
  ...command,
]

/** What runs a command with the input that `place` says. */
function withInput(place, command) {
  if (place.pipe !== undefined) return piped(place.pipe, command)
  return place.gate === undefined ? command : gated(place, command)
}

/** Seconds that the children of a shell took, of the second line of its `times`: `0m1.23s 0m0.04s`. */
function childSeconds(times) {
  const [user, system] = [...times.split('\n')[1].matchAll(/(\d+)m([\d.]+)s/g)]
  return [user, system].reduce((total, [, minutes, seconds]) => total + 60 * Number(minutes) + Number(seconds), 0)
}

/** Starts a command with these files and waits for its end. */
async function runToEnd([command, ...words], { rows, usage }) {
  const stdout = openSync(rows, 'w')
  const started = performance.now()
  const child = spawn(command, words, {
    stdio: ['ignore', stdout, 'pipe', 'pipe'],
    env: { ...process.env, BENCH_USAGE: usage },
  })
  const told = { 2: '', 3: '' }
  for (const stream of [2, 3]) {
    child.stdio[stream].setEncoding('utf8').on('data', (text) => {
      told[stream] += text
    })
  }
  const [status, wall] = await new Promise((resolve, reject) => {
    child.once('error', reject)
    let wall = 0
    child.once('exit', () => {
      wall = (performance.now() - started) / 1000
    })
    child.once('close', (code, signal) => resolve([signal ?? code, wall]))
  })
  closeSync(stdout)
  return { status, wall, complaint: told[2], times: told[3] }
}

/**
 * Seconds from the start of the process to its end (`wall`), its CPU seconds, user and system (`cpu`), of Node's programs those of the
 * main thread (`main`) and the greatest resident memory in MiB (`rss`), the counts it told and a digest of its rows, which are left in `rows`. `place` names the data file, the folder for
 * what comes out, and may give `other`, the file of the right side of a join, and tidemark another `entry`, `flags` of Node, further `words`, instead of the file a `pipe` (`set`, `rows`), before it a named pipe `gate` for
 * `gateSeconds`. Throws if the program
 * fails or writes to stderr.
 */
export async function measure(program, query, place) {
  const file = (name) => join(place.folder, `${program}.${name}`)
  const [rows, summary, usage] = [file('ndjson'), file('summary.json'), file('usage.json')]
  const answer = program === 'duckdb' ? file('json') : rows
  const command = PROGRAMS[program](query, { ...place, summary, rows: answer })
  const { status, wall, complaint, times } = await runToEnd(withInput(place, command), { rows, usage })
  if (status !== 0 || complaint !== '') {
    throw new Error(`${program} ended with ${status} in ${query.name}\n${complaint}`)
  }
  const cost = times === '' ? JSON.parse(readFileSync(usage, 'utf8')) : { cpu: childSeconds(times), rss: Number.NaN }
  return { wall, ...cost, counts: readCounts(summary), digest: digest(answer), rows: answer }
}
