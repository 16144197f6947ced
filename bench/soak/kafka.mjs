// Kills tidemark, or the broker, or both, at random moments of a job from Kafka to Kafka, and starts them again, until so many kills were made. What
// consumers with read_committed see of each key must then be what a run that was left alone gives.
//
//   npm run build && node_modules/.bin/tsc && node bench/soak/kafka.mjs [KILLS] [ROWS] [SEED]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Broker } from '../../build/test/kafka/broker.js'
import { consume, produce, start } from '../../build/test/kafka/run.js'

const [KILLS, ROWS, SEED] = [100, 20_000, 1].map((value, i) => Number(process.argv[2 + i] ?? value))
/** One kill in so many is the broker's. */
const BROKER_EVERY = 5
const folder = mkdtempSync(join(tmpdir(), 'tidemark-soak-kafka-'))
const UNREACHABLE = 12

let state = SEED
const random = () => {
  state = (state * 1_103_515_245 + 12_345) % 2 ** 31
  return state / 2 ** 31
}

const rows = Array.from({ length: ROWS }, (_, n) => ({
  key: `u${n % 16}`,
  value: JSON.stringify({ id: n % 9 === 0 ? n - 2 : n, user: `u${n % 16}`, ts: 1_714_557_600_000 + n * 50 }),
}))

const job = (broker, out) => [
  ...['--kafka', broker.address, '--topic', 'in', '--until', 'latest', '-t', 'ts', '--checkpoint-interval', '50ms'],
  ...[
    '--to-kafka',
    broker.address,
    '--to-topic',
    out,
    '--kafka-key',
    'user',
    '--job',
    out,
    '--state',
    join(folder, out),
  ],
  ...['--transaction-timeout', '10s', 'dedup', '--by', 'id', '--within', '1m', 'then', 'tumble', '2s', '--by', 'user'],
]

async function perKey(broker, topic) {
  const seen = {}
  for (const { key, value } of await consume(broker, topic)) (seen[key] ??= []).push(value)
  return JSON.stringify(Object.entries(seen).sort())
}

const broker = await Broker.start()
let kills = 0
let exit = 0
try {
  await broker.createTopic('in', 3)
  await produce(broker, 'in', rows)
  await broker.createTopic('calm', 2)
  const begun = performance.now()
  await start(job(broker, 'calm')).ended
  const long = performance.now() - begun
  const wanted = await perKey(broker, 'calm')
  for (let round = 0; kills < KILLS && exit === 0; round += 1) {
    const out = `out-${round}`
    await broker.createTopic(out, 2)
    for (let attempt = 0; ; attempt += 1) {
      const running = start(job(broker, out))
      const isLast = attempt > 20
      let killing
      const kill = async () => {
        kills += 1
        const isBroker = kills % BROKER_EVERY === 0
        if (isBroker) await broker.kill()
        if (!isBroker || random() < 0.5) running.child.kill('SIGKILL')
        if (isBroker) await broker.restart()
      }
      const timer = setTimeout(
        () => {
          killing = kill()
        },
        random() * long * 1.2,
      )
      if (isLast) clearTimeout(timer)
      const ended = await running.ended
      clearTimeout(timer)
      await killing
      if (ended.exit === 0) break
      if (ended.exit !== null && ended.exit !== UNREACHABLE) throw new Error(ended.stderr)
    }
    const isRight = (await perKey(broker, out)) === wanted
    process.stdout.write(`round ${round}: ${kills} kills, ${isRight ? 'as undisturbed' : 'NOT as undisturbed'}\n`)
    if (!isRight) exit = 1
  }
} finally {
  await broker.remove()
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = exit
