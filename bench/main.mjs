// npm run bench [-- --rows N] [--runs N] [--only QUERY]... [--peers LIST] [--no-limits] [--save]: tidemark, a JSON.parse program, DuckDB, jq and Miller over
// the same rows, one table. README.md beside this file says what is measured and how.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readArguments } from './arguments.mjs'
import { compareQuery } from './compare.mjs'
import { FOLDER } from './generate.mjs'
import { limits } from './limits.mjs'
import { PEERS } from './peers.mjs'
import { head, row } from './table.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

function commit() {
  const git = (...words) =>
    execFileSync('git', words, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    return `${git('rev-parse', '--short', 'HEAD').trim()}${git('status', '--porcelain', 'src') === '' ? '' : ' and changes'}`
  } catch {
    return 'no commit'
  }
}

/** Those peers that can run here, and a line for each that cannot. */
function findPeers(wanted) {
  const found = Object.keys(PEERS)
    .filter((name) => wanted.includes(name))
    .map((id) => ({ id, ...PEERS[id]() }))
  return {
    peers: wanted.filter((name) => !found.some(({ id, missing }) => id === name && missing !== null)),
    names: found.filter(({ missing }) => missing === null).map(({ name }) => name),
    absent: found.filter(({ missing }) => missing !== null).map(({ name, missing }) => `no ${name}: ${missing}`),
  }
}

function describeRun({ rows, runs }, { names, absent }) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return [
    `tidemark ${version} (${commit()}), ${[`Node ${process.version}`, ...names].join(', ')}`,
    `${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}, load ${loadavg()[0].toFixed(2)}`,
    `${rows.toLocaleString('en')} rows; medians of ${runs} interleaved runs; every answer checked`,
    ...absent,
    '',
  ]
}

async function run(wanted, folder, print) {
  const found = findPeers(wanted.peers)
  for (const line of [...describeRun(wanted, found), ...head()]) print(line)
  const results = []
  for (const query of wanted.queries) {
    results.push(await compareQuery(query, { ...wanted, peers: found.peers, folder }))
    print(row(results.at(-1)))
  }
  const told = []
  if (wanted.limits) {
    print('')
    for await (const line of limits(wanted.rows, folder)) {
      told.push(line)
      print(`- ${line}`)
    }
  }
  return { results, limits: told }
}

/** Leaves what was printed, and the figures as JSON, under bench/results. */
function save(lines, figures) {
  const date = new Date().toISOString().slice(0, 10)
  const file = join(root, 'bench/results', date)
  mkdirSync(join(root, 'bench/results'), { recursive: true })
  const blocks = lines.map((line) => (/^[|-]|^$/.test(line) ? line : `${line}  `))
  writeFileSync(`${file}.md`, `# ${date}\n\n${blocks.join('\n')}\n`)
  writeFileSync(`${file}.json`, `${JSON.stringify({ head: lines.slice(0, lines.indexOf('')), ...figures }, null, 2)}\n`)
  process.stdout.write(`\nsaved in ${file}.md and .json\n`)
}

function refuse(error) {
  process.stderr.write(`bench: ${error.message}\n`)
  process.exit(2)
}

let wanted
try {
  wanted = readArguments(process.argv.slice(2))
} catch (error) {
  refuse(error)
}
mkdirSync(FOLDER, { recursive: true })
const folder = mkdtempSync(join(FOLDER, 'run-'))
for (const [signal, status] of Object.entries({ SIGINT: 130, SIGTERM: 143 })) {
  process.once(signal, () => {
    rmSync(folder, { recursive: true, force: true })
    process.exit(status)
  })
}
try {
  const lines = []
  const figures = await run(wanted, folder, (line) => {
    lines.push(line)
    process.stdout.write(`${line}\n`)
  })
  if (wanted.save) save(lines, figures)
} catch (error) {
  process.stderr.write(`bench: ${error.message}\n`)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true })
}
