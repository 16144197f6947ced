import { dirname, normalize } from 'node:path'
import type { OutputBuffer } from '../formats/output-buffer.ts'
import type { Disk, DiskFile } from './disk.ts'

/** Files kept open at a time; others are opened again when they get rows. */
const MOST_DESCRIPTORS = 64

/** A part with bytes that wait to be written. */
interface Dirty {
  readonly hidden: string
  readonly buffer: OutputBuffer
}

/** Writes parts under their hidden names. One call at a time. */
export class PartWriter {
  readonly dirty = new Set<Dirty>()
  readonly #disk: Disk
  readonly #root: string
  /** The least lately used first. */
  readonly #files = new Map<string, DiskFile>()
  /** Hidden files that this process has begun or gone on with. */
  readonly #known = new Set<string>()
  readonly #unsynced = new Set<string>()
  readonly #unsyncedFolders = new Set<string>()
  #folder = ''

  /** `root`: the folder below which folders are made. */
  constructor(disk: Disk, root: string) {
    this.#disk = disk
    this.#root = normalize(root) // as the paths of parts are
  }

  async append(hidden: string, bytes: Buffer): Promise<void> {
    const file = await this.#open(hidden)
    await file.write(bytes)
    this.#unsynced.add(hidden)
  }

  /** Goes on with a file that has `length` bytes at least, and back to that. */
  async cut(hidden: string, length: number): Promise<void> {
    this.#known.add(hidden)
    if ((await this.#disk.facts(hidden))?.length === length) return
    const file = await this.#open(hidden)
    await file.truncate(length)
    await file.sync()
  }

  /** All bytes and names are safe from a crash of the machine. */
  async sync(): Promise<void> {
    for (const hidden of this.#unsynced) await (await this.#open(hidden)).sync()
    this.#unsynced.clear()
    for (const folder of this.#unsyncedFolders) await this.#disk.syncFolder(folder)
    this.#unsyncedFolders.clear()
  }

  /** The part gets no more rows, and need not be safe. */
  async forget(hidden: string): Promise<void> {
    this.#unsynced.delete(hidden)
    this.#known.delete(hidden)
    const file = this.#files.get(hidden)
    this.#files.delete(hidden)
    await file?.close()
  }

  async close(): Promise<void> {
    for (const file of this.#files.values()) await file.close()
    this.#files.clear()
  }

  async #open(hidden: string): Promise<DiskFile> {
    const open = this.#files.get(hidden)
    if (open) {
      this.#files.delete(hidden)
      this.#files.set(hidden, open)
      return open
    }
    const [oldest] = this.#files
    if (oldest !== undefined && this.#files.size >= MOST_DESCRIPTORS) {
      this.#files.delete(oldest[0])
      await oldest[1].close()
    }
    const isNew = !this.#known.has(hidden)
    if (isNew) await this.#makeFolder(dirname(hidden))
    const file = await this.#disk.open(hidden, { create: isNew })
    this.#files.set(hidden, file)
    if (!isNew) return file
    this.#known.add(hidden)
    // a process that died had begun the same part
    if ((await file.facts()).length > 0) await file.truncate(0)
    this.#unsynced.add(hidden)
    this.#unsyncedFolders.add(dirname(hidden))
    return file
  }

  async #makeFolder(folder: string): Promise<void> {
    if (folder === this.#folder || !(await this.#disk.makeFolder(folder))) {
      this.#folder = folder
      return
    }
    this.#folder = folder
    // folders above it may be new as well
    for (let above = folder; above.length > this.#root.length; above = dirname(above))
      this.#unsyncedFolders.add(dirname(above))
  }
}
