import { fstatSync, statSync } from 'node:fs'

/** What a source can do when its job goes on after a crash. */
export interface Replay {
  /** `exact`: it gives the same rows again from where the last checkpoint stood. `none`: what was read is gone. */
  readonly kind: 'exact' | 'none'
  readonly why: string
}

const FOLLOWED: Replay = {
  kind: 'exact',
  why: 'a followed file is read on from the last checkpoint, over rotations that left it in its folder',
}

/** Of the files of one input, `-` for standard input; judged by what they are now, without opening them. What does not exist yet is taken for a file. */
export function replayOf(files: readonly string[], isFollowed: boolean): Replay {
  if (isFollowed) return FOLLOWED
  for (const name of files) {
    if (isRegularFile(name)) continue
    const what = name === '-' ? 'standard input is no file' : `${name} is no regular file`
    return {
      kind: 'none',
      why: `${what}: rows that were read after the last checkpoint do not come again after a crash`,
    }
  }
  return { kind: 'exact', why: 'files are read on from the last checkpoint' }
}

function isRegularFile(name: string): boolean {
  try {
    return (name === '-' ? fstatSync(0) : statSync(name)).isFile()
  } catch {
    return name !== '-'
  }
}
