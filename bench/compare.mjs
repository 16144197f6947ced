// One query: every program in turn, so often as was asked for, each answer checked.
import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { firstDifference, rowSet } from './answers.mjs'
import { dataFile, inputs } from './generate.mjs'
import { measure } from './measure.mjs'

/** jq and Miller take seconds for what others do in a blink: they get the beginning of the data, and their cost is told for a row. */
const FEW_ROWS = 100_000
const SLOW = ['jq', 'mlr']
/** The largest stall is the median of at most so many runs. */
const STALL_RUNS = 3
/** Loading is over and the loop is watched after so many ms; rows come a little later. */
const WATCHED_AFTER = '700'
const GATE_SECONDS = 1

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Throws unless two runs gave the same bytes and the same counts. */
function checkSame(query, expected, found) {
  const names = `${expected.title} and ${found.title}`
  if (expected.digest !== found.digest) {
    throw new Error(`${query.name}: ${names} gave not the same rows, ${firstDifference(expected.rows, found.rows)}`)
  }
  if (!isDeepStrictEqual(expected.counts, found.counts)) {
    const told = [expected, found].map(({ counts }) => `  ${JSON.stringify(counts)}`).join('\n')
    throw new Error(`${query.name}: ${names} gave not the same counts\n${told}`)
  }
}

/** Checks batch programs: the same rows as naive.mjs without late rows, in any order. What has the bytes of a checked answer is not read again. */
class BatchAnswers {
  #expected = new Map()
  #checked = new Set()

  constructor(query, folder) {
    this.query = query
    this.folder = folder
  }

  async check(program, data, { digest, rows }) {
    const key = `${program} ${data} ${digest}`
    if (this.#checked.has(key)) return
    if (!this.#expected.has(data)) {
      const batch = await measure('batch', this.query, { data, folder: this.folder })
      this.#expected.set(data, { set: rowSet(batch.rows), rows: batch.rows })
    }
    const expected = this.#expected.get(data)
    const found = rowSet(rows)
    if (found !== expected.set) {
      throw new Error(
        `${this.query.name}: ${program} gave ${found} in ${rows}, naive.mjs ${expected.set} in ${expected.rows}`,
      )
    }
    this.#checked.add(key)
  }
}

/**
 * Of the event loop, ms, from the first row on: the first operand is a pipe without rows that is held open until the program has been loaded and
 * is watched.
 */
async function measureStall(query, place) {
  const out = join(place.folder, 'stall.json')
  const gate = join(place.folder, 'gate')
  const hook = pathToFileURL(join(import.meta.dirname, 'stall.mjs'))
  hook.search = new URLSearchParams({ out, after: WATCHED_AFTER }).toString()
  execFileSync('mkfifo', [gate])
  try {
    await measure('tidemark', query, { ...place, gate, gateSeconds: GATE_SECONDS, flags: ['--import', hook.href] })
  } finally {
    // who waits for a reader of the pipe waits no longer
    closeSync(openSync(gate, constants.O_RDONLY | constants.O_NONBLOCK))
    rmSync(gate)
  }
  return JSON.parse(readFileSync(out, 'utf8')).stall
}

const mediansOf = (runs) =>
  Object.fromEntries(['cpu', 'wall', 'rss'].map((name) => [name, median(runs.map((run) => run[name]))]))

/**
 * Runs a query with tidemark and `peers`, one after the other, `runs` times over. The answer of naive.mjs is asked for even if it is not among the peers. Returns
 * for each program the medians of its cost and for how many rows, the counts, and with `limits` the largest stall (ms) of tidemark's event loop.
 */
export async function compareQuery(query, { rows, runs, peers, limits, folder }) {
  const place = { ...inputs(query, rows), folder }
  const { data } = place
  const fewRows = Math.min(rows, FEW_ROWS)
  const batch = new BatchAnswers(query, folder)
  const expected = { ...(await measure('naive', query, place)), title: 'naive.mjs' }
  const reference = await measure('tidemark', query, { ...place, words: ['--scanner', 'reference'] })
  checkSame(query, expected, { ...reference, title: 'tidemark --scanner reference' })
  const programs = ['naive', 'tidemark', ...query.peers].filter((name) => name === 'tidemark' || peers.includes(name))
  const costs = Object.fromEntries(programs.map((name) => [name, []]))
  for (let run = 0; run < runs; run += 1) {
    for (const program of programs) {
      const input = SLOW.includes(program) ? dataFile(query.set, fewRows) : data
      const found = await measure(program, query, { ...place, data: input })
      if (query.peers.includes(program)) await batch.check(program, input, found)
      else checkSame(query, expected, { ...found, title: program })
      costs[program].push(found)
    }
  }
  const stalls = []
  for (let run = 0; limits && run < Math.min(runs, STALL_RUNS); run += 1) stalls.push(await measureStall(query, place))
  const cost = (name) => ({ ...mediansOf(costs[name]), rows: SLOW.includes(name) ? fewRows : rows })
  return {
    query: query.name,
    set: query.set,
    bytes: statSync(data).size + (place.other ? statSync(place.other).size : 0),
    counts: expected.counts,
    stall: limits ? median(stalls) : null,
    target: query.target,
    programs: Object.fromEntries(programs.map((name) => [name, cost(name)])),
  }
}
