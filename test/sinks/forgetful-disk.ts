import { basename, dirname } from 'node:path'
import type { Disk, DiskFile, FileFacts } from '../../src/sinks/disk.ts'

/** The process or the machine dies here. */
export class Crash extends Error {}

/** What is left of work that was not synced: all (the process died), nothing, or names and a beginning of the bytes, with zeros behind it. */
export type Loss = 'process' | 'machine' | 'torn'

/** Where in a step the crash comes; `half` of what is written by then. */
export type Moment = 'before' | 'half' | 'after'

interface Inode {
  readonly id: string
  bytes: Buffer
  synced: Buffer
}

interface Folder {
  names: Map<string, Inode>
  synced: Map<string, Inode>
}

/**
 * A disk in memory that loses, when the machine crashes, whatever was not synced: bytes of files, and names in folders. Each call is a step, and `crashAt` lets
 * it die in one of them; then nothing works until `restart`.
 */
export class ForgetfulDisk implements Disk {
  steps = 0
  /** The number of the step, from 0, in which it dies. */
  crashAt: number | null = null
  moment: Moment = 'before'
  isDead = false
  #life = 0
  #nextInode = 1
  readonly #folders = new Map<string, Folder>()
  /** Made, but their names are not safe in the folder above. */
  readonly #unsyncedFolders = new Set<string>()

  constructor(folders: readonly string[]) {
    for (const folder of folders) this.#folders.set(folder, { names: new Map(), synced: new Map() })
  }

  /** Starts again on what the crash has left. */
  restart(loss: Loss): void {
    this.isDead = false
    this.#life += 1
    if (loss === 'process') return
    if (loss === 'machine') for (const folder of this.#unsyncedFolders) this.#folders.delete(folder)
    this.#unsyncedFolders.clear()
    for (const folder of this.#folders.values()) {
      if (loss === 'machine') folder.names = new Map(folder.synced)
      for (const inode of folder.names.values()) this.#forget(inode, loss)
      folder.synced = new Map(folder.names)
    }
  }

  /** The bytes of a file as text, for the eyes of a test; no step. */
  text(path: string): string {
    return this.#lookUp(path)?.bytes.toString() ?? ''
  }

  /** What another process does: no step, and safe at once. */
  put(path: string, text: string): void {
    const inode = this.#lookUp(path) ?? this.#make(path)
    inode.bytes = Buffer.from(text)
    inode.synced = inode.bytes
    this.#folder(path).synced.set(basename(path), inode)
  }

  folders(): readonly string[] {
    return [...this.#folders.keys()].sort()
  }

  names(folder: string): readonly string[] {
    return [...(this.#folders.get(folder)?.names.keys() ?? [])].sort()
  }

  /** One step; `work` gets what part of it happens. */
  step<T>(work: (isHalf: boolean) => T): T {
    if (this.isDead) throw new Crash('dead')
    const isHere = this.steps === this.crashAt
    this.steps += 1
    if (!isHere) return work(false)
    this.isDead = true
    if (this.moment !== 'before') work(this.moment === 'half')
    throw new Crash(`in step ${this.steps - 1}`)
  }

  async facts(path: string): Promise<FileFacts | null> {
    return this.step(() => {
      if (this.#folders.has(path)) return { device: '1', inode: path, length: 0, isRegular: false }
      const inode = this.#lookUp(path)
      return inode ? factsOf(inode) : null
    })
  }

  async open(path: string, { create }: { readonly create: boolean }): Promise<DiskFile> {
    return this.step(() => {
      const inode = this.#lookUp(path) ?? (create ? this.#make(path) : null)
      if (inode === null) throw systemError('ENOENT', path)
      return this.#handle(inode)
    })
  }

  async list(folder: string): Promise<readonly string[]> {
    return this.step(() => [...(this.#folders.get(folder)?.names.keys() ?? [])])
  }

  async rename(from: string, to: string): Promise<void> {
    this.step(() => {
      const inode = this.#lookUp(from)
      if (!inode) throw systemError('ENOENT', from)
      this.#folder(to).names.set(basename(to), inode)
      this.#folder(from).names.delete(basename(from))
    })
  }

  async link(path: string, second: string): Promise<void> {
    this.step(() => {
      const inode = this.#lookUp(path)
      if (!inode) throw systemError('ENOENT', path)
      if (this.#lookUp(second)) throw systemError('EEXIST', second)
      this.#folder(second).names.set(basename(second), inode)
    })
  }

  async remove(path: string): Promise<void> {
    this.step(() => this.#folder(path).names.delete(basename(path)))
  }

  async makeFolder(folder: string): Promise<boolean> {
    return this.step(() => {
      if (this.#folders.has(folder)) return false
      this.#folders.set(folder, { names: new Map(), synced: new Map() })
      this.#unsyncedFolders.add(folder)
      return true
    })
  }

  async resolve(path: string): Promise<string> {
    return path
  }

  async syncFolder(path: string): Promise<void> {
    this.step(() => {
      const folder = this.#folders.get(path)
      if (!folder) throw systemError('ENOENT', path)
      folder.synced = new Map(folder.names)
      for (const below of this.#unsyncedFolders) if (dirname(below) === path) this.#unsyncedFolders.delete(below)
    })
  }

  #handle(inode: Inode): DiskFile {
    const life = this.#life
    const step = <T>(work: (isHalf: boolean) => T): T => {
      if (life !== this.#life) throw new Crash('a handle of a process that is dead')
      return this.step(work)
    }
    return {
      facts: async () => step(() => factsOf(inode)),
      write: async (bytes) =>
        step((isHalf) => {
          inode.bytes = Buffer.concat([inode.bytes, bytes.subarray(0, isHalf ? bytes.length >> 1 : bytes.length)])
        }),
      read: async (at, length) => step(() => Buffer.from(inode.bytes.subarray(at, at + length))),
      truncate: async (length) =>
        step(() => {
          inode.bytes = inode.bytes.subarray(0, length)
        }),
      sync: async () =>
        step((isHalf) => {
          if (!isHalf) inode.synced = inode.bytes
        }),
      close: async () => {},
    }
  }

  #forget(inode: Inode, loss: Loss): void {
    const { bytes, synced } = inode
    if (loss === 'torn' && bytes.length > synced.length) {
      const kept = (bytes.length + synced.length) >> 1
      inode.bytes = Buffer.concat([bytes.subarray(0, kept), Buffer.alloc(bytes.length - kept)])
    } else inode.bytes = synced
    inode.synced = inode.bytes
  }

  #folder(path: string): Folder {
    const folder = this.#folders.get(dirname(path))
    if (!folder) throw systemError('ENOENT', path)
    return folder
  }

  #lookUp(path: string): Inode | undefined {
    return this.#folders.get(dirname(path))?.names.get(basename(path))
  }

  #make(path: string): Inode {
    const inode = { id: String(this.#nextInode++), bytes: Buffer.alloc(0), synced: Buffer.alloc(0) }
    this.#folder(path).names.set(basename(path), inode)
    return inode
  }
}

const factsOf = ({ id, bytes }: Inode): FileFacts => ({
  device: '1',
  inode: id,
  length: bytes.length,
  isRegular: true,
})

const systemError = (code: string, path: string): Error => Object.assign(new Error(`${code}: ${path}`), { code })
