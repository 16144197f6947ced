import { type FSWatcher, realpathSync, statSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

/** How long a change may stay unseen where the system does not tell of it (network file systems, too many watches), ms. */
const POLL_MS = 1000

/**
 * Tells that something may have happened to a file that is known by its name: from its folder, and the folder that a symbolic link leads to. Asleep
 * between; keeps the process alive only while it is asked for news.
 */
export class FolderWatch {
  readonly #name: string
  readonly #onRename: () => void
  #watchers: { readonly folder: string; readonly inode: bigint; readonly watcher: FSWatcher }[] = []
  #wake: (() => void) | null = null
  #isOpen = true

  /** `onRename`: a name in the folder has come or gone while nobody asked for news. */
  constructor(name: string, onRename: () => void) {
    this.#name = name
    this.#onRename = onRename
    this.#attach()
  }

  /** Until something may have changed, at the latest after a second; at once when it is closed. One at a time. */
  async news(): Promise<void> {
    if (!this.#isOpen) return
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      timer = setTimeout(() => {
        this.#attach()
        resolve()
      }, POLL_MS)
    })
    clearTimeout(timer)
    this.#wake = null
  }

  close(): void {
    this.#isOpen = false
    for (const { watcher } of this.#watchers) watcher.close()
    this.#watchers = []
    this.#wake?.()
  }

  /** Watches the folders that there are; a folder that was made anew is another one. */
  #attach(): void {
    const folders = foldersOf(this.#name)
    const isStill = (folder: string, inode: bigint) =>
      this.#watchers.some((one) => one.folder === folder && one.inode === inode)
    const inodes = folders.map((folder) => inodeOf(folder))
    if (folders.length === this.#watchers.length && folders.every((folder, i) => isStill(folder, inodes[i]!))) return
    for (const { watcher } of this.#watchers) watcher.close()
    this.#watchers = []
    for (const [i, folder] of folders.entries()) {
      const watcher = this.#watch(folder)
      if (watcher) this.#watchers.push({ folder, inode: inodes[i]!, watcher })
    }
  }

  /** null: there is no such folder, or the system has no more watches. */
  #watch(folder: string): FSWatcher | null {
    try {
      const watcher = watch(folder, { persistent: false }, (event, file) => this.#heard(event, file))
      watcher.on('error', () => watcher.close())
      return watcher
    } catch {
      return null
    }
  }

  #heard(event: string, file: string | null): void {
    // a name that has come or gone may be the file's own, or the one that its writer still writes to
    const own = basename(this.#name)
    if (event === 'change' && file !== null && !file.startsWith(own) && !this.#isTarget(file)) return
    if (this.#wake) this.#wake()
    else if (event === 'rename') this.#onRename()
  }

  #isTarget(file: string): boolean {
    return this.#watchers.length > 1 && basename(realPathOf(this.#name)) === file
  }
}

function foldersOf(name: string): readonly string[] {
  const own = dirname(name)
  const target = dirname(realPathOf(name))
  return realPathOf(own) === target ? [own] : [own, target]
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** 0n: there is none. */
const inodeOf = (folder: string): bigint => statSync(folder, { bigint: true, throwIfNoEntry: false })?.ino ?? 0n
