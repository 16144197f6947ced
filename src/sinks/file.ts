import { constants, fstatSync, openSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { TidemarkError } from '../base/errors.ts'
import type { ByteWriter } from './byte-writer.ts'
import { writerFor } from './descriptor-writer.ts'
import { FileDescriptorSink, systemReason } from './file-descriptor.ts'
import { StoppedOpening } from './sink.ts'

/** How often to look whether a named pipe has got its reader, ms. */
const READER_PAUSE = 20

export interface FileSinkOptions {
  /** Keep what is in the file and write behind it. Otherwise the file is emptied by `open`. */
  readonly append?: boolean
  /** Once it is aborted, `open` stops waiting for the reader of a named pipe and throws StoppedOpening. */
  readonly signal?: AbortSignal
}

/**
 * A file by its path, created if there is none. Named pipes and `/dev/fd/N` (`>(…)` in a shell) work too. Throws
 * E_OUTPUT if it cannot be used.
 */
export class FileSink extends FileDescriptorSink {
  readonly name: string
  readonly #append: boolean
  readonly #signal: AbortSignal | undefined

  constructor(name: string, options: FileSinkOptions = {}) {
    super()
    this.name = name
    this.#append = options.append ?? false
    this.#signal = options.signal
  }

  protected override async openWriter(): Promise<ByteWriter> {
    try {
      const inherited = inheritedPipe(this.name)
      if (inherited !== undefined) return writerFor(inherited, false)
      return writerFor(await openForWriting(this.name, this.#append, this.#signal), true)
    } catch (error) {
      if (error instanceof StoppedOpening) throw error
      throw outputError(this.name, error as NodeJS.ErrnoException)
    }
  }
}

/** The descriptor behind `/dev/fd/N`, if it is a pipe: opened anew it would be a second writer. */
function inheritedPipe(name: string): number | undefined {
  const match = /^\/(?:dev|proc\/self)\/fd\/(\d{1,6})$/.exec(name)
  const fd = name === '/dev/stdout' ? 1 : match ? Number(match[1]) : undefined
  if (fd === undefined) return undefined
  const stats = fstatSync(fd)
  return stats.isFIFO() || stats.isSocket() ? fd : undefined
}

async function openForWriting(name: string, append: boolean, signal: AbortSignal | undefined): Promise<number> {
  const { O_WRONLY, O_CREAT, O_APPEND, O_TRUNC, O_NONBLOCK, O_NOCTTY } = constants
  const flags = O_WRONLY | O_CREAT | O_NOCTTY | (append ? O_APPEND : O_TRUNC)
  const isPipe = statSync(name, { throwIfNoEntry: false })?.isFIFO() === true
  if (!isPipe) return openSync(name, flags, 0o666)
  // A named pipe has to wait for its reader. Not inside open(2), which would keep the process from ending.
  for (;;) {
    try {
      return openSync(name, O_WRONLY | O_NONBLOCK)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error
      if (signal?.aborted) throw new StoppedOpening(`told to stop before ${name} had a reader`)
      await new Promise((resolve) => setTimeout(resolve, READER_PAUSE))
    }
  }
}

/** Why a path cannot be written, and what to do about it. */
export function outputError(name: string, error: NodeJS.ErrnoException): TidemarkError {
  const folder = dirname(name)
  if (error.code === 'EISDIR') {
    const hint = `name a file in it: ${join(name, 'out.ndjson')}`
    return new TidemarkError('E_OUTPUT', `cannot write to ${name}: it is a directory`, { hint, cause: error })
  }
  if (error.code === 'ENOENT') {
    const hint = `make it first: mkdir -p ${folder}`
    return new TidemarkError('E_OUTPUT', `cannot write to ${name}: there is no directory ${folder}`, {
      hint,
      cause: error,
    })
  }
  return new TidemarkError('E_OUTPUT', `cannot write to ${name}: ${systemReason(error)}`, { cause: error })
}
