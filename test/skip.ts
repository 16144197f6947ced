import type { TestContext } from 'node:test'

/** Ends a test that should run but cannot here (no terminal, no /dev/full). Under `CI=true` that is a failure: nothing goes untested unseen. */
export function cannotRun(test: TestContext, reason: string): void {
  if (process.env['CI'] === 'true') throw new Error(`cannot run here: ${reason}`)
  test.skip(reason)
}
