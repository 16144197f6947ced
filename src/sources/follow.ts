import { assert } from '../base/assert.ts'
import type { WarningCode } from '../base/error-codes.ts'
import { monotonicTime } from '../time/clock.ts'
import type { OperandMark } from './file-mark.ts'
import { readError, similarFile, wordFor } from './file-operand.ts'
import { FolderWatch } from './folder-watch.ts'
import { FollowedFile } from './followed-file.ts'
import { placeFollowed, withLater } from './place-followed.ts'
import { findCopy } from './rotation.ts'
import type { FilePlace, ReadResult, Source } from './source.ts'
import { statOf } from './stat-of.ts'

export interface FollowSourceOptions {
  /** Why the file may not be there, if the caller knows. */
  readonly missingHint?: (name: string) => string | undefined
  readonly warn?: (code: WarningCode, message: string, hint?: string) => void
}

/** How long a look at the name may be old while there is something to read, ms. */
const LOOK_MS = 1000
const END: ReadResult = { kind: 'end' }
const END_OF_FILE: ReadResult = { kind: 'end-of-file' }

/**
 * One file, by its name, as `tail -F` reads it: on and on as it grows, from its beginning when it was cut short, and over every rotation, by renaming or
 * by copying: the old file to its end, then the new one. A file that is not there yet is waited for. Ends only when it is closed.
 */
export class FollowSource implements Source {
  readonly current: string
  readonly isBounded = false
  readonly totalBytes = undefined
  readonly #options: FollowSourceOptions
  #watch: FolderWatch | null = null
  /** What is read, then what had the name after it. Never empty once the name was seen. */
  #files: FollowedFile[] = []
  /** The file before #files[0]: open until that is read, for its mark. */
  #ended: FollowedFile | null = null
  /** Number of #files[0] in the order of reading. */
  #file = 0
  #lookedAt = -Infinity
  #error: unknown = null
  #isClosed = false
  #isAwaited = false

  constructor(name: string, options: FollowSourceOptions = {}) {
    this.current = name
    this.#options = options
  }

  get begin(): { readonly offset: number; readonly line: number } {
    return this.#files[0]?.begin ?? { offset: 0, line: 1 }
  }

