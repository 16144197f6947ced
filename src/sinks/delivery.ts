import fs from 'node:fs'
import type { Guarantee } from './sink.ts'

/** Of a file by its path, or (undefined) of a descriptor that the process was given. What does not exist yet is taken for a file. */
export function deliveryTo(path: string | undefined): Guarantee {
  if (path === undefined) return AGAIN
  const stats = fs.statSync(path, { throwIfNoEntry: false })
  if (stats && !stats.isFile()) return AGAIN
  return { kind: 'exactly-once', why: 'rows are added to the file once their checkpoint is done' }
}

const AGAIN: Guarantee = {
  kind: 'at-least-once',
  why: 'rows that left after the last checkpoint come again after a crash',
}
