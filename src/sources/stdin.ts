import { fstatSync, type Stats } from 'node:fs'
import type { ByteStream } from './byte-stream.ts'
import { LiveStream } from './live-stream.ts'
import { RegularFileStream } from './regular-file.ts'

/** How an open descriptor has to be read. */
export type DescriptorKind = 'file' | 'pipe' | 'terminal' | 'device' | 'directory'

export function descriptorKind(fd: number, stats: Stats): DescriptorKind {
  if (stats.isFIFO() || stats.isSocket()) return 'pipe'
  if (stats.isDirectory()) return 'directory'
  if (stats.isCharacterDevice()) return isTerminalDevice(fd, stats) ? 'terminal' : 'device'
  return 'file'
}

/** Is an open descriptor a terminal? False for one that is closed. */
export function isTerminal(fd: number): boolean {
  try {
    return isTerminalDevice(fd, fstatSync(fd))
  } catch {
    return false
  }
}

/** Linux keeps /dev/null, /dev/zero and their like under this number, and never a terminal. */
const MEMORY_DEVICES = 1

/** Asks node:tty only about what may be a terminal: it would take 6 ms of every start. */
function isTerminalDevice(fd: number, stats: Stats): boolean {
  if (!stats.isCharacterDevice() || (process.platform === 'linux' && stats.rdev >> 8 === MEMORY_DEVICES)) return false
  return process.getBuiltinModule('node:tty').isatty(fd)
}

/**
 * The bytes behind an inherited descriptor (standard input, `/dev/fd/63`), by what it is. A file goes on where the
 * descriptor stands (`(read line; tidemark …) < file`), which is why no position is given.
 */
export function openDescriptor(fd: number, kind: DescriptorKind): ByteStream {
  if (kind === 'pipe' || kind === 'terminal') return new LiveStream(fd, { isTerminal: kind === 'terminal' })
  return new RegularFileStream(fd, { position: null, isOwned: false })
}
