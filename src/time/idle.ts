import type { Clock } from './clock.ts'
import type { WatermarkMerge } from './watermark-merge.ts'

/**
 * `--idle-timeout`: an input that was silent for its timeout in ms leaves the minimum of the watermarks. Only time spent
 * waiting for the source counts (between `startWaiting` and `stopWaiting`), never time in which we were busy or our own
 * output was blocked. When all unfinished inputs are idle the merged watermark goes on from where it stood at the speed
 * of the wall clock, and comes to rest when a row arrives. A stream that has had no row at all has no time that could
 * go on. The caller calls `tick` when `msUntilTick` have passed and hands the watermark on with an empty batch.
 */
export class IdleTracker {
  readonly #clock: Clock
  /** By input; Infinity: it is never idle. */
  readonly #timeouts: readonly number[]
  readonly #merge: WatermarkMerge
  /** Time waited since the last arrival, without the wait under way. */
  readonly #waited: Float64Array
  /**
   * When the wait under way began, in whole ms, so that inputs that are asked together fall silent together; NaN while
   * nobody waits.
   */
  readonly #waitingSince: Float64Array
  /** The merged watermark at the moment when the last input became idle; NaN while one is active. */
  #stoodAt = NaN
  /**
   * The input by whose silence the time since that moment is told, how silent it was then, and the time since then at
   * the last tick.
   */
  #reference = -1
  #silenceThen = 0
  #progress = 0

  /** `timeout`: of all inputs, or of each. */
  constructor(clock: Clock, merge: WatermarkMerge, timeout: number | readonly number[]) {
    this.#clock = clock
    this.#merge = merge
    this.#timeouts = typeof timeout === 'number' ? new Array<number>(merge.inputCount).fill(timeout) : timeout
    this.#waited = new Float64Array(merge.inputCount)
    this.#waitingSince = new Float64Array(merge.inputCount).fill(NaN)
  }

  /** We ask the source of this input for bytes and have nothing else to do with it. */
  startWaiting(input: number): void {
    if (Number.isNaN(this.#waitingSince[input])) this.#waitingSince[input] = Math.floor(this.#clock.now())
  }

  /** We turn to something else while the source may or may not have bytes. */
  stopWaiting(input: number): void {
    this.#waited[input] = this.#waitedSoFar(input, this.#clock.now())
    this.#waitingSince[input] = NaN
  }

  /** Bytes came: the input is active again, and waiting ends. */
  arrived(input: number): void {
    this.#waited[input] = 0
    this.#waitingSince[input] = NaN
    this.#stoodAt = NaN
    if (this.#merge.isIdle(input)) this.#merge.setIdle(input, false)
  }

  /** Takes silent inputs out of the minimum, moves time on if all are idle, and returns the merged watermark. */
  tick(): number {
    const now = this.#clock.now()
    const newlyIdle: number[] = []
    let least = -1
    for (let input = 0; input < this.#waited.length; input += 1) {
      if (this.#merge.isFinished(input)) continue
      const silence = this.#silenceOf(input, now)
      if (silence >= 0 && !this.#merge.isIdle(input)) newlyIdle.push(input)
      if (least < 0 || silence < this.#silenceOf(least, now)) least = input
    }
    this.#leave(newlyIdle, now)
    if (least < 0 || this.#silenceOf(least, now) < 0) return this.#merge.current
    return this.#goOn(least, newlyIdle.length > 0, now)
  }

  /**
   * In the order in which they fell silent, so that it does not matter when the tick came; at the same moment, none
   * moves time for the others.
   */
  #leave(inputs: number[], now: number): void {
    inputs.sort(
      (a, b) =>
        this.#silenceOf(b, now) - this.#silenceOf(a, now) ||
        (this.#merge.watermarkOf(b) > this.#merge.watermarkOf(a) ? 1 : -1),
    )
    for (const input of inputs) this.#merge.setIdle(input, true)
  }

  /**
   * All are idle. An input that turned idle just now did so at silence 0; if an active one ended instead, time goes on
   * from now.
   */
  #goOn(least: number, isAnyNewlyIdle: boolean, now: number): number {
    if (Number.isNaN(this.#stoodAt)) {
      this.#stoodAt = this.#merge.current
      this.#reference = least
      this.#silenceThen = isAnyNewlyIdle ? 0 : this.#silenceOf(least, now)
    } else if (this.#merge.isFinished(this.#reference)) {
      this.#reference = least
      this.#silenceThen = this.#silenceOf(least, now) - this.#progress
    }
    this.#progress = this.#silenceOf(this.#reference, now) - this.#silenceThen
    return this.#merge.raise(this.#stoodAt + Math.floor(this.#progress))
  }

  /** Are all inputs that have not ended idle, so that time goes on by the clock? As of the last `tick`. */
  get isAllIdle(): boolean {
    return !Number.isNaN(this.#stoodAt)
  }

  /**
   * How long until a `tick` can change something: the next input turns idle, or, when all are idle, the watermark
   * reaches `wanted` (the next window's last millisecond; Infinity if nothing is open). Infinity if nobody waits.
   */
  msUntilTick(wanted = Infinity): number {
    const now = this.#clock.now()
    let wait = Infinity
    let isAllIdle = true
    let isWaiting = false
    for (let input = 0; input < this.#waited.length; input += 1) {
      if (this.#merge.isFinished(input)) continue
      const isWaitingHere = !Number.isNaN(this.#waitingSince[input])
      isWaiting ||= isWaitingHere
      if (this.#merge.isIdle(input)) continue
      isAllIdle = false
      if (isWaitingHere) wait = Math.min(wait, -this.#silenceOf(input, now))
    }
    if (isAllIdle && isWaiting) wait = wanted - this.#merge.current
    return Number.isNaN(wait) ? Infinity : Math.max(0, wait)
  }

  /** How long the input has been silent beyond the timeout, ms; negative before that. */
  #silenceOf(input: number, now: number): number {
    return this.#waitedSoFar(input, now) - this.#timeouts[input]!
  }

  #waitedSoFar(input: number, now: number): number {
    const since = this.#waitingSince[input]!
    return this.#waited[input]! + (Number.isNaN(since) ? 0 : now - since)
  }
}
