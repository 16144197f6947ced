import { monotonicTime } from '../time/clock.ts'
import { KafkaFault } from './fault.ts'

const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 1000

/** How long what fails is tried again. */
export interface Patience {
  /** ms from the first try to the last. */
  readonly ms: number
  /** Stops the trying: then the last fault is thrown. */
  readonly isOver: () => boolean
}

/** Tries until it works: again after faults that pass, with growing pauses, as long as the patience lasts. Rejects with the last fault. */
export async function untilItWorks<T>({ ms, isOver }: Patience, attempt: () => Promise<T>): Promise<T> {
  const begun = monotonicTime()
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await attempt()
    } catch (error) {
      const isHopeless = !(error instanceof KafkaFault) || !error.isPassing
      if (isHopeless || isOver() || monotonicTime() - begun + pause > ms) throw error
    }
    await sleep(pause)
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
