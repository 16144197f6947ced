import { closeSync, constants, fstatSync, openSync, readdirSync, type Stats, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { getSystemErrorMap } from 'node:util'
import { assert } from '../base/assert.ts'
import { TidemarkError } from '../base/errors.ts'
import { suggest } from '../base/suggest.ts'
import type { ByteStream } from './byte-stream.ts'
import { LiveStream } from './live-stream.ts'
import { RegularFileStream } from './regular-file.ts'
import type { FileOffset, ReadResult, ResumableSource } from './source.ts'
import { type DescriptorKind, descriptorKind, openDescriptor } from './stdin.ts'

export interface FileSourceOptions {
  /** What to do about a file that does not exist, if the caller knows better than a file of a similar name. */
  readonly missingHint?: (name: string) => string | undefined
}

/** One operand, looked at but not opened. */
interface Operand {
  /** As the user wrote it. */
  readonly name: string
  /** The inherited descriptor it stands for: 0 for `-`, 63 for `/dev/fd/63`. */
  readonly inherited: number | undefined
  readonly kind: DescriptorKind
  readonly size: number
}

/**
 * The operands one after the other, as `cat` reads them; `-` is standard input, named pipes and `/dev/fd/N` are read as
 * live inputs. `open` looks at every operand before the first byte is read; one at a time is open after that. Without
 * operands: standard input.
 */
export class FileSource implements ResumableSource {
  readonly #names: readonly string[]
  readonly #missingHint: (name: string) => string | undefined
  #operands: readonly Operand[] = []
  #stream: ByteStream | undefined
  #file = 0
  #byte = 0
  #hasEnded = false

  constructor(names: readonly string[], options: FileSourceOptions = {}) {
    this.#names = names.length > 0 ? names : ['-']
    this.#missingHint = options.missingHint ?? (() => undefined)
  }

  /** After the end: still the last one. */
  get current(): string {
    return this.#names[Math.min(this.#file, this.#names.length - 1)]!
  }

  get isBounded(): boolean {
    return this.#operands.every(({ kind }) => kind === 'file' || kind === 'device')
  }

  get totalBytes(): number | undefined {
    if (!this.#operands.every(({ kind }) => kind === 'file')) return undefined
    return this.#operands.reduce((sum, { size }) => sum + size, 0)
  }

  get offset(): FileOffset {
    return { file: this.#file, byte: this.#byte }
  }

  /** Throws E_FILE_MISSING or E_FILE_READ for the first operand that cannot be read. */
  async open(): Promise<void> {
    this.#operands = this.#names.map((name) => lookAt(name, this.#missingHint))
  }

  async seek({ file, byte }: FileOffset): Promise<void> {
    assert(this.#stream === undefined && this.#file === 0 && this.#byte === 0, 'seek comes before the first read')
    assert(this.isBounded, 'a live input cannot be sought')
    this.#file = file
    const operand = this.#operands[file]
    if (operand && byte > 0) {
      this.#stream = openOperand(operand, byte)
      if (operand.inherited !== undefined) this.#skip(byte)
    }
    this.#byte = byte
  }

  read(into: Buffer, at: number): ReadResult | Promise<ReadResult> {
    assert(at < into.length, 'a read needs room')
    const operand = this.#operands[this.#file]
    if (!operand || this.#hasEnded) return END
    try {
      this.#stream ??= openOperand(operand, 0)
      const length = this.#stream.read(into, at)
      return typeof length === 'number' ? this.#taken(length) : this.#later(length, operand)
    } catch (error) {
      throw readError(operand.name, error)
    }
  }

  async close(): Promise<void> {
    const stream = this.#stream
    this.#stream = undefined
    await stream?.close()
  }

  async #later(pending: Promise<number>, operand: Operand): Promise<ReadResult> {
    try {
      return await this.#taken(await pending)
    } catch (error) {
      throw readError(operand.name, error)
    }
  }

  #taken(length: number): ReadResult | Promise<ReadResult> {
    if (length > 0) {
      this.#byte += length
      return { kind: 'bytes', length }
    }
    return this.close().then(() => {
      // The last file's end is the end of all, and its offset stays: more bytes may be in it on the next run.
      if (this.#file === this.#operands.length - 1) {
        this.#hasEnded = true
        return END
      }
      this.#file += 1
      this.#byte = 0
      return END_OF_FILE
    })
  }

  /** Standard input has no position of ours to set: reads and forgets. */
  #skip(bytes: number): void {
    const scrap = Buffer.allocUnsafe(Math.min(bytes, 65_536))
    for (let left = bytes; left > 0; ) {
      const length = this.#stream!.read(scrap.subarray(0, Math.min(left, scrap.length)), 0)
      assert(typeof length === 'number', 'bounded inputs are read at once')
      if (length === 0) return
      left -= length
    }
  }
}

const END: ReadResult = { kind: 'end' }
const END_OF_FILE: ReadResult = { kind: 'end-of-file' }

/**
 * What an operand is; regular files are opened once to be sure of it, and closed, so that a thousand of them need no
 * thousand descriptors.
 */
function lookAt(name: string, missingHint: (name: string) => string | undefined): Operand {
  const inherited = inheritedDescriptor(name)
  try {
    const stats = inherited === undefined ? statSync(name) : fstatSync(inherited)
    const isPipe = stats.isFIFO() || stats.isSocket()
    // A pipe's descriptor is only used while it is one: /dev/fd/0 may well be a file that is to be read from its start.
    if (inherited !== undefined && (name === '-' || isPipe)) return operandOf(name, inherited, inherited, stats)
    // A named pipe is not opened to try: its writer would see a reader come and go, and die of SIGPIPE.
    if (isPipe) return { name, inherited: undefined, kind: 'pipe', size: 0 }
    const fd = openSync(name, constants.O_RDONLY | constants.O_NOCTTY)
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

function openOperand({ name, inherited, kind }: Operand, position: number): ByteStream {
  if (inherited !== undefined) return openDescriptor(inherited, kind)
  const { O_RDONLY, O_NONBLOCK, O_NOCTTY } = constants
  // Without O_NONBLOCK a named pipe waits for its writer here; with it, the event loop waits for the first byte.
  if (kind === 'pipe') return new LiveStream(openSync(name, O_RDONLY | O_NONBLOCK), { isTerminal: false })
  const fd = openSync(name, O_RDONLY | O_NOCTTY)
  if (kind === 'terminal') return new LiveStream(fd, { isTerminal: true })
  return new RegularFileStream(fd, { position: kind === 'file' ? position : null, isOwned: true })
}

const wordFor = (name: string): string => (name === '-' ? 'standard input' : `'${name}'`)

function openError(name: string, error: unknown, missingHint: (name: string) => string | undefined): TidemarkError {
  const code = (error as NodeJS.ErrnoException).code
  if (error instanceof TidemarkError || (code !== 'ENOENT' && code !== 'ENOTDIR')) return readError(name, error)
  const near = missingHint(name) ?? similarFile(name)
  return new TidemarkError('E_FILE_MISSING', `no file '${name}'`, near === undefined ? {} : { hint: near })
}

function similarFile(name: string): string | undefined {
  try {
    const near = suggest(basename(name), readdirSync(dirname(name)))
    return near && `did you mean '${join(dirname(name), near)}'?`
  } catch {
    return undefined
  }
}

function readError(name: string, error: unknown): TidemarkError {
  if (error instanceof TidemarkError) return error
  const { errno, message } = error as NodeJS.ErrnoException
  const reason = (errno !== undefined && getSystemErrorMap().get(errno)?.[1]) || message
  return new TidemarkError('E_FILE_READ', `cannot read ${wordFor(name)}: ${reason}`, { cause: error })
}
