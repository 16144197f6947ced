import type fs from 'node:fs'
import tty from 'node:tty'
import type { ByteStream } from './byte-stream.ts'
import { LiveStream } from './live-stream.ts'
import { RegularFileStream } from './regular-file.ts'

/** How an open descriptor has to be read. */
export type DescriptorKind = 'file' | 'pipe' | 'terminal' | 'device' | 'directory'

export function descriptorKind(fd: number, stats: fs.Stats): DescriptorKind {
  if (stats.isFIFO() || stats.isSocket()) return 'pipe'
  if (stats.isDirectory()) return 'directory'
  if (stats.isCharacterDevice()) return tty.isatty(fd) ? 'terminal' : 'device'
  return 'file'
}

/** Is standard input a terminal, with nothing piped? Then a command without files shows short help (E_NO_INPUT). */
export const isStdinTerminal = (): boolean => tty.isatty(0)

/**
 * The bytes behind an inherited descriptor (standard input, `/dev/fd/63`), by what it is. A file goes on where the
 * descriptor stands (`(read line; tidemark …) < file`), which is why no position is given.
 */
export function openDescriptor(fd: number, kind: DescriptorKind): ByteStream {
  if (kind === 'pipe' || kind === 'terminal') return new LiveStream(fd, { isTerminal: kind === 'terminal' })
  return new RegularFileStream(fd, { position: null, isOwned: false })
}
