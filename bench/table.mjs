// The table of the benchmarks: Markdown that is aligned, so that it reads as well on a terminal.

const whole = (value) => value.toLocaleString('en')
const seconds = (value) => value.toFixed(2)
const megabytes = (value) => value.toFixed(0)

/** How many times more CPU time for a row, or wall time, a peer takes than tidemark. */
function ratio({ programs }, peer, what) {
  const theirs = programs[peer]
  if (theirs === undefined) return null
  return theirs[what] / theirs.rows / (programs.tidemark[what] / programs.tidemark.rows)
}

const times = (value) => (value === null ? '' : value.toFixed(1))

/** The ratio to reach and whether it was: judged as it is printed. */
function goal(value, target) {
  if (target === undefined) return ''
  if (value === null) return `${target}`
  return `${target} ${Number(value.toFixed(1)) >= target ? 'reached' : 'missed'}`
}

const cost = (program, title) => [
  [`${title} CPU s`, 0, ({ programs }) => (programs[program] ? seconds(programs[program].cpu) : '')],
  ['wall s', 6, ({ programs }) => (programs[program] ? seconds(programs[program].wall) : '')],
  ['RSS MB', 6, ({ programs }) => (programs[program] ? megabytes(programs[program].rss) : '')],
]

/** Title, least width and content of each column. */
const COLUMNS = [
  ['query', 15, ({ query }) => query],
  ['rows out', 9, ({ counts }) => whole(counts.out)],
  ...cost('tidemark', 'tidemark'),
  ['stall ms', 0, ({ stall }) => stall?.toFixed(0) ?? ''],
  ...cost('naive', 'naive'),
  ...cost('duckdb', 'DuckDB'),
  ['CPU x naive', 0, (result) => times(ratio(result, 'naive', 'cpu'))],
  ['to reach', 11, (result) => goal(ratio(result, 'naive', 'cpu'), result.target.naive)],
  ['wall x DuckDB', 0, (result) => times(ratio(result, 'duckdb', 'wall'))],
  ['to reach', 11, (result) => goal(ratio(result, 'duckdb', 'wall'), result.target.duckdb)],
  ['CPU x jq', 0, (result) => times(ratio(result, 'jq', 'cpu'))],
  ['CPU x Miller', 0, (result) => times(ratio(result, 'mlr', 'cpu'))],
]

const line = (cells) => `| ${cells.join(' | ')} |`
const width = ([title, least]) => Math.max(title.length, least)
const aligned = (column, i, text) => (i === 0 ? text.padEnd(width(column)) : text.padStart(width(column)))

export const head = () => [
  line(COLUMNS.map((column, i) => aligned(column, i, column[0]))),
  line(COLUMNS.map((column, i) => (i === 0 ? '-'.repeat(width(column)) : `${'-'.repeat(width(column) - 1)}:`))),
]

/** The line of what `compareQuery` found. */
export const row = (result) => line(COLUMNS.map((column, i) => aligned(column, i, column[2](result))))
