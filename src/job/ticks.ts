import type { Batch } from '../data/batch.ts'
import type { Clock } from '../time/clock.ts'
import { IdleTracker } from '../time/idle.ts'
import { WatermarkMerge } from '../time/watermark-merge.ts'
import type { SourceNode } from './graph.ts'
import type { Intake } from './intake.ts'
import type { Round, Rounds } from './rounds.ts'
import type { Ticks } from './run.ts'

/** While all sources are idle, how often the wall clock may move the watermark, ms: windows close at most this much later. */
const TICK_MS = 50

/**
 * `--idle-timeout`: sources that are silent do not hold the watermark back, and when all are, it goes on at the speed of the wall clock, so that last
 * windows fire on a quiet pipe. The only place where results depend on the clock.
 */
export class IdleTicks implements Ticks {
  readonly interval = TICK_MS
  readonly #intakes: readonly Intake[]
  readonly #sources: readonly SourceNode[]
  readonly #merge: WatermarkMerge
  readonly #tracker: IdleTracker
  readonly #rounds: Rounds
  readonly #clock: Clock
  #lastTick: number
  readonly #batches: readonly Batch[]

  constructor(options: {
    intakes: readonly Intake[]
    sources: readonly SourceNode[]
    rounds: Rounds
    /** By source; Infinity: it is never idle. */
    timeouts: readonly number[]
    clock: Clock
    empty: (source: number) => Batch
  }) {
    this.#intakes = options.intakes
    this.#sources = options.sources
    this.#rounds = options.rounds
    this.#clock = options.clock
    this.#lastTick = options.clock.now()
    this.#merge = new WatermarkMerge(options.intakes.length)
    this.#tracker = new IdleTracker(options.clock, this.#merge, options.timeouts)
    this.#batches = options.intakes.map((_, i) => options.empty(i))
  }

  get isDue(): boolean {
    return this.#clock.now() - this.#lastTick >= TICK_MS
  }

  waiting(): void {
    this.#intakes.forEach((intake, i) => {
      if (intake.hasEnded) this.#merge.finish(i)
      else if (!this.#rounds.isSilent(i)) this.#tracker.arrived(i)
      else {
        this.#merge.advance(i, intake.watermark)
        this.#tracker.startWaiting(i)
      }
    })
  }

  arrived(round: Round | null): void {
    this.#intakes.forEach((_, i) => {
      if (!round?.[i]) return
      this.#tracker.arrived(i)
      this.#sources[i]!.clock.isIdle = false
    })
  }

  tick(): Round | null {
    this.#lastTick = this.#clock.now()
    this.waiting()
    const before = this.#merge.current
    const wasIdle = this.#sources.map(({ clock }) => clock.isIdle)
    const watermark = this.#tracker.tick()
    this.#sources.forEach(({ clock }, i) => {
      clock.isIdle = this.#merge.isIdle(i)
    })
    const isNews = watermark > before || this.#sources.some(({ clock }, i) => clock.isIdle !== wasIdle[i])
    return isNews ? this.#intakes.map((_, i) => this.#tickOf(i, watermark)) : null
  }

  /** Of silent sources only: another one's watermark may be ahead of the rows that were taken of it. */
  #tickOf(i: number, watermark: number): Batch | null {
    const intake = this.#intakes[i]!
    if (intake.hasEnded || !this.#rounds.isSilent(i)) return null
    if (this.#tracker.isAllIdle) intake.raise(watermark)
    const batch = this.#batches[i]!
    batch.clear()
    batch.watermarkAfter = intake.watermark
    batch.sequenceAfter = this.#rounds.sequence
    return batch
  }
}
