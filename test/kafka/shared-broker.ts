import { Broker } from './broker.ts'

/** What is deleted is soon gone, and a transaction that is open too long soon ended. */
const PROPERTIES = {
  'log.segment.delete.delay.ms': 100,
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': 100,
}
let started: Promise<Broker> | null = null

/** One broker for all suites of a process: to start another takes longer than their tests. */
export function sharedBroker(): Promise<Broker> {
  started ??= Broker.start({ properties: PROPERTIES })
  return started
}

export async function removeSharedBroker(): Promise<void> {
  const broker = await started?.catch(() => null)
  await broker?.remove()
}
