import fs from 'node:fs'

/** What a sink makes of rows that a job gives it again after a crash. */
export interface Delivery {
  readonly kind: 'exactly-once' | 'at-least-once'
  readonly why: string
}

/** Of a file by its path, or (undefined) of a descriptor that the process was given. What does not exist yet is taken for a file. */
export function deliveryTo(path: string | undefined): Delivery {
  if (path === undefined) return AGAIN
  const stats = fs.statSync(path, { throwIfNoEntry: false })
  if (stats && !stats.isFile()) return AGAIN
  return { kind: 'exactly-once', why: 'what was written to the file after it is cut off' }
}

const AGAIN: Delivery = {
  kind: 'at-least-once',
  why: 'rows that left after the last checkpoint come again after a crash',
}
