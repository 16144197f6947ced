import type { CreatedJob } from '../../job/create-job.ts'
import type { Clock } from '../../time/clock.ts'
import type { Onlooker } from '../watch.ts'
import { LiveModel } from './live-figures.ts'
import type { Screen } from './screen.ts'

const EVERY_MS = 250

export interface LiveViewOptions {
  readonly clock: Clock
  readonly screen: Screen
  /** Of the process, bytes. */
  readonly memory: () => number
}

/** `--live`: how the run stands, four times a second, while it runs. */
export class LiveView implements Onlooker {
  readonly interval = EVERY_MS
  readonly #options: LiveViewOptions
  readonly #model: LiveModel
  readonly #words: string[] = []
  #job: Pick<CreatedJob, 'snapshot'> | null = null
  #due = -Infinity

  constructor(options: LiveViewOptions) {
    this.#options = options
    this.#model = new LiveModel(options.clock.now())
  }

  begin(job: Pick<CreatedJob, 'snapshot'>): void {
    this.#job = job
    this.#show()
  }

  beat(): void {
    if (this.#options.clock.now() >= this.#due) this.#show()
  }

  /** Words for people that come meanwhile; a whole number of lines. */
  say(text: string): void {
    this.#words.push(text.replace(/\n$/, ''))
    this.#show()
  }

  end(): void {
    this.#show()
    this.#options.screen.close()
  }

  #show(): void {
    if (this.#job === null) return
    const { clock, screen, memory } = this.#options
    const now = clock.now()
    this.#due = now + EVERY_MS
    const moment = { now, wallTime: clock.wallTime(), memory: memory() }
    screen.show(this.#model.take(this.#job.snapshot(), moment), this.#words)
  }
}
