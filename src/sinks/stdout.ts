import { constants, fstatSync, readdirSync, readFileSync, type Stats } from 'node:fs'
import { TidemarkError } from '../base/errors.ts'
import type { ByteWriter } from './byte-writer.ts'
import { writerFor } from './descriptor-writer.ts'
import { FileDescriptorSink } from './file-descriptor.ts'

/** A descriptor that the process was given: standard output by default, or `fd:N`. It is never closed nor cut short. Throws E_OUTPUT. */
export class DescriptorSink extends FileDescriptorSink {
  readonly name: string
  readonly #fd: number

  constructor(fd = 1) {
    super()
    this.#fd = fd
    this.name = fd === 1 ? '-' : `fd:${fd}`
  }

  protected override async openWriter(): Promise<ByteWriter> {
    if (this.#fd > 2 && !wasGiven(this.#fd)) {
      throw new TidemarkError('E_OUTPUT', `cannot write to ${this.name}: nothing is open there`, {
        hint: `open it in the shell: tidemark … ${this.#fd}> rows.ndjson`,
      })
    }
    return writerFor(this.#fd, false)
  }
}

/**
 * Was the descriptor open for writing when the process began? One that was not may have become a pipe or an event queue of Node's own, and what
 * is written there would go to the event loop. Of Node's pipes both ends are in this process.
 */
function wasGiven(fd: number): boolean {
  const stats = statsOf(fd)
  if (!stats || isReadOnly(fd)) return false
  if (!stats.isFIFO()) return stats.isFile() || stats.isSocket() || stats.isCharacterDevice() || stats.isBlockDevice()
  return !openDescriptors().some((other) => statsOf(other)?.ino === stats.ino && isReadOnly(other))
}

function statsOf(fd: number): Stats | null {
  try {
    return fstatSync(fd)
  } catch {
    return null
  }
}

/** False where the system does not tell: only Linux has /proc. */
function isReadOnly(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))
    return flags !== null && (Number.parseInt(flags[1]!, 8) & 3) === constants.O_RDONLY
  } catch {
    return false
  }
}

function openDescriptors(): readonly number[] {
  try {
    return readdirSync('/proc/self/fd').map(Number)
  } catch {
    return []
  }
}
