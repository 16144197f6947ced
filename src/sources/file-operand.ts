import { closeSync, constants, fstatSync, openSync, readdirSync, type Stats, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { getSystemErrorMap } from 'node:util'
import { TidemarkError } from '../base/errors.ts'
import { suggest } from '../base/suggest.ts'
import type { ByteStream } from './byte-stream.ts'
import { LiveStream } from './live-stream.ts'
import { RegularFileStream } from './regular-file.ts'
import { type DescriptorKind, descriptorKind, openDescriptor } from './stdin.ts'

/** One FILE of the command line, looked at but not opened. */
export interface Operand {
  /** As the user wrote it. */
  readonly name: string
  /** The inherited descriptor it stands for: 0 for `-`, 63 for `/dev/fd/63`. */
  readonly inherited: number | undefined
  readonly kind: DescriptorKind
  readonly size: number
}

type MissingHint = (name: string) => string | undefined

/**
 * What an operand is; regular files are opened once to be sure of it, and closed, so that a thousand of them need no
 * thousand descriptors. Throws E_FILE_MISSING or E_FILE_READ.
 */
export function lookAt(name: string, missingHint: MissingHint): Operand {
  const inherited = inheritedDescriptor(name)
  try {
    const stats = inherited === undefined ? statSync(name) : fstatSync(inherited)
    const isPipe = stats.isFIFO() || stats.isSocket()
    // A pipe's descriptor is only used while it is one: /dev/fd/0 may well be a file that is to be read from its start.
    if (inherited !== undefined && (name === '-' || isPipe)) return operandOf(name, inherited, inherited, stats)
    // A named pipe is not opened to try: its writer would see a reader come and go, and die of SIGPIPE.
    if (isPipe) return { name, inherited: undefined, kind: 'pipe', size: 0 }
    const fd = openToRead(name)
    try {
      return operandOf(name, undefined, fd, fstatSync(fd))
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    throw openError(name, error, missingHint)
  }
}

function operandOf(name: string, inherited: number | undefined, fd: number, stats: Stats): Operand {
  const kind = descriptorKind(fd, stats)
  if (kind === 'directory') {
    const hint = name === '-' ? {} : { hint: `name the files in it: ${join(name, '*')}` }
    throw new TidemarkError('E_FILE_READ', `cannot read ${wordFor(name)}: it is a directory`, hint)
  }
  return { name, inherited, kind, size: stats.size }
}

function inheritedDescriptor(name: string): number | undefined {
  if (name === '-' || name === '/dev/stdin') return 0
  const match = /^\/(?:dev|proc\/self)\/fd\/(\d{1,6})$/.exec(name)
  return match ? Number(match[1]) : undefined
}

/** Opens a path for reading; never makes a terminal the process's own. */
export const openToRead = (name: string): number => openSync(name, constants.O_RDONLY | constants.O_NOCTTY)

/** Opens an operand to be read from byte `position` on; null: from where it stands, which for a path is its start. */
export function openOperand({ name, inherited, kind }: Operand, position: number | null): ByteStream {
  if (inherited !== undefined && kind === 'file') return new RegularFileStream(inherited, { position, isOwned: false })
  if (inherited !== undefined) return openDescriptor(inherited, kind)
  const { O_RDONLY, O_NONBLOCK } = constants
  // Without O_NONBLOCK a named pipe waits for its writer here; with it, the event loop waits for the first byte.
  if (kind === 'pipe') return new LiveStream(openSync(name, O_RDONLY | O_NONBLOCK), { isTerminal: false })
  const fd = openToRead(name)
  if (kind === 'terminal') return new LiveStream(fd, { isTerminal: true })
  return new RegularFileStream(fd, { position: kind === 'file' ? (position ?? 0) : null, isOwned: true })
}

/** Calls `look` with a descriptor of a regular file, which is open for so long at least. */
export function withDescriptor<T>({ name, inherited }: Operand, look: (fd: number) => T): T {
  if (inherited !== undefined) return look(inherited)
  const fd = openToRead(name)
  try {
    return look(fd)
  } finally {
    closeSync(fd)
  }
}

export const wordFor = (name: string): string => (name === '-' ? 'standard input' : `'${name}'`)

function openError(name: string, error: unknown, missingHint: MissingHint): TidemarkError {
  const code = (error as NodeJS.ErrnoException).code
  if (error instanceof TidemarkError || (code !== 'ENOENT' && code !== 'ENOTDIR')) return readError(name, error)
  const near = missingHint(name) ?? similarFile(name)
  return new TidemarkError('E_FILE_MISSING', `no file '${name}'`, near === undefined ? {} : { hint: near })
}

/** The hint about a file of a similar name in the folder of one that does not exist. */
export function similarFile(name: string): string | undefined {
  try {
    const near = suggest(basename(name), readdirSync(dirname(name)))
    return near && `did you mean '${join(dirname(name), near)}'?`
  } catch {
    return undefined
  }
}

/** What the system said about reading a file, in words. */
export function readError(name: string, error: unknown): TidemarkError {
  if (error instanceof TidemarkError) return error
  const { errno, message } = error as NodeJS.ErrnoException
  const reason = (errno !== undefined && getSystemErrorMap().get(errno)?.[1]) || message
  return new TidemarkError('E_FILE_READ', `cannot read ${wordFor(name)}: ${reason}`, { cause: error })
}
