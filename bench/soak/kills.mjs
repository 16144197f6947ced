// Kills a run of tidemark with SIGKILL after random times and starts it again, until it has come to its end; its files must then be, byte for byte, those of a
// run that was left alone. Over and over, verb by verb, until so many kills were made.
//
//   node bench/soak/kills.mjs [KILLS] [ROWS] [SEED]
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const TIDEMARK = fileURLToPath(new URL('../../bin/tidemark', import.meta.url))
const FILES = ['out.ndjson', 'late.ndjson', 'bad.ndjson', 'more.ndjson']
/** A kill comes at the latest after this share of the time that an undisturbed run takes, so that every run gets some way. */
const LATEST = 1.2

/** In their words IN is the input, DIR the folder of the job; more.ndjson there is compared, too. */
export const VERBS = {
  tumble: ['tumble', '1m', '-b', 'k', '-a', 'count(*) AS n, sum(x) AS total, count(DISTINCT id) AS ids'],
  hop: ['hop', '1m', '--every', '10s', '-b', 'k', '-a', 'count(*) AS n, avg(x) AS mean'],
  dedup: ['dedup', '-b', 'id', '--within', '1m'],
  'dedup last': ['dedup', '-b', 'id', '--within', '1m', '--keep', 'last'],
  aggregate: ['aggregate', '-b', 'k', '-a', 'count(*) AS n, sum(x) AS total', '--emit', 'changes'],
  session: ['session', '25s', '-b', 'k', '-a', 'count(*) AS n, sum(x) AS total, max(id) AS most'],
  join: ['join', '--with', 'IN', '--as', 'other', '--on', 'id', '--between', '-10s,10s', '--kind', 'full'],
  match: [
    ...['match', '-b', 'k', '--pattern', 'A ->> B[within 45s] -> !C within 90s', '--skip', 'no-skip'],
    ...[
      '--define',
      'A: mod(id, 2) = 0',
      '--define',
      'B: mod(id, 3) = 0 AND x > LAST(A.x)',
      '--define',
      'C: mod(id, 7) = 0',
    ],
    ...['--timeout', 'DIR/more.ndjson'],
  ],
  'match groups': [
    ...[
      'match',
      '-b',
      'k',
      '--pattern',
      '(A -> B+?[relaxed]){1,3}[relaxed] -> !C -> D within 80s',
      '--skip',
      'to-next',
    ],
    ...['--define', 'A: mod(id, 2) = 0', '--define', 'B: sum(A.x) < x * 3', '--define', 'C: mod(id, 11) = 0'],
    ...['--define', 'D: x > FIRST(B.x)', '--timeout', 'DIR/more.ndjson'],
  ],
  steps: ['dedup', '-b', 'id', '--within', '1m', 'then', 'tumble', '30s', '-b', 'k', 'then', 'filter', 'count > 1'],
}

/** Rows out of order, some late, some bad, some twice. */
export function inputText(rows) {
  const lines = []
  for (let i = 0; i < rows; i += 1) {
    const ts = 1_714_557_600_000 + i * 20 - (i % 170 === 0 ? 900_000 : (i * 7_919) % 5_000)
    const id = i % 10 === 0 ? i - 7 : i
    lines.push(i % 2_300 === 5 ? `{"ts":${ts},"k":` : `{"ts":${ts},"k":"k${(i * 31) % 977}","id":${id},"x":${i / 4}}`)
  }
  return `${lines.join('\n')}\n`
}

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

const words = (verb, input, folder) => [
  ...['-t', 'ts', '-w', '5s', '-o', join(folder, 'out.ndjson'), '--late', join(folder, 'late.ndjson')],
  ...['--on-error', join(folder, 'bad.ndjson'), '--state', join(folder, 'st'), '--checkpoint-interval', '20ms'],
  ...['-q', ...verb.map((word) => (word === 'IN' ? input : word.replace(/^DIR(?=\/)/, folder))), input],
]

function runOnce(line, ms) {
  const child = spawn(process.execPath, [TIDEMARK, ...line], { stdio: ['ignore', 'ignore', 'pipe'] })
  const timer = ms === null ? undefined : setTimeout(() => child.kill('SIGKILL'), ms)
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  return new Promise((resolve, reject) => {
    child.once('close', (exit, signal) => {
      clearTimeout(timer)
      if (signal === null && exit !== 0) reject(new Error(`exit ${exit}: ${stderr}`))
      else resolve(signal === null)
    })
  })
}

const contents = (folder) =>
  FILES.map((name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : ''))

/** Makes `kills` kills in all; throws at the first difference. `tell` gets a line now and then. */
export async function soak({ kills, rows, seed, tell }) {
  const random = randomNumbers(seed)
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-kills-'))
  try {
    const input = join(folder, 'in.ndjson')
    writeFileSync(input, inputText(rows))
    const expected = new Map()
    let made = 0
    for (let job = 0; made < kills; job += 1) {
      const [name, verb] = Object.entries(VERBS)[job % Object.keys(VERBS).length]
      if (!expected.has(name)) expected.set(name, undisturbed(verb, input, folder))
      const { outcome, took } = expected.get(name)
      const own = mkdtempSync(join(folder, 'job-'))
      const line = words(verb, input, own)
      let starts = 1
      while (!(await runOnce(line, made < kills ? took * LATEST * random() : null))) {
        made += 1
        starts += 1
      }
      contents(own).forEach((text, i) => {
        if (text !== outcome[i])
          throw new Error(`${name}: ${FILES[i]} differs after ${starts} starts (seed ${seed}), see ${own}`)
      })
      tell(`${made} kills; ${name} came to its end after ${starts} starts`)
      rmSync(own, { recursive: true })
    }
    rmSync(folder, { recursive: true })
    return made
  } catch (error) {
    error.message += `; the files are kept in ${folder}`
    throw error
  }
}

function undisturbed(verb, input, folder) {
  const own = mkdtempSync(join(folder, 'whole-'))
  const begin = performance.now()
  const { status, stderr } = spawnSync(process.execPath, [TIDEMARK, ...words(verb, input, own)], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`exit ${status}: ${stderr}`)
  return { outcome: contents(own), took: performance.now() - begin }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [kills = 1_000, rows = 60_000, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number)
  const made = await soak({ kills, rows, seed, tell: (text) => process.stdout.write(`${text}\n`) })
  process.stdout.write(`${made} kills, seed ${seed}: no difference\n`)
}
