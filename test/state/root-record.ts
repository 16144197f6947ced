import type { RootRecord } from '../../src/state/store.ts'

/** A root with nothing in it but what a test says. */
export const rootRecord = (epoch: number, parts: Partial<RootRecord> = {}): RootRecord => ({
  epoch,
  isFinished: false,
  sources: {},
  operators: {},
  committables: {},
  job: null,
  sequence: 0,
  ...parts,
})
