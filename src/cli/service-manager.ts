import type { ChildProcess } from 'node:child_process'
import type { Pulse } from '../job/run.ts'
import { monotonicTime } from '../time/clock.ts'

/** ms between two lines of status, at the least. */
const STATUS_MS = 5000
/** The process does not wait longer for its last word to be taken, ms. */
const LAST_WORD_MS = 2000

export interface ServiceManagerOptions {
  /** `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`, as systemd sets them. */
  readonly environment: NodeJS.ProcessEnv
  /** The service manager waits for words that cannot be sent: called once. */
  readonly cannotSend: (why: string) => void
}

/** null: nobody wants to be told (`NOTIFY_SOCKET` is not set). */
export const serviceManagerOf = (options: ServiceManagerOptions): ServiceManager | null =>
  options.environment['NOTIFY_SOCKET'] ? new ServiceManager(options) : null

/**
 * What a service of `Type=notify` tells systemd (sd_notify(3)). Node has no datagram sockets of AF_UNIX, so each message is sent by `systemd-notify`, which comes
 * with systemd and knows abstract sockets too; units need `NotifyAccess=all`. Life signs come from the run itself, by way of `beat`: a
 * run that hangs, or whose sink takes nothing, gives none.
 */
export class ServiceManager implements Pulse {
  /** What STATUS= says; one line. */
  describe: () => string = () => ''
  readonly interval: number
  readonly #options: ServiceManagerOptions
  /** ms; Infinity: there is no watchdog. */
  readonly #watchdog: number
  #lastBeat = 0
  #lastStatus = Number.NEGATIVE_INFINITY
  #isReady = false
  #sending: Promise<void> | null = null
  #saidWhy = false

  constructor(options: ServiceManagerOptions) {
    this.#options = options
    const { WATCHDOG_USEC: limit, WATCHDOG_PID: pid } = options.environment
    const isOurs = pid === undefined || pid === `${process.pid}`
    this.#watchdog = limit !== undefined && isOurs && Number(limit) > 0 ? Number(limit) / 1000 / 2 : Infinity
    this.interval = Math.min(this.#watchdog, STATUS_MS)
  }

  /** State is restored, sources and outputs are open. */
  async ready(): Promise<void> {
    this.#isReady = true
    this.#lastBeat = monotonicTime()
    await this.#send(['READY=1'])
  }

  /** Called over and over while the run gets on; sends what is due. */
  beat(): void {
    const now = monotonicTime()
    if (!this.#isReady || this.#sending !== null) return
    const isAlive = now - this.#lastBeat >= this.#watchdog
    const isNews = now - this.#lastStatus >= STATUS_MS
    if (!isAlive && !isNews) return
    if (isAlive) this.#lastBeat = now
    if (isNews) this.#lastStatus = now
    void this.#send([...(isAlive ? ['WATCHDOG=1'] : []), ...(isNews ? [`STATUS=${this.describe()}`] : [])])
  }

  /** The run comes to its end. Waits until this is told, but not for ever. */
  async stopping(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LAST_WORD_MS)
    })
    const told = async () => {
      await this.#sending
      await this.#send(['STOPPING=1'])
    }
    await Promise.race([told(), patience])
    clearTimeout(timer)
  }

  #send(words: readonly string[]): Promise<void> {
    const sending = this.#spawn(words).then(() => {
      if (this.#sending === sending) this.#sending = null
    })
    this.#sending = sending
    return sending
  }

  async #spawn(words: readonly string[]): Promise<void> {
    const { spawn } = await import('node:child_process')
    await new Promise<void>((resolve) => {
      const fail = (why: string) => {
        if (!this.#saidWhy) this.#options.cannotSend(why)
        this.#saidWhy = true
        resolve()
      }
      const child: ChildProcess = spawn('systemd-notify', words, { stdio: 'ignore', env: this.#options.environment })
      child.once('error', () => fail('systemd-notify cannot be run'))
      child.once('exit', (status) => (status === 0 ? resolve() : fail('systemd-notify failed')))
    })
  }
}
