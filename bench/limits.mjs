// What has a limit and no peer: memory, and start-up.
import { checkpointLimits } from './checkpoint-limits.mjs'
import { dataFile } from './generate.mjs'
import { measure } from './measure.mjs'
import { QUERIES } from './queries.mjs'
import { measureStartup } from './startup.mjs'

const MEMORY_OF_10K_KEYS = 90
const MEMORY_OF_1M_KEYS = 250
const LIVE_KEYS = 1_000_000
const STARTS = 15

const whole = (value) => value.toLocaleString('en')
const judge = (value, most) => (value <= most ? 'reached' : 'missed')

/** Resident memory does not go by the length of the input: five times as many rows, through a pipe. */
async function memoryByLength(rows, folder) {
  const query = QUERIES.find(({ name }) => name === 'tumble-10k')
  const rss = []
  for (const length of [rows, 5 * rows]) {
    rss.push((await measure('tidemark', query, { folder, pipe: { set: query.set, rows: length } })).rss)
  }
  return (
    `RSS at 10,000 keys (tumble-10k through a pipe): ${rss[0].toFixed(0)} MB for ${whole(rows)} rows,` +
    ` ${rss[1].toFixed(0)} MB for ${whole(5 * rows)}; at most ${MEMORY_OF_10K_KEYS}: ${judge(Math.max(...rss), MEMORY_OF_10K_KEYS)}`
  )
}

/** One window that holds all keys, four aggregates each. */
async function memoryByKeys(folder) {
  const aggregates = 'count(*) AS n, sum(amount) AS total, min(amount) AS least, max(amount) AS most'
  const words = ['--time', 'ts', '--late', 'drop', 'tumble', '7d', '--by', 'session_id', '--agg', aggregates]
  const query = { name: 'live keys', tidemark: words }
  const { rss, counts } = await measure('tidemark', query, { folder, data: dataFile('keys', LIVE_KEYS) })
  if (counts.out !== LIVE_KEYS) throw new Error(`${whole(counts.out)} keys were alive, not ${whole(LIVE_KEYS)}`)
  return (
    `RSS at ${whole(LIVE_KEYS)} live keys with 4 aggregates: ${rss.toFixed(0)} MB;` +
    ` at most ${MEMORY_OF_1M_KEYS}: ${judge(rss, MEMORY_OF_1M_KEYS)}`
  )
}

/** Each start beside a bare `node -e 0`. */
function* startups() {
  const [bare, ...commands] = measureStartup(STARTS)
  for (const { name, most, wall, cpu } of commands) {
    const beyond = wall - bare.wall
    yield `start, ${name}: ${beyond.toFixed(1)} ms more than bare node's ${bare.wall.toFixed(1)} (CPU ${(cpu - bare.cpu).toFixed(1)} ms more); at most ${most}: ${judge(beyond, most)}`
  }
}

/** A line for each limit, as soon as it is known. */
export async function* limits(rows, folder) {
  yield await memoryByLength(rows, folder)
  yield await memoryByKeys(folder)
  yield* startups()
  yield* checkpointLimits(rows)
}
