import {
  type BigIntStats,
  close,
  constants,
  fdatasync,
  fstat,
  fsync,
  ftruncate,
  link,
  mkdir,
  open,
  read,
  readdir,
  realpath,
  rename,
  stat,
  unlink,
} from 'node:fs'
import type { ByteWriter } from './byte-writer.ts'
import { DescriptorWriter } from './descriptor-writer.ts'

/** What tells one file from another, and how much it holds. */
export interface FileFacts {
  /** Decimal: inode numbers may be greater than a double holds. */
  readonly device: string
  readonly inode: string
  /** Bytes. */
  readonly length: number
  readonly isRegular: boolean
}

/** An open file. What is appended goes behind what the file holds by then, whoever wrote it: nothing is ever written over. */
export interface DiskFile extends ByteWriter {
  facts(): Promise<FileFacts>
  /** Appends. Resolves when the system has the bytes; a crash of the machine may still lose them. */
  write(bytes: Buffer): Promise<void>
  /** Bytes from `at` on; fewer than `length` only at the end of the file. */
  read(at: number, length: number): Promise<Buffer>
  truncate(length: number): Promise<void>
  /** Resolves when all bytes are safe from a crash of the machine. */
  sync(): Promise<void>
}

/**
 * What sinks that take rows exactly once do to a disk. Small enough for a test to have one that forgets, as a machine does that loses its power, what
 * was not synced: bytes of files, and names in folders. All reject with the system's errors.
 */
export interface Disk {
  /** Links are followed. null: there is nothing of that name. */
  facts(path: string): Promise<FileFacts | null>
  /** For reading and appending. `create`: made if there is none. */
  open(path: string, options: { readonly create: boolean }): Promise<DiskFile>
  /** Names in a folder, in no order; none if there is no such folder. */
  list(folder: string): Promise<readonly string[]>
  /** Moves a file to a name, which is replaced if there is one. */
  rename(from: string, to: string): Promise<void>
  /** Gives a file a second name. Rejects with EEXIST if there is one of that name. */
  link(path: string, second: string): Promise<void>
  /** No error if it is gone already. */
  remove(path: string): Promise<void>
  /** With the folders above it. True: there was none. */
  makeFolder(folder: string): Promise<boolean>
  /** The path without links. */
  resolve(path: string): Promise<string>
  /** Names made, changed and removed in a folder are safe from a crash of the machine. */
  syncFolder(folder: string): Promise<void>
}

type Done<T> = (error: NodeJS.ErrnoException | null, value: T) => void

const asked = <T>(ask: (done: Done<T>) => void): Promise<T> =>
  new Promise((resolve, reject) => ask((error, value) => (error ? reject(error) : resolve(value))))

const factsFrom = (stats: BigIntStats): FileFacts => ({
  device: String(stats.dev),
  inode: String(stats.ino),
  length: Number(stats.size),
  isRegular: stats.isFile(),
})

class SystemFile extends DescriptorWriter implements DiskFile {
  readonly #fd: number

  constructor(fd: number) {
    super(fd, true)
    this.#fd = fd
  }

  async facts(): Promise<FileFacts> {
    return factsFrom(await asked<BigIntStats>((done) => fstat(this.#fd, { bigint: true }, done)))
  }

  async read(at: number, length: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(length)
    let filled = 0
    while (filled < length) {
      const count = await asked<number>((done) => read(this.#fd, bytes, filled, length - filled, at + filled, done))
      if (count === 0) break
      filled += count
    }
    return bytes.subarray(0, filled)
  }

  truncate(length: number): Promise<void> {
    return asked((done) => ftruncate(this.#fd, length, done as () => void))
  }

  sync(): Promise<void> {
    return asked((done) => fdatasync(this.#fd, done as () => void))
  }
}

/** The disk of this machine. */
export const SYSTEM_DISK: Disk = {
  async facts(path) {
    const stats = await unlessMissing(asked<BigIntStats>((done) => stat(path, { bigint: true }, done)))
    return stats && factsFrom(stats)
  },
  async open(path, { create }) {
    const { O_RDWR, O_APPEND, O_CREAT, O_NOCTTY } = constants
    const flags = O_RDWR | O_APPEND | O_NOCTTY | (create ? O_CREAT : 0)
    return new SystemFile(await asked<number>((done) => open(path, flags, 0o666, done)))
  },
  async list(folder) {
    return (await unlessMissing(asked<string[]>((done) => readdir(folder, done)))) ?? []
  },
  rename: (from, to) => asked((done) => rename(from, to, done as () => void)),
  link: (path, second) => asked((done) => link(path, second, done as () => void)),
  async remove(path) {
    await unlessMissing(asked<void>((done) => unlink(path, done as () => void)))
  },
  async makeFolder(folder) {
    const first = await asked<string | undefined>((done) => mkdir(folder, { recursive: true }, done))
    return first !== undefined
  },
  resolve: (path) => asked((done) => realpath(path, done)),
  async syncFolder(folder) {
    const fd = await asked<number>((done) => open(folder, constants.O_RDONLY, done))
    try {
      await asked<void>((done) => fsync(fd, done as () => void))
    } finally {
      await asked<void>((done) => close(fd, done as () => void))
    }
  },
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
