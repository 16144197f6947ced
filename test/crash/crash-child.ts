// A whole run of tidemark that kills itself: `node crash-child.js STEP WORD…` sends SIGKILL to itself at the STEP-th moment of its checkpoints (0: never) and
// prints on the descriptor 3 how many moments it has passed.
import { writeSync } from 'node:fs'
import { runCommandLine } from '../../src/cli/run-line.ts'
import { systemWorld } from '../../src/cli/system-world.ts'
import type { OpenState, World } from '../../src/cli/world.ts'
import { type ByteSink, type EpochSink, isEpochSink } from '../../src/sinks/sink.ts'
import type { Store } from '../../src/state/store.ts'

const [killAt, ...words] = process.argv.slice(2)
let passed = 0

function moment(): void {
  passed += 1
  if (passed === Number(killAt)) process.kill(process.pid, 'SIGKILL')
}

/** Does `what` with a moment to die before it and one after it. */
async function framed<T>(what: () => Promise<T>): Promise<T> {
  moment()
  const result = await what()
  moment()
  return result
}

function watchedStore(store: Store): Store {
  return {
    incarnation: store.incarnation,
    root: () => store.root(),
    pages: (operator, structure) => store.pages(operator, structure),
    writePages: (epoch, pages) => framed(() => store.writePages(epoch, pages)),
    writeRoot: (root) => framed(() => store.writeRoot(root)),
    confirm: (epoch) => framed(() => store.confirm(epoch)),
    confirmed: () => store.confirmed(),
    close: () => store.close(),
  }
}

/** The sink itself, with moments around its steps. */
function watchedSink(sink: ByteSink): ByteSink {
  if (!isEpochSink(sink)) return sink
  const { prepare, commit, recover } = sink
  const watched: Partial<EpochSink> = {
    prepare: (epoch) => framed(() => prepare.call(sink, epoch)),
    commit: (epoch, committable) => framed(() => commit.call(sink, epoch, committable)),
    recover: (last) => framed(() => recover.call(sink, last)),
  }
  return Object.assign(sink, watched)
}

const real = systemWorld(new AbortController().signal)
const world: World = {
  ...real,
  openState: async (path): Promise<OpenState> => {
    const state = await real.openState(path)
    return { segmentsFolder: state.segmentsFolder, store: watchedStore(state.store), close: () => state.close() }
  },
  openOutput: async (to, options) => watchedSink(await real.openOutput(to, options)),
}
const { exit } = await runCommandLine(words, world)
writeSync(3, String(passed))
process.exit(exit)
