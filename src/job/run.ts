import { monotonicTime } from '../time/clock.ts'
import type { CheckpointSchedule } from './checkpoint-schedule.ts'
import type { Graph } from './graph.ts'
import { HotCode } from './hot-code.ts'
import type { Output } from './output.ts'
import type { Round, Rounds } from './rounds.ts'
import type { Tables } from './tables.ts'
import type { Ending } from './until.ts'

/** How long the run may go on before signals and timers get their turn, ms. */
const TURN_MS = 5

export interface Job {
  readonly graph: Graph
  readonly rounds: Rounds
  /** Standard output, late rows, dead letters. */
  readonly outputs: readonly Output[]
  /** Side rows that waited for the end of the round. */
  endRound(): void
  /** What the sources have left to report when the run ends, however it does. */
  endSources(): void
  /** null: none are taken while the job runs. */
  readonly checkpoints: CheckpointSchedule | null
  /** Watermarks that the wall clock makes while the sources are silent; null: nothing is due by the clock. */
  readonly ticks: Ticks | null
  /** Is told while the run gets on or waits for its sources, never while it hangs; null: nobody asks. */
  readonly pulse: Pulse | null
  /** What rows are looked up in; null: nothing. */
  readonly tables: Tables | null
  /** `--until`; null: the run ends with its input. */
  readonly ending: Ending | null
}

/** Life signs of a run. */
export interface Pulse {
  /** ms after which `beat` is to be called again at the latest. */
  readonly interval: number
  beat(): void
}

/** Rounds made by the wall clock (`--idle-timeout`). */
export interface Ticks {
  /** ms until the clock may have something to say. */
  readonly interval: number
  /** Has the clock not been asked for `interval` or longer? */
  readonly isDue: boolean
  /** Some source is being waited for. */
  waiting(): void
  /** The wait is over: some source has brought something, or (null) the run ends. */
  arrived(round: Round | null): void
  /** A round of empty batches if a watermark has moved. */
  tick(): Round | null
}

/** Ends when all sources have ended or --until says so, or, without firing anything, when `signal` is aborted. Returns whether it was aborted. */
export async function runJob(job: Job, signal: AbortSignal): Promise<{ readonly isInterrupted: boolean }> {
  try {
    return await runRounds(job, signal)
  } finally {
    job.endSources()
    job.endRound()
  }
}

async function runRounds(job: Job, signal: AbortSignal): Promise<{ readonly isInterrupted: boolean }> {
  const turn = new Turn(job)
  const hotCode = new HotCode()
  await job.tables?.load(turn.rest)
  for (;;) {
    const asked = job.rounds.next()
    const round = asked instanceof Promise ? await waitFor(asked, job, signal) : asked
    if (round === null || round === 'aborted') return { isInterrupted: round === 'aborted' }
    if (round === 'over') return stop(job)
    await takeRound(round, job, turn)
    hotCode.endRound()
    if (job.ticks?.isDue) await tickBetween(job, job.ticks)
    job.checkpoints?.endRound()
    if (job.checkpoints?.isDue) {
      await job.checkpoints.settle()
      await job.checkpoints.begin()
    }
    if (turn.isOver) await turn.end()
    if (signal.aborted) return { isInterrupted: true }
    if (job.ending?.isTime) return stop(job)
  }
}

/** What was read and not taken is as if it had not been read. */
async function stop(job: Job): Promise<{ readonly isInterrupted: boolean }> {
  const round = job.rounds.stop()
  if (round !== null) await takeRound(round, job)
  return { isInterrupted: false }
}

/** The time between two turns of the event loop. */
class Turn {
  readonly #pulse: Pulse | null
  #began = monotonicTime()

  constructor({ pulse }: Job) {
    this.#pulse = pulse
  }

  get isOver(): boolean {
    return monotonicTime() - this.#began > TURN_MS
  }

  /** Lets others have theirs if it is over. */
  readonly rest = async (): Promise<void> => {
    if (this.isOver) await this.end()
  }

  async end(): Promise<void> {
    this.#pulse?.beat()
    await nextTurn()
    this.#began = monotonicTime()
  }
}

