// How fast rows come from Kafka and go there, in rows per second of tidemark's CPU and of the wall, on a broker of its own (Apache Kafka's server,
// one node, this machine). Each answer is checked. The broker shares the machine, so the CPU figure is the one that compares.
//
//   npm run build && node_modules/.bin/tsc && node bench/kafka.mjs [ROWS]
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Broker } from '../build/test/kafka/broker.js'

const TIDEMARK = fileURLToPath(new URL('../bin/tidemark', import.meta.url))
const ROWS = Number(process.argv[2] ?? 500_000)
const folder = mkdtempSync(join(tmpdir(), 'tidemark-bench-kafka-'))

/** Rows of 150 bytes. */
function rowsFile() {
  const path = join(folder, 'rows.ndjson')
  const lines = []
  for (let i = 0; i < ROWS; i += 1) {
    const head = `{"id":${i},"user":"u${(i * 31) % 1000}","ts":${1_714_557_600_000 + i * 10},"pad":"`
    lines.push(`${head}${'x'.repeat(148 - head.length)}"}`)
  }
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

/** Seconds of CPU and of the wall, by the system's own count, and the lines of standard output. */
function timed(words) {
  const begun = process.hrtime.bigint()
  const { stdout, stderr, status } = spawnSync(
    '/usr/bin/env',
    ['time', '-f', '%U %S %M', process.execPath, TIDEMARK, ...words],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    },
  )
  if (status !== 0) throw new Error(`tidemark ${words.join(' ')}: ${stderr}`)
  const [user, system, memory] = stderr.trim().split('\n').at(-1).split(' ').map(Number)
  return {
    cpu: user + system,
    wall: Number(process.hrtime.bigint() - begun) / 1e9,
    memory: Math.round(memory / 1024),
    lines: stdout.split('\n').length - 1,
  }
}

const rate = (seconds) => `${Math.round(ROWS / seconds / 1000)}k`.padStart(6)
const show = (name, { cpu, wall, memory }) =>
  process.stdout.write(`${name.padEnd(52)} ${rate(cpu)} rows/s of CPU ${rate(wall)} rows/s of the wall ${memory} MiB\n`)

const broker = await Broker.start()
try {
  const rows = rowsFile()
  const at = broker.address
  for (const topic of ['once', 'least', 'copy']) await broker.createTopic(topic, 4)
  const state = ['--state', join(folder, 'st')]
  show(
    'file to Kafka, at least once',
    timed(['--to-kafka', at, '--to-topic', 'least', '--kafka-key', 'user', 'filter', 'true', rows]),
  )
  show(
    'file to Kafka, exactly once, one epoch',
    timed([
      ...state,
      '--checkpoint-interval',
      '1h',
      '--job',
      'bench',
      '--to-kafka',
      at,
      '--to-topic',
      'once',
      '--kafka-key',
      'user',
      'filter',
      'true',
      rows,
    ]),
  )
  const kafka = ['--kafka', at, '--topic', 'once', '--until', 'latest', '-t', 'ts', '--late', 'drop']
  const tumbled = timed([...kafka, 'tumble', '1m', '-b', 'user'])
  show('Kafka to tumble 1m by 1000 users', tumbled)
  const counted = execFileSync(TIDEMARK, [...kafka, 'aggregate', '-a', 'count(*) AS n'], { encoding: 'utf8' })
  if (counted !== `{"n":${ROWS}}\n`) throw new Error(`the topic has ${counted}, not ${ROWS}`)
  show(
    'Kafka to Kafka, exactly once',
    timed([
      ...kafka,
      '--state',
      join(folder, 'copy'),
      '--job',
      'copy',
      '--to-kafka',
      at,
      '--to-topic',
      'copy',
      'filter',
      'true',
    ]),
  )
} finally {
  await broker.remove()
  rmSync(folder, { recursive: true, force: true })
}
