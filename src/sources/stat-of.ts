import { statSync } from 'node:fs'
import type { FileIdentity } from './file-mark.ts'

export interface Seen extends FileIdentity {
  readonly size: number
}

/** What a name leads to now; null: nothing, as far as we may see. */
export function statOf(name: string): Seen | null {
  try {
    const { dev, ino, size } = statSync(name, { bigint: true })
    return { device: `${dev}`, inode: `${ino}`, size: Number(size) }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return null
    throw error
  }
}
