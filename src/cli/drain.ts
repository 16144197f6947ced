import { TidemarkError } from '../base/errors.ts'
import type { Clock } from '../time/clock.ts'
import { formatDuration } from '../time/duration.ts'

/** How long a run that was asked to stop may take for it. */
export interface DrainDeadline {
  /** Aborted at SIGINT or SIGTERM. */
  readonly signal: AbortSignal
  /** ms from then on. */
  readonly timeout: number
  readonly clock: Clock
}

/**
 * Settles as `work` does; rejects with E_NOT_DRAINED when it has not settled `timeout` ms after the signal, because a sink takes no rows, or the
 * disk no checkpoint. The work is then left to itself: nothing more may be expected of it, and the process is to end.
 */
export async function withinDeadline<T>(work: Promise<T>, { signal, timeout, clock }: DrainDeadline): Promise<T> {
  let cancel = () => {}
  let start = () => {}
  const missed = new Promise<never>((_, reject) => {
    start = () => {
      cancel = clock.setTimer(timeout, () => reject(notDrained(timeout)))
    }
  })
  if (signal.aborted) start()
  else signal.addEventListener('abort', start, { once: true })
  try {
    return await Promise.race([work, missed])
  } finally {
    cancel()
    signal.removeEventListener('abort', start)
  }
}

const notDrained = (timeout: number) =>
  new TidemarkError('E_NOT_DRAINED', `rows were still on their way out ${formatDuration(timeout)} after the signal`, {
    hint: 'whoever reads the output does not take them; a run with --state goes on from its last checkpoint, a longer --drain-timeout waits longer',
  })
