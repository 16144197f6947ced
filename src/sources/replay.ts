import { fstatSync, statSync } from 'node:fs'
import { lookAt } from './file-operand.ts'

/** What a source can do when its job goes on after a crash. */
export interface Replay {
  /** `exact`: it gives the same rows again from where the last checkpoint stood. `none`: what was read is gone. */
  readonly kind: 'exact' | 'none'
  readonly why: string
}

/** Of a log of records. */
export const FROM_LOG: Replay = {
  kind: 'exact',
  why: 'records are read on from the offsets of the last checkpoint',
}

const FOLLOWED: Replay = {
  kind: 'exact',
  why: 'a followed file is read on from the last checkpoint, over rotations that left it in its folder',
}

const GIVEN_AGAIN: Replay = {
  kind: 'exact',
  why: 'what was read is given again (--replay), compared, and passed over',
}

/**
 * Of the files of one input, `-` for standard input; judged by what they are now. What does not exist yet is taken for a file. `isReplayed`: pipes and devices
 * are given again from their beginning.
 */
export function replayOf(files: readonly string[], { isFollowed = false, isReplayed = false }): Replay {
  if (isFollowed) return FOLLOWED
  for (const name of files) {
    if (isRegularFile(name)) continue
    if (isReplayed && !isTerminal(name)) continue
    const what = name === '-' ? 'standard input is no file' : `${name} is no regular file`
    return {
      kind: 'none',
      why: `${what}: rows that were read after the last checkpoint do not come again after a crash`,
    }
  }
  if (!files.every(isRegularFile)) return GIVEN_AGAIN
  return { kind: 'exact', why: 'files are read on from the last checkpoint' }
}

/** What is typed does not come again. */
function isTerminal(name: string): boolean {
  try {
    return lookAt(name, () => undefined).kind === 'terminal'
  } catch {
    return false // starting tells why it cannot be read
  }
}

function isRegularFile(name: string): boolean {
  try {
    return (name === '-' ? fstatSync(0) : statSync(name)).isFile()
  } catch {
    return name !== '-'
  }
}