/** Until what the event loop has at hand was done. (The one of node:timers/promises would cost every start its loading.) */
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** One round through the graph. The outputs are awaited whenever they have taken more than they can hold. */
async function takeRound(round: Round, job: Job, turn = new Turn(job)): Promise<void> {
  const { graph, outputs, tables } = job
  if (tables?.isDue) await tables.refresh(turn.rest)
  graph.begin(round)
  while (graph.step()) {
    for (const output of outputs) if (output.needsDrain) await output.drain()
    if (turn.isOver) await turn.end() // one row may free a million
  }
  job.endRound()
  for (const output of outputs) {
    if (output.endRound()) await output.drain()
  }
}

/** Rows of one source do not keep others from being found silent. */
async function tickBetween(job: Job, ticks: Ticks): Promise<void> {
  await nextTurn() // what has arrived meanwhile counts
  const round = ticks.tick()
  if (round !== null) await takeRound(round, job)
}

/** Waits for a source. When it stays silent, what is finished goes out at once; the clock may move watermarks meanwhile. */
async function waitFor(
  asked: Promise<Round | null>,
  job: Job,
  signal: AbortSignal,
): Promise<Round | null | 'aborted' | 'over'> {
  const waiting = new Waiting(asked, signal)
  await Promise.race([waiting.settled, nextTurn()])
  if (!waiting.isOver) await becomeQuiet(waiting, job)
  waiting.end()
  if (!waiting.isOver) return 'over'
  const answer = waiting.answer()
  job.ticks?.arrived(answer === 'aborted' ? null : answer)
  return answer
}

/** Until the wait is over, or the run. */
async function becomeQuiet(waiting: Waiting, job: Job): Promise<void> {
  for (const output of job.outputs) await output.flush()
  job.checkpoints?.wakeOnFailure(() => waiting.wake())
  job.ticks?.waiting()
  while (!waiting.isOver && !job.ending?.isTimeInSilence) {
    const wait = leastOf(job.ticks?.interval ?? null, job.checkpoints?.wait ?? null)
    // what has failed by now wakes nobody any more
    if (!job.checkpoints?.hasFailed)
      await waiting.pause(leastOf(leastOf(wait, job.ending?.wait ?? null), job.pulse?.interval ?? null))
    job.pulse?.beat()
    if (job.checkpoints?.isDue) await checkpointWhileQuiet(waiting, job.checkpoints)
    const round = waiting.isOver || !job.ticks ? null : job.ticks.tick()
    if (round === null) continue
    await takeRound(round, job)
    for (const output of job.outputs) await output.flush()
  }
}

/** Once the source has answered, its rows are read but not taken: then the checkpoint comes after them. */
async function checkpointWhileQuiet(waiting: Waiting, checkpoints: CheckpointSchedule): Promise<void> {
  await checkpoints.settle()
  if (!waiting.isOver) await checkpoints.begin()
}

function leastOf(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b
  return Math.min(a, b)
}

/** One wait for a source that may take for ever: woken by the source, by a signal, or by a timer. Leaves no listener behind. */
class Waiting {
  readonly settled: Promise<void>
  #outcome: { readonly round: Round | null } | { readonly error: unknown } | null = null
  #wake: () => void = () => {}
  readonly #signal: AbortSignal
  readonly #onAbort = () => this.#wake()

  constructor(asked: Promise<Round | null>, signal: AbortSignal) {
    this.#signal = signal
    const settle = (outcome: { readonly round: Round | null } | { readonly error: unknown }) => {
      this.#outcome = outcome
      this.#wake()
    }
    this.settled = asked.then(
      (round) => settle({ round }),
      (error: unknown) => settle({ error }),
    )
    signal.addEventListener('abort', this.#onAbort)
  }

  get isOver(): boolean {
    return this.#outcome !== null || this.#signal.aborted
  }

  wake(): void {
    this.#wake()
  }

  /** Sleeps for `ms` (null: without end) or until woken. */
  async pause(ms: number | null): Promise<void> {
    if (this.isOver) return
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      if (ms !== null) timer = setTimeout(resolve, ms)
    })
    clearTimeout(timer)
    this.#wake = () => {}
  }

  answer(): Round | null | 'aborted' {
    if (this.#outcome === null) return 'aborted'
    if ('error' in this.#outcome) throw this.#outcome.error
    return this.#outcome.round
  }

  end(): void {
    this.#signal.removeEventListener('abort', this.#onAbort)
  }
}
