// The programs that tidemark is measured against besides naive.mjs: what each is started with for a query, and whether it is there.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('.', import.meta.url))

/** `text` as a string of SQL. */
const quoted = (text) => `'${text.replaceAll("'", "''")}'`

const COLUMNS = {
  event_id: 'VARCHAR',
  ts: 'BIGINT',
  user_id: 'VARCHAR',
  session_id: 'VARCHAR',
  event_type: 'VARCHAR',
  amount: 'DOUBLE',
  plan: 'VARCHAR',
  ok: 'BOOLEAN',
}

function readJson(data, names) {
  const columns = names.map((name) => `${name}: '${COLUMNS[name]}'`).join(', ')
  return `read_json(${quoted(data)}, format = 'newline_delimited', columns = {${columns}})`
}

/** Windows as a batch query has them: all rows, none late. Their bounds are ms since 1970: the least that DuckDB can be asked to write. */
function windowSql({ by, size, slide }, data) {
  const rows = readJson(data, ['ts', by, 'amount'])
  const results = `${by}, count(*) AS n, sum(amount) AS total`
  const last = `ts // ${slide} * ${slide}`
  if (slide === size) {
    return `SELECT ${last} AS window_start, window_start + ${size} AS window_end, ${results} FROM ${rows} GROUP BY ALL`
  }
  const starts = `unnest(range(${last} - ${size - slide}, ${last} + 1, ${slide})) AS window_start`
  return `SELECT window_start, window_start + ${size} AS window_end, ${results}
    FROM (SELECT ${starts}, ${by}, amount FROM ${rows}) GROUP BY ALL`
}

const FILTER_SQL = "WHERE event_type = 'purchase' AND amount > 500"

/** DuckDB's program for a query (see `plain` in queries.mjs) over the file `data`, its rows into the file `rows`. */
export function duckdbQuery(plain, data, rows) {
  const select =
    plain.kind === 'filter'
      ? `SELECT * FROM ${readJson(data, Object.keys(COLUMNS))} ${FILTER_SQL}`
      : windowSql(plain, data)
  return `COPY (${select}) TO ${quoted(rows)} (FORMAT json)`
}

/** jq's words for a query; rows go to standard output. */
export function jqWords({ kind, by, size }) {
  if (kind === 'filter') return ['-c', 'select(.event_type == "purchase" and .amount > 500)']
  return [
    '-n',
    '-c',
    `reduce inputs as $row ({};
      "\\($row.ts / ${size} | floor) \\($row.${by})" as $key | .[$key] as $group
      | .[$key] = [$group[0] + 1, $group[1] + $row.amount])
    | to_entries[] | (.key / " ") as $key | ($key[0] | tonumber * ${size}) as $start
    | {window_start: $start, window_end: ($start + ${size}), ${by}: $key[1], n: .value[0], total: .value[1]}`,
  ]
}

/** Miller's words for a query; rows go to standard output. */
export function millerWords({ kind, by, size }) {
  const format = ['--ijsonl', '--ojsonl']
  if (kind === 'filter') return [...format, 'filter', '$event_type == "purchase" && $amount > 500']
  const verbs = [
    ['put', `$window_start = $ts // ${size} * ${size}`],
    ['stats1', '-a', 'count,sum', '-f', 'amount', '-g', `window_start,${by}`],
    ['put', `$window_end = $window_start + ${size}`],
    ['rename', 'amount_count,n,amount_sum,total'],
    ['reorder', '-e', '-f', `window_start,window_end,${by},n,total`],
  ]
  return [...format, ...verbs.flatMap((words, i) => (i === 0 ? words : ['then', ...words]))]
}

/** The version that a command tells, or null where it is not installed. */
function toldVersion(command) {
  try {
    return execFileSync(command, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return null
  }
}

function installedDuckdb() {
  try {
    return JSON.parse(readFileSync(join(folder, 'node_modules/@duckdb/node-api/package.json'), 'utf8')).version
  } catch {
    return null
  }
}

/** Installs what bench/package.json names, unless it is there. */
function findDuckdb() {
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const version = dependencies['@duckdb/node-api']
  const found = { name: `DuckDB ${version}`, missing: null }
  if (installedDuckdb() === version) return found
  try {
    // not `npm ci`: no lock file names the builds for all platforms where some cannot be had
    const words = ['install', '--no-package-lock', '--no-audit', '--no-fund']
    execFileSync('npm', words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] })
  } catch (error) {
    const said = (error.stderr ?? error.message).trim().split('\n')
    return { ...found, missing: `npm install in bench/ did not install it: ${said.slice(0, 3).join('; ')}` }
  }
  return found
}

const findCommand = (command, title) => {
  const told = toldVersion(command)
  const missing = told === null ? `there is no command ${command}` : null
  return { name: told === null ? title : `${title} ${told.replace(/^\D+/, '')}`, missing }
}

/** For each peer its name with its version, or why it cannot run here (`missing`). */
export const PEERS = {
  duckdb: findDuckdb,
  jq: () => findCommand('jq', 'jq'),
  mlr: () => findCommand('mlr', 'Miller'),
}
