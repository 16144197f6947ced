// npm run profile [-- --rows N] [--only QUERY]... [--top N] [--save]: where the CPU time of a row goes, for each query of the benchmark. README.md beside this
// file says how the figures are made; --save puts them there. Needs a build and `tsc`.
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { median } from './compare.mjs'
import { FOLDER, inputs } from './generate.mjs'
import { kernelNames } from './kernel-names.mjs'
import { measure } from './measure.mjs'
import { hottest, PHASES, phaseTimes } from './phases.mjs'
import { QUERIES } from './queries.mjs'

/** What is told is the median of so many runs without the profiler. */
const RUNS = 3
const SAMPLE_MICROSECONDS = 200
const README = join(import.meta.dirname, 'README.md')
const BLOCK = /(<!-- profile -->\n)[\s\S]*(<!-- \/profile -->)/

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '2000000' },
    only: { type: 'string', multiple: true, default: [] },
    top: { type: 'string', default: '0' },
    save: { type: 'boolean', default: false },
  },
})
const rows = Number(values.rows)

/** CPU seconds of all threads and of the main one, medians. */
async function cost(query, place) {
  const runs = []
  for (let run = 0; run < RUNS; run += 1) runs.push(await measure('tidemark', query, place))
  return { cpu: median(runs.map(({ cpu }) => cpu)), main: median(runs.map(({ main }) => main)) }
}

/** The profile of a run of the compiled modules, not of the bundle: there every function stands in the file of its source. */
async function profileOf(query, place) {
  const folder = mkdtempSync(join(place.folder, 'profile-'))
  const flags = ['--cpu-prof', '--cpu-prof-dir', folder, '--cpu-prof-interval', `${SAMPLE_MICROSECONDS}`]
  await measure('tidemark', query, { ...place, entry: 'unbundled.mjs', flags })
  const profile = JSON.parse(readFileSync(join(folder, readdirSync(folder)[0]), 'utf8'))
  rmSync(folder, { recursive: true })
  return profile
}

/** ns a row in each phase. Samples say how the main thread's time is shared; how much it is, is measured without the profiler. */
async function profileQuery(query, { folder, kernel }) {
  const files = inputs(query, rows)
  const empty = join(folder, 'empty.ndjson')
  writeFileSync(empty, '')
  const startUp = await cost(query, {
    folder,
    data: empty,
    ...(files.other && { other: firstRowOf(files.other, folder) }),
  })
  const whole = await cost(query, { folder, ...files })
  const profile = await profileOf(query, { folder, ...files })
  const times = phaseTimes(profile, kernel)
  const sampled = Object.values(times).reduce((sum, time) => sum + time, 0)
  const perRow = (seconds) => (seconds * 1e9) / rows
  const main = perRow(whole.main - startUp.main)
  return {
    phases: PHASES.map((name) => (times[name] / sampled) * main),
    threads: perRow(whole.cpu - whole.main - (startUp.cpu - startUp.main)),
    startUp: perRow(startUp.cpu),
    all: perRow(whole.cpu),
    hottest: hottest(profile, kernel, Number(values.top)).map(([time, ...rest]) => [(time / sampled) * main, ...rest]),
  }
}

/** A file with the first row of the file: a table without rows would be warned of. */
function firstRowOf(file, folder) {
  const one = join(folder, 'one.ndjson')
  const beginning = Buffer.alloc(64 * 1024)
  const descriptor = openSync(file)
  readSync(descriptor, beginning)
  closeSync(descriptor)
  writeFileSync(one, beginning.subarray(0, beginning.indexOf('\n') + 1))
  return one
}

const TITLES = ['query', ...PHASES, 'other threads', 'start-up', 'all']
const line = (cells) =>
  `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(15) : cell.padStart(TITLES[i].length))).join(' | ')} |`

mkdirSync(FOLDER, { recursive: true })
const folder = mkdtempSync(join(FOLDER, 'run-'))
try {
  const kernel = await kernelNames()
  const lines = []
  const print = (text) => {
    lines.push(text)
    process.stdout.write(`${text}\n`)
  }
  print(
    `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${rows.toLocaleString('en')} rows, ns of CPU time a row:`,
  )
  print('')
  print(line(TITLES))
  print(line(TITLES.map((title, i) => (i === 0 ? '-'.repeat(15) : `${'-'.repeat(title.length - 1)}:`))))
  for (const query of QUERIES.filter(({ name }) => values.only.length === 0 || values.only.includes(name))) {
    const { phases, threads, startUp, all, hottest } = await profileQuery(query, { folder, kernel })
    print(line([query.name, ...[...phases, threads, startUp, all].map((value) => value.toFixed(0))]))
    for (const [time, ...rest] of hottest)
      process.stdout.write(`    ${time.toFixed(1).padStart(6)}  ${rest.join('  ')}\n`)
  }
  if (values.save) writeFileSync(README, readFileSync(README, 'utf8').replace(BLOCK, `$1${lines.join('\n')}\n$2`))
} catch (error) {
  process.stderr.write(`profile: ${error.message}\n`)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true })
}
