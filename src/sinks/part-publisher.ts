import { basename, dirname, extname, join } from 'node:path'
import type { Disk } from './disk.ts'

/** Stands in a path for the number of the part. No path has one: it comes from no text that a user can give. */
export const PART_MARK = '\0'
/** Paths whose next number is known; of others it is looked up. */
const MOST_KNOWN = 100_000
/** File systems without hard links say so in several ways. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

interface Ended {
  readonly path: string
  readonly hidden: string
}

/** The visible path of part `number`, from 0: where no place is given for the number, it stands before the extension, from the second part on. */
export function numbered(path: string, number: number): string {
  if (path.includes(PART_MARK)) return path.replaceAll(PART_MARK, String(number))
  if (number === 0) return path
  const extension = extname(path)
  return join(dirname(path), `${basename(path, extension)}-${number}${extension}`)
}

/** Makes parts visible that are complete. */
export class PartPublisher {
  readonly #disk: Disk
  /** By path, the first number that is not known to be taken. */
  readonly #next = new Map<string, number>()
  /** `replace`: the first parts of this run take the place of those of an earlier run. */
  #way: 'number' | 'replace'

  constructor(disk: Disk, way: 'number' | 'replace') {
    this.#disk = disk
    this.#way = way
  }

  /** In the given order. Those that an earlier try has done are left as they are. */
  async publish(parts: readonly Ended[]): Promise<void> {
    const folders = new Set<string>()
    for (const { path, hidden } of parts) {
      if ((await this.#disk.facts(hidden)) === null) continue
      const number = await this.#place(path, hidden)
      folders.add(dirname(path))
      if (this.#next.size >= MOST_KNOWN) {
        this.#next.clear()
        this.#way = 'number' // what this run has made can no longer be told from older parts
      }
      this.#next.set(path, number + 1)
    }
    for (const folder of folders) await this.#disk.syncFolder(folder)
  }

  async #place(path: string, hidden: string): Promise<number> {
    let number = this.#next.get(path) ?? 0
    if (this.#way === 'replace') {
      await this.#disk.rename(hidden, numbered(path, number))
      return number
    }
    while (!(await this.#take(hidden, numbered(path, number)))) number += 1
    return number
  }

  /** False: there is another file of that name. None is ever replaced. */
  async #take(hidden: string, visible: string): Promise<boolean> {
    try {
      await this.#disk.link(hidden, visible)
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if (code === 'EEXIST') {
        if (!(await this.#areSame(hidden, visible))) return false
      } else if (NO_LINKS.has(code)) {
        if ((await this.#disk.facts(visible)) !== null) return false
        await this.#disk.rename(hidden, visible)
        return true
      } else throw error
    }
    // the second name must be safe before the first one goes: a file without a name is gone
    await this.#disk.syncFolder(dirname(visible))
    await this.#disk.remove(hidden)
    return true
  }

  async #areSame(a: string, b: string): Promise<boolean> {
    const [one, other] = [await this.#disk.facts(a), await this.#disk.facts(b)]
    return one !== null && other !== null && one.device === other.device && one.inode === other.inode
  }
}
