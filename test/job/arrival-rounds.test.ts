import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Batch } from '../../src/data/batch.ts'
import { ArrivalRounds, type Drift } from '../../src/job/arrival-rounds.ts'
import type { Intake } from '../../src/job/intake.ts'

/** What the rounds ask of an input that gives a row for each of these watermarks; then it ends, or is silent. */
class Script {
  watermark = -Infinity
  #marks: number[]
  #ends: boolean
  #end: () => void = () => {}

  constructor(marks: readonly number[], ends: boolean) {
    this.#marks = [...marks]
    this.#ends = ends
  }

  async next(): Promise<Batch | null> {
    const mark = this.#marks.shift()
    if (mark === undefined) {
      if (!this.#ends) await new Promise<void>((resolve) => (this.#end = resolve))
      return null
    }
    this.watermark = mark
    const batch = new Batch([], 1)
    batch.length = 1
    batch.time[0] = mark
    return batch
  }

  takeRejects(): readonly [] {
    return []
  }

  /** Nothing comes any more, and nobody has to wait for it. */
  stop(): void {
    this.watermark = Infinity
    this.#marks = []
    this.#ends = true
    this.#end()
  }
}

const ends = (...marks: number[]) => new Script(marks, true)
const falls = (...marks: number[]) => new Script(marks, false)

/** By input, the times of the rows that come until for a while none does. */
async function taken(scripts: readonly Script[], drift: Partial<Drift>): Promise<readonly (readonly number[])[]> {
  const all = { most: scripts.map(() => 10), isWaitedFor: () => true, ...drift }
  const rounds = new ArrivalRounds(scripts as unknown as readonly Intake[], () => {}, null, all) // sound: no more is asked of them
  const rows: number[][] = scripts.map(() => [])
  const quiet = Symbol()
  for (;;) {
    const next = rounds.next()
    const silence = new Promise<typeof quiet>((resolve) => setTimeout(() => resolve(quiet), 250))
    const round = await Promise.race([next, silence])
    if (round === quiet) {
      for (const script of scripts) script.stop()
      await next
    }
    if (round === quiet || round === null) return rows
    for (const [source, batch] of round.entries()) if (batch) rows[source]!.push(batch.time[0]!)
  }
}

describe('live inputs that may drift apart', { concurrency: true }, () => {
  test('one that is further ahead than it may be waits, one that is just so far does not', async () => {
    assert.deepEqual(await taken([falls(9, 10, 11, 12), falls(0)], {}), [[9, 10, 11], [0]])
  })

  test('it goes on when the slowest has come nearer, and only as far', async () => {
    assert.deepEqual(await taken([falls(11, 12, 13, 14, 15), falls(0, 3), falls(50)], {}), [
      [11, 12, 13, 14],
      [0, 3],
      [50],
    ])
  })

  test('one that has ended is not waited for', async () => {
    assert.deepEqual(await taken([falls(100, 200, 300), ends(5)], {}), [[100, 200, 300], [5]])
  })

  test('one that turns idle is not waited for any more', async () => {
    const asked: number[] = []
    const isWaitedFor = (source: number) => source === 0 || asked.push(source) < 3
    assert.deepEqual(await taken([falls(100, 200), falls(5)], { isWaitedFor }), [[100, 200], [5]])
    assert.ok(asked.length >= 3)
  })

  test('each waits by its own bound, and one without never does', async () => {
    const most = [Infinity, 100, 10]
    const scripts = [falls(500, 1000, 1500), falls(60, 110, 120), falls(11, 12), falls(0)]
    assert.deepEqual(await taken(scripts, { most: [...most, 10] }), [[500, 1000, 1500], [60, 110], [11], [0]])
  })
})
