import type { CreatedJob, Progress } from '../job/create-job.ts'
import type { Clock } from '../time/clock.ts'
import { formatTimestamp } from '../time/timestamp.ts'
import { bytesText, countText, secondsText } from './amounts.ts'
import type { Onlooker } from './watch.ts'

/** A run that is over sooner shows nothing. */
const FIRST_MS = 500
const EVERY_MS = 200
/** The rate is that of so many ms, so that it follows a change and does not flicker. */
const RATE_MS = 2000

export interface ProgressOptions {
  readonly clock: Clock
  /** Bytes of the input. */
  readonly bytes: () => { readonly read: number; readonly total: number }
  readonly show: (text: string) => void
}

const NOTHING_YET = (): Progress => ({ rowsRead: 0, watermark: -Infinity, checkpointed: null })

interface Sample {
  readonly time: number
  readonly rows: number
  readonly bytes: number
}

/** One line for people who wait: how much of the files was read, how fast, how far event time is, and how long it will take. */
export class ProgressLine implements Onlooker {
  readonly interval = EVERY_MS
  readonly #options: ProgressOptions
  #progress: () => Progress = NOTHING_YET
  /** Of the last `RATE_MS`. */
  readonly #samples: Sample[] = []
  #due = Infinity

  constructor(options: ProgressOptions) {
    this.#options = options
  }

  begin({ progress }: Pick<CreatedJob, 'progress'>): void {
    this.#progress = progress
    this.#samples.push(this.#sample())
    this.#due = this.#options.clock.now() + FIRST_MS
  }

  beat(): void {
    if (this.#options.clock.now() < this.#due) return
    const now = this.#sample()
    this.#due = now.time + EVERY_MS
    this.#samples.push(now)
    while (this.#samples.length > 2 && now.time - this.#samples[1]!.time >= RATE_MS) this.#samples.shift()
    this.#options.show(this.#text(this.#samples[0]!, now))
  }

  end(): void {
    this.#options.show('')
  }

  #sample(): Sample {
    const { clock, bytes } = this.#options
    return { time: clock.now(), rows: this.#progress().rowsRead, bytes: bytes().read }
  }

  #text(before: Sample, now: Sample): string {
    const { total } = this.#options.bytes()
    const { watermark } = this.#progress()
    const seconds = Math.max(1, now.time - before.time) / 1000
    const share = total > 0 ? Math.min(100, Math.floor((now.bytes * 100) / total)) : 100
    const bytesRate = (now.bytes - before.bytes) / seconds
    const parts = [
      `${share} %`,
      `${bytesText(now.bytes)} of ${bytesText(total)}`,
      `${countText(Math.round((now.rows - before.rows) / seconds))} rows/s`,
    ]
    if (bytesRate > 0) parts.push(`${secondsText((total - now.bytes) / bytesRate)} left`)
    if (Number.isFinite(watermark)) parts.push(`watermark ${formatTimestamp(watermark, { fraction: 0 })}`)
    return parts.join('  ')
  }
}
