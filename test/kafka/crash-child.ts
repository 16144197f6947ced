// A whole run of tidemark that ends itself, or stands still, at a moment that has a name: `node crash-child.mjs 'kill 2 after EndTxn' WORD…` sends SIGKILL
// to itself at the second `after EndTxn`, and `hold …` writes a line to the descriptor 3 and stops itself until it gets SIGCONT; `go` does neither. At the
// end it prints on the descriptor 3 how often it has passed each moment, as JSON.
//
// The moments are `before` and `after` each step of a checkpoint (pages, root, sealing, commit, confirmation, deletion of a segment) and each request to
// the cluster, by its name in the protocol; `during` a request: it is on its way, or done, and its answer was not looked at.
import { writeSync } from 'node:fs'
import { runCommandLine } from '../../src/cli/run-line.ts'
import { systemWorld } from '../../src/cli/system-world.ts'
import type { OpenState, World } from '../../src/cli/world.ts'
import { Cluster } from '../../src/kafka/cluster.ts'
import { sleep } from '../../src/kafka/patience.ts'
import type { ApiRequest } from '../../src/kafka/requests/request.ts'
import { SYSTEM_DISK } from '../../src/sinks/disk.ts'
import { watchedSink, watchedStore } from '../crash/watched.ts'

const [plan = 'go', ...words] = process.argv.slice(2)
const [, action, nth, wanted] = /^(\w+)(?: (\d+) (.+))?$/.exec(plan)!
/** How long a request is on its way before we die, ms. */
const ON_THE_WAY = 2
const passed: Record<string, number> = {}

function moment(name: string): void {
  passed[name] = (passed[name] ?? 0) + 1
  if (name !== wanted || passed[name] !== Number(nth)) return
  if (action === 'hold') writeSync(3, `${name}\n`)
  process.kill(process.pid, action === 'hold' ? 'SIGSTOP' : 'SIGKILL')
}

async function framed<T>(name: string, what: () => Promise<T>): Promise<T> {
  moment(`before ${name}`)
  const result = await what()
  moment(`after ${name}`)
  return result
}

const { send } = Cluster.prototype
Cluster.prototype.send = async function <T>(this: Cluster, node: number, request: ApiRequest<T>): Promise<T> {
  return await framed(request.apiName, async () => {
    const answer = send.call(this, node, request) as Promise<T>
    if (wanted === `during ${request.apiName}`) {
      answer.catch(() => {})
      await sleep(ON_THE_WAY)
      moment(wanted)
    }
    return await answer
  })
}

const { remove } = SYSTEM_DISK
Object.assign(SYSTEM_DISK, { remove: (path: string) => framed('deletion', () => remove(path)) })

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
writeSync(3, JSON.stringify(passed))
process.exit(exit)
