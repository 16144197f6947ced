// How fast rows come from Kafka and go there, in rows per second of tidemark's CPU and of the wall, on a broker of its own (Apache Kafka's server,
// one node, this machine). Each answer is checked. The broker shares the machine, so the CPU figure is the one that compares.
//
//   npm run build && node_modules/.bin/tsc && node bench/kafka.mjs [ROWS]           from and to a topic, and between topics
//   …                                          node bench/kafka.mjs [ROWS] streams   a window count beside Kafka Streams (needs a JDK and Maven)
//   …                                          node bench/kafka.mjs [ROWS] epoch     memory over one epoch of so many rows, sent in transactions of 10 s
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Broker, RELEASES } from '../build/test/kafka/broker.js'
import { produce } from '../build/test/kafka/run.js'
import { kafkaJars } from '../scripts/kafka-jars.mjs'

const TIDEMARK = fileURLToPath(new URL('../bin/tidemark', import.meta.url))
const ROWS = Number(process.argv[2] ?? 500_000)
const MODE = process.argv[3] ?? 'topics'
const FIRST = 1_714_557_600_000
const folder = mkdtempSync(join(tmpdir(), 'tidemark-bench-kafka-'))

/** A row of 150 bytes, and a newline. */
function rowText(i) {
  const head = `{"id":${i},"user":"u${(i * 31) % 1000}","ts":${FIRST + i * 10},"pad":"`
  return `${head}${'x'.repeat(148 - head.length)}"}\n`
}

function* texts() {
  for (let i = 0; i < ROWS; i += 10_000) {
    let text = ''
    for (let k = i; k < Math.min(ROWS, i + 10_000); k += 1) text += rowText(k)
    yield text
  }
}

function rowsFile() {
  const path = join(folder, 'rows.ndjson')
  writeFileSync(path, '')
  for (const text of texts()) appendFileSync(path, text)
  return path
}

/** Seconds of CPU and of the wall, by the system's own count, and the lines of standard output. */
function timed(words, program = [process.execPath, TIDEMARK]) {
  const begun = process.hrtime.bigint()
  const { stdout, stderr, status } = spawnSync('/usr/bin/env', ['time', '-f', '%U %S %M', ...program, ...words], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  })
  if (status !== 0) throw new Error(`${program.at(-1)} ${words.join(' ')}: ${stderr}`)
  const [user, system, memory] = stderr.trim().split('\n').at(-1).split(' ').map(Number)
  return {
    cpu: user + system,
    wall: Number(process.hrtime.bigint() - begun) / 1e9,
    memory: Math.round(memory / 1024),
    lines: stdout.split('\n').slice(0, -1),
  }
}

const rate = (seconds) => `${Math.round(ROWS / seconds / 1000)}k`.padStart(6)
const show = (name, { cpu, wall, memory }) =>
  process.stdout.write(`${name.padEnd(52)} ${rate(cpu)} rows/s of CPU ${rate(wall)} rows/s of the wall ${memory} MiB\n`)

/** Throws where `expression` over the rows of the topic is something else, also after a while: the end of a transaction takes its time. */
async function check(topic, wanted, expression = 'count(*)') {
  const words = ['--kafka', broker.address, '--topic', topic, '--until', 'latest', '-q']
  for (let tries = 1; ; tries += 1) {
    const told = execFileSync(TIDEMARK, [...words, 'aggregate', '-a', `${expression} AS n`], { encoding: 'utf8' })
    if (told === `{"n":${wanted}}\n`) return
    if (tries === 10) throw new Error(`${topic} has ${told}, not ${wanted}`)
    await sleep(500)
  }
}

const exactly = (job, topic, ...words) => [
  ...['--state', join(folder, job), '--job', job, '--to-kafka', broker.address, '--to-topic', topic],
  ...['--kafka-key', 'user', ...words],
]
const read = (topic) => ['--kafka', broker.address, '--topic', topic, '--until', 'latest', '-t', 'ts', '--late', 'drop']

async function topics() {
  const rows = rowsFile()
  const least = ['--to-kafka', broker.address, '--to-topic', 'least', '--kafka-key', 'user']
  show('file to Kafka, at least once', timed([...least, 'filter', 'true', rows]))
  const hour = ['--checkpoint-interval', '1h']
  show('file to Kafka, exactly once, one epoch', timed(exactly('bench', 'once', ...hour, 'filter', 'true', rows)))
  show('Kafka to tumble 1m by 1000 users', timed([...read('once'), 'tumble', '1m', '-b', 'user']))
  await check('once', ROWS)
  show('Kafka to Kafka, exactly once', timed([...read('once'), ...exactly('copy', 'copy', 'filter', 'true')]))
  await check('copy', ROWS)
}

