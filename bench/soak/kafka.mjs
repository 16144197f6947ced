// Kills tidemark, or the broker, or both, at random and at named moments (test/kafka/points.ts) of jobs from Kafka to Kafka, and starts them again, until so
// many kills were made. What consumers with read_committed see of each key must then be what a run that was left alone gives.
//
//   npm run build && node_modules/.bin/tsc && node bench/soak/kafka.mjs [KILLS] [SEED]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { Broker } from '../../build/test/kafka/broker.js'
import { bundleKafkaChild, fillInput, JOB_KINDS, KafkaJob, rowsOf } from '../../build/test/kafka/kafka-job.js'
import { POINTS } from '../../build/test/kafka/points.js'

const [KILLS, SEED] = [300, 1].map((value, i) => Number(process.argv[2 + i] ?? value))
const ROWS = 15_000
/** Rows of a start, at the most. */
const MOST = 500
/** One kill in so many is the broker's. */
const BROKER_EVERY = 8
const UNREACHABLE = 12
const folder = mkdtempSync(join(tmpdir(), 'tidemark-soak-kafka-'))

/** Uniform in [0, 1). The generator "mulberry32". */
let state = SEED
const random = () => {
  state = (state + 0x6d2b79f5) | 0
  let mixed = Math.imul(state ^ (state >>> 15), state | 1)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
}
const pick = (list) => list[Math.floor(random() * list.length)]

const made = {
  'at a named moment': 0,
  'at a random moment': 0,
  'of the broker at a named moment': 0,
  'of the broker': 0,
}
const kills = () => Object.values(made).reduce((sum, count) => sum + count, 0)

/** One start of a job that is to be disturbed. */
async function disturb(broker, job, { rows, took }) {
  const isBroker = kills() % BROKER_EVERY === BROKER_EVERY - 1
  const point = pick(POINTS)
  const isNamed = random() < 0.6
  const restart = async () => {
    made[isNamed ? 'of the broker at a named moment' : 'of the broker'] += 1
    await broker.kill()
    await broker.restart()
  }
  if (isNamed) {
    const plan = `${isBroker ? 'hold' : 'kill'} 1 ${point}`
    const ended = await job.start({ plan, rows, held: restart }).ended
    if (ended.exit === null) made['at a named moment'] += 1
    return ended
  }
  const { child, ended } = job.start({ rows })
  const isOver = ended.then(() => true)
  if ((await Promise.race([isOver, sleep(random() * took)])) !== true) {
    if (isBroker) await restart()
    if ((!isBroker || random() < 0.5) && child.kill('SIGKILL')) made['at a random moment'] += 1
  }
  return await ended
}

const broker = await Broker.start()
const started = performance.now()
try {
  const child = await bundleKafkaChild()
  await fillInput(broker, rowsOf(ROWS))
  const wanted = {}
  const job = (kind, name) => KafkaJob.create({ kind, broker, folder, child, interval: 'rows:200', name })
  const ok = async ({ ended }) => {
    const { exit, stderr } = await ended
    if (exit !== 0) throw new Error(stderr)
  }
  let took = 0
  for (const [i, kind] of JOB_KINDS.entries()) {
    const calm = await job(kind, `calm${i}`)
    await ok(calm.start())
    wanted[kind] = await calm.outcome()
    const begun = performance.now()
    await ok((await job(kind, `timed${i}`)).start({ rows: 500 }))
    took = performance.now() - begun
  }
  for (let round = 0; kills() < KILLS; round += 1) {
    const kind = JOB_KINDS[round % JOB_KINDS.length]
    const one = await job(kind, `out${round}`)
    await ok(one.start({ rows: ROWS / 2 + 100 }))
    for (let left = ROWS / 2 - 100; left > MOST && kills() < KILLS; ) {
      const rows = 100 + Math.floor(random() * (MOST - 100))
      left -= rows
      const { exit, stderr } = await disturb(broker, one, { rows, took: took * 1.2 })
      if (exit !== null && exit !== 0 && exit !== UNREACHABLE) throw new Error(stderr)
    }
    await ok(one.start())
    if (!isDeepStrictEqual(await one.outcome(), wanted[kind]))
      throw new Error(`round ${round}, ${kind}: not as undisturbed`)
    const minutes = ((performance.now() - started) / 60_000).toFixed(1)
    process.stdout.write(`round ${round}, ${kind}: ${kills()} kills in ${minutes} min, each key as undisturbed\n`)
  }
  const kinds = Object.entries(made).map(([name, count]) => `${count} ${name}`)
  process.stdout.write(`${kills()} kills (${kinds.join(', ')}), seed ${SEED}: no difference\n`)
} finally {
  await broker.remove()
  rmSync(folder, { recursive: true, force: true })
}
