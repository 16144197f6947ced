import { statSync } from 'node:fs'
import type { Guarantee } from './sink.ts'

export const TO_STREAM: Guarantee = {
  kind: 'at-least-once',
  why: 'rows that left after the last checkpoint come again after a crash',
}
export const TO_FILE: Guarantee = {
  kind: 'exactly-once',
  why: 'rows are added to the file once their checkpoint is done',
}
export const TO_PARTS: Guarantee = {
  kind: 'exactly-once',
  why: 'parts become visible once they are complete and their checkpoint is done',
}
export const TO_TRANSACTIONS: Guarantee = {
  kind: 'exactly-once',
  why: 'rows and the mark of their checkpoint become visible in one transaction',
}

/** Of a place where rows go, before anything is opened. What does not exist yet is taken for a file. */
export function deliveryTo(to: {
  readonly kind: string
  readonly path?: string
  readonly sink?: { readonly delivery: Guarantee['kind'] }
}): Guarantee {
  if (to.kind === 'parts') return TO_PARTS
  if (to.sink) return to.sink.delivery === 'exactly-once' ? TO_TRANSACTIONS : TO_STREAM
  return to.kind !== 'file' || isStream(to.path ?? '') ? TO_STREAM : TO_FILE
}

/** Pipes, devices, and files that the shell opened: what has left cannot be taken back, and is never truncated. */
export function isStream(path: string): boolean {
  if (/^\/(?:dev\/(?:std(?:in|out|err)$|fd\/)|proc\/[^/]+\/fd\/)/.test(path)) return true
  try {
    const stats = statSync(path, { throwIfNoEntry: false })
    return stats !== undefined && !stats.isFile() && !stats.isDirectory()
  } catch {
    return false // opening it tells why it cannot be written
  }
}
