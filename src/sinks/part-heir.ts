import { basename, dirname, join } from 'node:path'
import { TidemarkError } from '../base/errors.ts'
import type { Disk, FileFacts } from './disk.ts'

/** A part that had not ended when an epoch was taken. */
interface OpenPart {
  readonly path: string
  readonly hidden: string
  /** Bytes that the epoch holds of it. */
  readonly length: number
}

/** Bytes copied at a time. */
const PIECE_BYTES = 1 << 16

/** Where the part with this number, from 1, of a state directory with this id grows until it is complete. */
export const hiddenName = (path: string, id: string, number: number | string): string =>
  join(dirname(path), `.tidemark-${id}-${number}`)

/** Says what a job that goes on has of the parts that were growing: its own, or those of the state directory that it was restored from. */
export class PartHeir {
  readonly #disk: Disk
  readonly #id: string
  readonly #allowRewind: boolean

  /** `id`: of the state directory that goes on. */
  constructor(disk: Disk, id: string, allowRewind: boolean) {
    this.#disk = disk
    this.#id = id
    this.#allowRewind = allowRewind
  }

  /**
   * The file to go on with, from the length that the epoch holds; null: a new one. A part of another state directory is taken over under a name of our own: if both went on in one file, each would
   * cut the other's rows. Throws E_OUTPUT_CHANGED where the part is gone, shorter, or has rows of a later run of the other directory; under `--allow-rewind` what is
   * gone begins anew, and what has grown is copied up to where the epoch left it.
   */
  async inherit(part: OpenPart): Promise<string | null> {
    const { path, hidden, length } = part
    const own = hiddenName(path, this.#id, basename(hidden).split('-').at(-1)!)
    const taken = own === hidden ? null : await this.#disk.facts(own)
    if (taken !== null && taken.length >= length) return own
    const facts = await this.#disk.facts(hidden)
    if (facts === null && this.#allowRewind) return null
    if (facts === null || facts.length < length) throw lostError(part, facts)
    if (own === hidden) return own
    if (facts.length > length) {
      if (!this.#allowRewind) throw grownError(part, facts)
      await this.#copy(hidden, own, length)
    } else {
      await this.#disk.rename(hidden, own)
      await this.#disk.syncFolder(dirname(own))
    }
    return own
  }

  async #copy(from: string, to: string, length: number): Promise<void> {
    const source = await this.#disk.open(from, { create: false })
    const target = await this.#disk.open(to, { create: true })
    try {
      await target.truncate(0) // a process that died had begun to copy it
      for (let at = 0; at < length; at += PIECE_BYTES)
        await target.write(await source.read(at, Math.min(PIECE_BYTES, length - at)))
      await target.sync()
    } finally {
      await source.close()
      await target.close()
    }
    await this.#disk.syncFolder(dirname(to))
  }
}

function lostError({ path, hidden, length }: OpenPart, facts: FileFacts | null): TidemarkError {
  const what = facts === null ? 'is gone' : `has ${facts.length} of ${length} bytes`
  const rewind =
    facts === null ? '; where a later run has completed it, --allow-rewind goes on, and rows may come twice' : ''
  return new TidemarkError('E_OUTPUT_CHANGED', `${hidden}, the unfinished part of ${path}, ${what}`, {
    hint: `hidden .tidemark- files belong to a job that goes on: put it back, or begin anew: tidemark state reset${rewind}`,
  })
}

function grownError({ path, hidden, length }: OpenPart, facts: FileFacts): TidemarkError {
  const more = facts.length - length
  return new TidemarkError(
    'E_OUTPUT_CHANGED',
    `${hidden}, the unfinished part of ${path}, has ${more} bytes of a later run`,
    {
      hint: 'the job that this state was restored from has gone on since: go on with the newest state; or --allow-rewind, and rows since then may come twice',
    },
  )
}
