import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryStore } from '../../src/state/memory-store.ts'
import type { Store } from '../../src/state/store.ts'
import { ndjson, RewindableSink, run, Steps, surroundings } from './pipeline.ts'

/** What was asked of store and sinks, in order. */
class Log {
  readonly entries: string[] = []

  /** Answers late: what does not wait for it comes before. */
  async note<T>(what: string, work: () => Promise<T>): Promise<T> {
    this.entries.push(what)
    await new Promise((resolve) => setImmediate(resolve))
    const result = await work()
    this.entries.push(`${what} done`)
    return result
  }
}

class NotingSink extends RewindableSink {
  log: Log | null = null

  override prepare(): Promise<unknown> {
    return this.log!.note(`prepare ${this.name}`, () => super.prepare())
  }

  override commit(): Promise<void> {
    return this.log!.note(`commit ${this.name}`, () => super.commit())
  }
}

const noted = (store: Store, log: Log): Store => ({
  incarnation: store.incarnation,
  root: () => store.root(),
  pages: (operator, structure) => store.pages(operator, structure),
  writePages: (epoch, pages) => log.note('write pages', () => store.writePages(epoch, pages)),
  writeRoot: (root) => log.note('root', () => store.writeRoot(root)),
  confirm: (epoch) => log.note('confirm', () => store.confirm(epoch)),
  confirmed: () => store.confirmed(),
  close: () => store.close(),
})

const SINKS = ['rows', 'late', 'bad']
const steps = new Steps()
const plan = steps.tumble(steps.source('a'), 20, 'k', 'count(*) AS n')
const rows = Array.from({ length: 60 }, (_, i) => ({ ts: 1000 + i * 7 - (i % 9 === 0 ? 50 : 0), k: i % 3 }))

async function logOf(store: Store): Promise<readonly string[]> {
  const log = new Log()
  const sinks = SINKS.map((name) => Object.assign(new NotingSink(name), { log }))
  const around = surroundings({ store: noted(store, log), everyRounds: 1 })
  const all = { ...around, rows: sinks[0]!, late: sinks[1]!, bad: sinks[2]! }
  await run(plan, { a: ndjson(rows) }, { batchRows: 16 }, all)
  return log.entries
}

test('an epoch is prepared by every sink, then written, then decided, then committed by every sink, then confirmed', async () => {
  const entries = await logOf(new MemoryStore())
  const first = (what: string, from: number) => entries.findIndex((entry, at) => at >= from && entry === what)
  let epochs = 0
  for (let at = 0; first('root', at) >= 0; epochs += 1) {
    const end = first('confirm done', at)
    const order = ['write pages', 'write pages done', 'root', 'root done', 'confirm', 'confirm done'].map((what) =>
      first(what, at),
    )
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
    )
    for (const sink of SINKS) {
      const [prepared, committing, committed] = [
        first(`prepare ${sink} done`, at),
        first(`commit ${sink}`, at),
        first(`commit ${sink} done`, at),
      ]
      assert.ok(prepared >= at && prepared < first('write pages', at), `${sink} prepared at ${prepared} of ${entries}`)
      assert.ok(committing > first('root done', at), `${sink} committed before the root: ${entries}`)
      assert.ok(
        committed > 0 && committed < first('confirm', at),
        `${sink} committed after it was confirmed: ${entries}`,
      )
    }
    at = end + 1
  }
  assert.ok(epochs > 3, `${epochs} epochs`)
})
