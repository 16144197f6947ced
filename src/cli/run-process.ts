import { EXIT_STATUS } from '../base/error-codes.ts'
import { runCommandLine } from './run-line.ts'
import { watchSignals } from './signals.ts'
import { systemWorld } from './system-world.ts'

/** Does what the words behind `tidemark` ask for, as this process. Returns its exit status; `exitNow` is for a second SIGINT. */
export async function runProcess(words: readonly string[], exitNow: (status: number) => void): Promise<number> {
  const signals = watchSignals(exitNow)
  const { exit } = await runCommandLine(words, systemWorld(signals.signal))
  return exit === EXIT_STATUS.notDrained[0] ? exit : (signals.exitStatus ?? exit)
}