/** Each window is told once, when it is final; a row of each partition far behind the others makes all windows final. */
async function streams() {
  const least = ['--to-kafka', broker.address, '--to-topic', 'once', '--kafka-key', 'user']
  timed([...least, 'filter', 'true', rowsFile()])
  const last = (partition) => ({
    key: `last${partition}`,
    partition,
    value: JSON.stringify({ user: `last${partition}`, ts: FIRST + ROWS * 20 }),
  })
  await produce(
    broker,
    'once',
    Array.from({ length: PARTITIONS }, (_, partition) => last(partition)),
  )
  const jars = `${kafkaJars(RELEASES[0], { streams: true })}/*`
  const source = fileURLToPath(new URL('kafka-streams/CountByUser.java', import.meta.url))
  execFileSync('javac', ['-cp', jars, '-d', folder, source])
  const state = [
    '--state',
    join(folder, 'counts'),
    '--job',
    'counts',
    '--to-kafka',
    broker.address,
    '--to-topic',
    'counts',
  ]
  const ours = [
    ...read('once'),
    ...state,
    '--kafka-key',
    'user',
    'tumble',
    '1m',
    '-b',
    'user',
    'then',
    'filter',
    "user NOT LIKE 'last%'",
  ]
  show('Kafka to windows to Kafka, tidemark, exactly once', timed(ours))
  await check('counts', ROWS, 'sum(count)')
  for (const [guarantee, store] of STREAMS) {
    const to = `${guarantee}-${store}`
    await broker.createTopic(to, PARTITIONS)
    const words = [broker.address, 'once', to, String(ROWS + PARTITIONS), join(folder, to), guarantee, store]
    const told = timed(['CountByUser', ...words], ['java', '-Xmx1g', '-cp', `${folder}:${jars}`])
    show(`Kafka Streams, ${guarantee}, ${store}`, told)
    const seconds = Number(told.lines[0])
    process.stdout.write(`  from its first row to its last ${rate(seconds)} rows/s of the wall\n`)
    await check(to, ROWS, 'sum(count)')
  }
}

/** Rows come by a pipe; the interval of checkpoints is longer than the run. */
async function epoch() {
  const words = exactly(
    'epoch',
    'once',
    '--checkpoint-interval',
    '10m',
    '--transaction-timeout',
    '10s',
    'filter',
    'true',
  )
  const child = spawn(process.execPath, [TIDEMARK, ...words], { stdio: ['pipe', 'ignore', 'inherit'] })
  const ended = new Promise((resolve) => child.once('close', resolve))
  const begun = performance.now()
  let state = 'making'
  let most = 0
  const tell = () => {
    const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))
    if (resident === null) return
    most = Math.max(most, Number(resident[1]))
    const seconds = ((performance.now() - begun) / 1000).toFixed(0).padStart(4)
    process.stdout.write(`${seconds} s, ${state}: ${Math.round(resident[1] / 1024)} MiB\n`)
  }
  const timer = setInterval(tell, 2000)
  for (const text of texts()) if (!child.stdin.write(text)) await once(child.stdin, 'drain')
  child.stdin.end()
  state = 'sending'
  const exit = await ended
  clearInterval(timer)
  if (exit !== 0) throw new Error(`exit ${exit}`)
  await check('once', ROWS)
  const seconds = (performance.now() - begun) / 1000
  process.stdout.write(
    `${ROWS} rows in one epoch: ${seconds.toFixed(0)} s, at the most ${Math.round(most / 1024)} MiB\n`,
  )
}

const PARTITIONS = 4
const STREAMS = [
  ['at_least_once', 'InMemory'],
  ['at_least_once', 'RocksDB'],
  ['exactly_once_v2', 'RocksDB'],
]
const broker = await Broker.start()
try {
  for (const topic of ['once', 'least', 'copy', 'counts']) await broker.createTopic(topic, PARTITIONS)
  await { topics, streams, epoch }[MODE]()
} finally {
  await broker.remove()
  rmSync(folder, { recursive: true, force: true })
}
