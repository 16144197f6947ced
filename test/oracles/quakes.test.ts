import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { run, Steps } from '../job/pipeline.ts'
import { REPOSITORY } from '../repository.ts'

/** Quakes of one week in the order in which their reports were finished: hours, and some days, out of order. */
const TEXT = readFileSync(join(REPOSITORY, 'fixtures/data/quakes.ndjson'), 'utf8').replaceAll('"time":', '"ts":')
const HOUR = 3_600_000

interface Quake {
  readonly ts: number
  readonly net: string
  readonly mag: number | null
}

const QUAKES = TEXT.trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Quake)

/** Each quake with the watermark before it. */
function withWatermarks(delay: number): { readonly quake: Quake; readonly watermark: number }[] {
  let most = -Infinity
  return QUAKES.map((quake) => {
    const watermark = most - delay - 1
    most = Math.max(most, quake.ts)
    return { quake, watermark }
  })
}

interface Recount {
  readonly results: readonly string[]
  readonly late: number
}

/** As rows of results, whatever their order. */
const resultOf = (window: { readonly start: number; readonly end: number }, net: string, quakes: readonly Quake[]) => {
  const mags = quakes.flatMap(({ mag }) => mag ?? [])
  const most = mags.length > 0 ? Math.max(...mags) : null
  return JSON.stringify({ window_start: window.start, window_end: window.end, net, n: quakes.length, most })
}

function tumbleByHand(size: number, delay: number): Recount {
  const windows = new Map<string, Quake[]>()
  let late = 0
  for (const { quake, watermark } of withWatermarks(delay)) {
    const start = Math.floor(quake.ts / size) * size
    if (start + size - 1 <= watermark) late += 1
    else windows.set(`${start} ${quake.net}`, [...(windows.get(`${start} ${quake.net}`) ?? []), quake])
  }
  const results = [...windows].map(([key, quakes]) => {
    const [start, net] = key.split(' ')
    return resultOf({ start: Number(start), end: Number(start) + size }, net!, quakes)
  })
  return { results: results.sort(), late }
}

/** Sessions that the watermark has passed are over; a quake joins those that it touches. */
function sessionsByHand(gap: number, delay: number): Recount {
  type Session = { readonly start: number; readonly end: number; readonly net: string; readonly quakes: Quake[] }
  let open: Session[] = []
  const over: Session[] = []
  let late = 0
  for (const { quake, watermark } of withWatermarks(delay)) {
    over.push(...open.filter(({ end }) => end - 1 <= watermark))
    open = open.filter(({ end }) => end - 1 > watermark)
    const touched = open.filter(
      ({ net, start, end }) => net === quake.net && start <= quake.ts + gap && quake.ts <= end,
    )
    if (touched.length === 0 && quake.ts + gap - 1 <= watermark) {
      late += 1
      continue
    }
    const start = Math.min(quake.ts, ...touched.map((one) => one.start))
    const end = Math.max(quake.ts + gap, ...touched.map((one) => one.end))
    const quakes = [...touched.flatMap((one) => one.quakes), quake]
    open = [...open.filter((one) => !touched.includes(one)), { start, end, net: quake.net, quakes }]
  }
  const results = [...over, ...open].map((one) => resultOf(one, one.net, one.quakes))
  return { results: results.sort(), late }
}

const COUNTS = { by: 'net', aggregates: 'count(*) AS n, max(mag) AS most' }
const HOURS_OF_DELAY = [0, 1, 6, 24, 72, 24 * 14]

describe('reports of quakes, days out of order', () => {
  for (const hours of HOURS_OF_DELAY) {
    const delay = hours * HOUR
    test(`counted by net in windows of 6 hours and in sessions, ${hours} h of watermark delay`, async () => {
      const s = new Steps()
      const tumble = await run(s.window(s.source('a', delay), { size: 6 * HOUR }, COUNTS), { a: TEXT })
      const t = new Steps()
      const session = await run(t.session(t.source('a', delay), 2 * HOUR, COUNTS), { a: TEXT })
      for (const [outcome, byHand] of [
        [tumble, tumbleByHand(6 * HOUR, delay)],
        [session, sessionsByHand(2 * HOUR, delay)],
      ] as const) {
        assert.deepEqual(outcome.rows.toSorted(), byHand.results)
        assert.equal(outcome.late.length, byHand.late)
        const counted = outcome.rows.reduce((sum, row) => sum + (JSON.parse(row) as { n: number }).n, 0)
        assert.equal(counted + byHand.late, QUAKES.length)
      }
    })
  }

  test('are late by the dozen without a delay, and never with one of two weeks', () => {
    const late = HOURS_OF_DELAY.map((hours) => tumbleByHand(6 * HOUR, hours * HOUR).late)
    assert.ok(late[0]! > 50 && late.at(-1) === 0, `${late}`)
    assert.deepEqual(
      late.toSorted((a, b) => b - a),
      late,
    )
  })
})
