// A whole run of tidemark that kills itself: `node crash-child.js STEP WORD…` sends SIGKILL to itself at the STEP-th moment of its checkpoints (0: never) and
// prints on the descriptor 3 how many moments it has passed.
import { writeSync } from 'node:fs'
import { runCommandLine } from '../../src/cli/run-line.ts'
import { systemWorld } from '../../src/cli/system-world.ts'
import type { OpenState, World } from '../../src/cli/world.ts'
import { watchedSink, watchedStore } from './watched.ts'

const [killAt, ...words] = process.argv.slice(2)
let passed = 0

function moment(): void {
  passed += 1
  if (passed === Number(killAt)) process.kill(process.pid, 'SIGKILL')
}

async function framed<T>(_name: string, what: () => Promise<T>): Promise<T> {
  moment()
  const result = await what()
  moment()
  return result
}

const real = systemWorld(new AbortController().signal)
const world: World = {
  ...real,
  openState: async (path): Promise<OpenState> => {
    const state = await real.openState(path)
    return { ...state, store: watchedStore(state.store, framed), close: () => state.close() }
  },
  openOutput: async (to, options) => watchedSink(await real.openOutput(to, options), framed),
}
const { exit } = await runCommandLine(words, world)
writeSync(3, String(passed))
process.exit(exit)
