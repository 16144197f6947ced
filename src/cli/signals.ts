import { EXIT_STATUS } from '../base/error-codes.ts'

export interface Signals {
  readonly signal: AbortSignal
  /** Set once a signal decided how the process ends; undefined: as the run says. */
  readonly exitStatus: number | undefined
}

/**
 * SIGTERM and SIGINT ask the run to stop between two rounds: nothing is fired, what is finished goes out. SIGTERM then exits 0, SIGINT 130. A second
 * SIGINT ends the process at once.
 */
export function watchSignals(exitNow: (status: number) => void): Signals {
  const controller = new AbortController()
  let exitStatus: number | undefined
  process.on('SIGTERM', () => controller.abort())
  process.on('SIGINT', () => {
    if (exitStatus !== undefined) exitNow(EXIT_STATUS.interrupted[0])
    exitStatus = EXIT_STATUS.interrupted[0]
    controller.abort()
  })
  return {
    signal: controller.signal,
    get exitStatus() {
      return exitStatus
    },
  }
}