  /** Throws E_FILE_READ for what cannot be followed or read; a file that is not there is none of that. */
  async open(): Promise<void> {
    await this.#told(() => {
      if (statOf(this.current)) this.#files = [new FollowedFile(this.current)]
    })
  }

  async resume(mark: unknown): Promise<FilePlace> {
    assert(this.#watch === null, 'going on comes before the first read')
    const { operands } = mark as { readonly operands: readonly OperandMark[] }
    await this.#told(() => {
      const { files, isTruncated } = placeFollowed(this.current, operands)
      for (const file of this.#files) file.close()
      this.#files = [...files]
      if (isTruncated) this.#tellTruncated()
    })
    return { file: 0, ...this.begin }
  }

  /** In the shape of a mark of `FileSource`, so that a job may begin to follow its file, or leave off. */
  mark(place: FilePlace): unknown {
    const isOld = place.file < this.#file
    const file = isOld ? this.#ended : this.#files[0]
    if (!file) return { operands: [], current: 0, hasEnded: false }
    // the rest of what was cut short is in memory only: what comes next is what can be read again
    const at = file.isGone ? this.#files[0]?.mark(this.current, { offset: 0, line: 1 }) : file.mark(this.current, place)
    return { operands: at ? [at] : [], current: 0, hasEnded: false }
  }

  endFile(): void {}

  read(into: Buffer, at: number): ReadResult | Promise<ReadResult> {
    assert(at < into.length, 'a read needs room')
    try {
      return this.#read(into, at) ?? this.#readLater(into, at)
    } catch (error) {
      throw readError(this.current, error)
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#watch?.close()
    for (const file of [...this.#files, ...(this.#ended ? [this.#ended] : [])]) file.close()
    this.#files = []
    this.#ended = null
  }

  /** null: there is nothing now. */
  #read(into: Buffer, at: number): ReadResult | null {
    if (this.#isClosed) return END
    if (this.#error) throw this.#error
    this.#watch ??= new FolderWatch(this.current, () => this.#lookAside())
    this.#ended?.close()
    this.#ended = null
    if (monotonicTime() - this.#lookedAt > LOOK_MS) this.#look()
    const bytes = this.#take(into, at)
    if (bytes) return bytes
    this.#look()
    const file = this.#files[0]
    if (file?.isTruncated && !file.isGone) this.#beginAgain(file)
    if (!this.#isOver) return null
    // its writer may have written to it until the new one was there
    return this.#take(into, at) ?? this.#beginNext()
  }

  #take(into: Buffer, at: number): ReadResult | null {
    const length = this.#files[0]?.read(into, at) ?? 0
    return length > 0 ? { kind: 'bytes', length } : null
  }

  async #readLater(into: Buffer, at: number): Promise<ReadResult> {
    if (this.#files.length === 0) this.#tellAwaited()
    for (;;) {
      await this.#watch!.news()
      try {
        const read = this.#read(into, at)
        if (read) return read
      } catch (error) {
        throw readError(this.current, error)
      }
    }
  }

  /** Has another file taken the place of the one that is read? An empty one waits: the writer still has to open it. */
  get #isOver(): boolean {
    const [file, next] = this.#files
    if (!file || !next) return false
    return file.isFinal || this.#files.length > 2 || next.size > 0
  }

  #beginNext(): ReadResult {
    this.#ended = this.#files.shift()!
    this.#file += 1
    return END_OF_FILE
  }

  /** Which file has the name now? */
  #look(): void {
    this.#lookedAt = monotonicTime()
    const found = statOf(this.current)
    const last = this.#files.at(-1)
    if (last ? found && last.is(found) : found === null) return
    // no file has the name now: there may be one that had it and was renamed before it was seen
    if (!last) this.#files = this.#openNew()
    else this.#files.push(...withLater(this.current, last, this.#files).slice(1))
  }

  #openNew(): FollowedFile[] {
    try {
      return [new FollowedFile(this.current)]
    } catch (error) {
      if (isAbsence(error)) return []
      throw error
    }
  }

  /** While there is much to read, so that no file is missed that has the name for a short time only. */
  #lookAside(): void {
    try {
      if (this.#files.length > 0) this.#look()
    } catch (error) {
      this.#error = error
    }
  }

  /** The file was cut short. If it was copied before, what was not read is in the copy. */
  #beginAgain(file: FollowedFile): void {
    const { print } = file
    const copy = findCopy(this.current, print)
    const rest = this.#files.slice(1)
    if (copy) {
      const old = new FollowedFile(copy.path, { ...file.begin, offset: print.offset }, true)
      file.close()
      this.#files = rest.length > 0 ? [old, ...rest] : withLater(this.current, old)
      return
    }
    this.#tellTruncated()
    file.isGone = true
    file.isFinal = true
    const named = statOf(this.current)
    if (named && file.is(named)) this.#files = [file, ...this.#openNew(), ...rest]
  }

  #tellAwaited(): void {
    if (this.#isAwaited) return
    this.#isAwaited = true
    const { warn, missingHint } = this.#options
    const hint = missingHint?.(this.current) ?? similarFile(this.current)
    warn?.('W_FILE_AWAITED', `there is no file '${this.current}': it is waited for`, hint)
  }

  #tellTruncated(): void {
    this.#options.warn?.(
      'W_TRUNCATED',
      `${wordFor(this.current)} was truncated: it is read from its beginning`,
      'rows that were written to it and not read yet are lost, unless a copy of it is found in its folder',
    )
  }

  /** What the system says, in words. */
  async #told(act: () => void): Promise<void> {
    try {
      act()
    } catch (error) {
      throw readError(this.current, error)
    }
  }
}

/** The name has gone again, or may not be read yet: its maker gives the right to read it in a second step. */
function isAbsence(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOENT' || code === 'EACCES' || code === 'ENOTDIR'
}
