import { statSync } from 'node:fs'
import { TidemarkError } from '../base/errors.ts'
import type { Clock } from '../time/clock.ts'
import { wordFor } from './file-operand.ts'
import type { Source } from './source.ts'

/** A file that has lain still for so long is taken to be whole, ms. */
const SETTLE_MS = 200
/** How often a file that changes while it is read is read again. */
const MOST_ATTEMPTS = 50

/** How a file is now, as against what was read of it: the same; being changed; changed, and at rest; not there, and that for a while. */
export type FileNews = 'same' | 'changing' | 'changed' | 'gone'

interface Version {
  /** Equal where nobody has written to the file or put another one in its place. */
  readonly id: string
  /** When that was last done, as `Clock.wallTime`. */
  readonly touched: number
}

const GONE: Version = { id: 'gone', touched: -Infinity }
/** Pipes and devices can be read once. */
const STREAM: Version = { id: 'stream', touched: -Infinity }

export interface ReplaceableFileOptions {
  /** As the user named it; `-` is standard input. */
  readonly name: string
  /** A source of its bytes, not opened yet. */
  readonly open: () => Source
  readonly clock: Clock
}

/** A file that is read whole, and can be read again when it has changed. */
export class ReplaceableFile {
  readonly name: string
  readonly #open: () => Source
  readonly #clock: Clock
  /** What was read, or could not be. */
  #known = GONE
  /** What was seen last, if that is something else, and since when, as `Clock.now`. */
  #seen: { readonly id: string; readonly since: number } | null = null

  constructor({ name, open, clock }: ReplaceableFileOptions) {
    this.name = name
    this.#open = open
    this.#clock = clock
  }

  /**
   * Has `take` read a source of the bytes, which is opened before and closed behind it. What was read while somebody wrote is thrown away, and all is
   * read again. Throws what `take` throws, and E_FILE_MISSING, E_FILE_READ.
   */
  async read<T>(take: (source: Source) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      this.#known = this.#version()
      this.#seen = null
      const outcome = await this.#attempt(take)
      // the name of a pipe may be gone with what was read of it: `--table <(…)`
      if (this.#known === STREAM || this.#version().id === this.#known.id) {
        if ('error' in outcome) throw outcome.error
        return outcome.taken
      }
      if (attempt === MOST_ATTEMPTS)
        throw new TidemarkError('E_FILE_READ', `cannot read ${wordFor(this.name)}: it is being written to`)
      await new Promise<void>((resolve) => this.#clock.setTimer(SETTLE_MS, resolve))
    }
  }

  /** One system call. */
  look(): FileNews {
    if (this.#known === STREAM) return 'same'
    const { id, touched } = this.#version()
    if (id === this.#known.id) {
      this.#seen = null
      return 'same'
    }
    const now = this.#clock.now()
    if (this.#seen?.id !== id) this.#seen = { id, since: now }
    const isStill = now - this.#seen.since >= SETTLE_MS
    if (id === GONE.id) return isStill ? 'gone' : 'changing'
    // by the file's own times it may be known at once, if they are of our clock
    return isStill || this.#clock.wallTime() - touched >= SETTLE_MS ? 'changed' : 'changing'
  }

  /** That there is no such file is known from now on. */
  acceptGone(): void {
    this.#known = GONE
  }

  async #attempt<T>(
    take: (source: Source) => Promise<T>,
  ): Promise<{ readonly taken: T } | { readonly error: unknown }> {
    const source = this.#open()
    try {
      await source.open()
      return { taken: await take(source) }
    } catch (error) {
      return { error }
    } finally {
      await source.close()
    }
  }

  #version(): Version {
    if (this.name === '-') return STREAM
    try {
      const stats = statSync(this.name, { bigint: true })
      if (!stats.isFile()) return STREAM
      const { dev, ino, size, mtimeNs, ctimeNs, mtimeMs, ctimeMs } = stats
      return {
        id: `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`,
        touched: Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs),
      }
    } catch {
      return GONE
    }
  }
}
