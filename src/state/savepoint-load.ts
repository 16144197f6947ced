import { crc32 } from 'node:zlib'
import { TidemarkError } from '../base/errors.ts'
import { elementTexts, memberTexts } from '../data/json-members.ts'
import { keyBytesOf } from '../data/key-bytes.ts'
import type { KeyTable } from './key-table.ts'
import { type CreateStructures, SAVEPOINT_FORMAT, type SavepointHeader, sumText } from './savepoint.ts'
import type { PageWrite, RootRecord, Store } from './store.ts'
import type { KeyTexts, StateStructure } from './structure.ts'

export interface SavepointLoad {
  /** The file as the user named it. */
  readonly name: string
  readonly bytes: AsyncIterable<Buffer>
  /** Empty. */
  readonly store: Store
  /** The state directory as the user named it. */
  readonly folder: string
  readonly create: CreateStructures
  /** Asked once the header is read, before anything is written; throws where that must not be. */
  readonly judge?: (root: RootRecord) => void
}

/**
 * Makes the last epoch of an empty store out of a savepoint: all of it or, when it is not whole or the process dies, nothing. Holds the state of one step at a time.
 * Returns the number of entries. Throws E_SAVEPOINT, E_STATE_FORMAT, E_STATE_NOT_EMPTY.
 */
export async function loadSavepoint(
  load: SavepointLoad,
): Promise<{ readonly root: RootRecord; readonly entries: number }> {
  const { name, store, folder } = load
  refuseFull(folder, await store.root())
  const loading = new Loading(load)
  try {
    for await (const line of linesOf(load.bytes)) await loading.take(line)
    const { root, entries } = loading.end()
    await store.writeRoot(root)
    await store.confirm(root.epoch)
    return { root, entries }
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError || error instanceof TypeError)
      throw notWhole(name, `line ${loading.lines} cannot be read`)
    throw error
  }
}

/** The root of a savepoint, from its first line; the rest is not read. Throws E_SAVEPOINT, E_STATE_FORMAT. */
export async function savepointRoot(name: string, bytes: AsyncIterable<Buffer>): Promise<RootRecord> {
  try {
    for await (const line of linesOf(bytes)) return headerOf(line.toString('utf8'), name).root
  } catch (error) {
    if (error instanceof SyntaxError) throw notWhole(name, 'line 1 cannot be read')
    throw error
  }
  throw notWhole(name, 'it is empty')
}

function headerOf(text: string, name: string): SavepointHeader {
  const header = text.startsWith('{"savepoint":') ? (JSON.parse(text) as SavepointHeader) : null
  if (header === null) throw notWhole(name, 'its first line is no header of a savepoint')
  if (header.savepoint > SAVEPOINT_FORMAT) {
    const message = `${name} was written by a newer release (${header.release}, format ${header.savepoint}; this one reads up to ${SAVEPOINT_FORMAT})`
    throw new TidemarkError('E_STATE_FORMAT', message, { hint: 'use that release' })
  }
  return header
}

/** Throws E_STATE_NOT_EMPTY: a savepoint makes a new directory. */
export function refuseFull(folder: string, root: RootRecord | undefined): void {
  if (root === undefined) return
  throw new TidemarkError('E_STATE_NOT_EMPTY', `state '${folder}' holds epoch ${root.epoch} already`, {
    hint: `restore into a new directory; or, to give up what is there: tidemark state reset ${folder}`,
  })
}

function notWhole(name: string, what: string): TidemarkError {
  return new TidemarkError('E_SAVEPOINT', `${name} is not a whole savepoint: ${what}`, {
    hint: 'it must be all of what tidemark state dump wrote, as it was written',
  })
}

/** One line after the other, up to the end. */
class Loading {
  lines = 0
  readonly #load: SavepointLoad
  #header: SavepointHeader | null = null
  #step: Step | null = null
  readonly #done = new Set<string>()
  #sum = 0
  #entries = 0
  #hasEnded = false

  constructor(load: SavepointLoad) {
    this.#load = load
  }

  async take(line: Buffer): Promise<void> {
    this.lines += 1
    if (this.#hasEnded) throw notWhole(this.#load.name, 'there are lines behind its end')
    const text = line.toString('utf8')
    if (!text.startsWith('{')) throw new RangeError('a line that is no object')
    if (this.#header === null) this.#begin(text)
    else if (text.startsWith('{"end":true')) return await this.#finish(text)
    else await this.#takeEntry(text)
    this.#sum = crc32('\n', crc32(line, this.#sum))
  }

  end(): { readonly root: RootRecord; readonly entries: number } {
    if (!this.#hasEnded || this.#header === null) throw notWhole(this.#load.name, 'its end is missing')
    return { root: this.#header.root, entries: this.#entries }
  }

  #begin(text: string): void {
    const { name, judge } = this.#load
    const header = headerOf(text, name)
    judge?.(header.root)
    this.#header = header
  }

  async #takeEntry(text: string): Promise<void> {
    JSON.parse(text) // what cuts texts out of it trusts that it is JSON
    const members = memberTexts(text)
    const id = JSON.parse(members.get('step') ?? '') as string
    if (this.#step?.id !== id) {
      await this.#endStep()
      const shapes = this.#header!.root.operators[id]?.shapes
      if (shapes === undefined || this.#done.has(id)) throw new RangeError('an entry in a wrong place')
      this.#step = new Step(id, this.#load.create(shapes))
    }
    this.#step!.take(members)
    this.#entries += 1
  }

  async #finish(text: string): Promise<void> {
    const { entries, crc32: sum } = JSON.parse(text) as { entries: number; crc32: string }
    if (entries !== this.#entries) throw notWhole(this.#load.name, `it has ${this.#entries} of ${entries} entries`)
    if (sum !== sumText(this.#sum)) throw notWhole(this.#load.name, 'it was changed after it was written')
    await this.#endStep()
    this.#hasEnded = true
  }

  async #endStep(): Promise<void> {
    if (this.#step === null) return
    this.#done.add(this.#step.id)
    await this.#load.store.writePages(this.#header!.root.epoch, this.#step.pages())
    this.#step = null
  }
}

/** The structures of one step while their entries come. */
class Step implements KeyTexts {
  readonly id: string
  readonly #structures: ReadonlyMap<string, StateStructure>
  readonly #keys: KeyTable | null
  readonly #slots = new Map<string, number>()

  constructor(id: string, { structures, keys }: ReturnType<CreateStructures>) {
    this.id = id
    this.#structures = new Map(structures.map((structure) => [structure.name, structure]))
    this.#keys = keys
  }

  take(members: ReadonlyMap<string, string>): void {
    const structure = this.#structures.get(JSON.parse(members.get('structure') ?? '') as string)
    if (structure?.load === undefined) throw new RangeError('an entry of no structure')
    structure.load(members, this)
  }

  pages(): readonly PageWrite[] {
    const pages: PageWrite[] = []
    for (const [name, structure] of this.#structures) {
      structure.writeDirty((page, bytes) => {
        if (bytes !== null) pages.push({ operator: this.id, structure: name, page, bytes })
      })
    }
    return pages
  }

  textOf(slot: number): string {
    return this.#keys!.textOf(slot)
  }

  slotOfText(text: string): number {
    const known = this.#slots.get(text)
    if (known !== undefined) return known
    const slot = this.#slots.size
    this.#keys!.put(slot, keyBytesOf(Buffer.from(text)), partEnds(text, this.#keys!.parts))
    this.#slots.set(text, slot)
    return slot
  }
}

/** Where in the UTF-8 of a key's text each of its parts ends. */
function partEnds(text: string, parts: number): Int32Array {
  const texts = elementTexts(`[${text}]`)
  if (texts.length !== parts) throw new RangeError('a key of other parts')
  const ends = new Int32Array(parts)
  let end = -1
  for (let k = 0; k < parts; k += 1) {
    end += 1 + Buffer.byteLength(texts[k]!)
    ends[k] = end
  }
  return ends
}

const NEWLINE = 0x0a

/** Lines without their newlines. What stands behind the last newline is a line if it is not empty. */
async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = []
  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      parts.push(chunk.subarray(from, end))
      yield parts.length === 1 ? parts[0]! : Buffer.concat(parts)
      parts = []
      from = end + 1
    }
    if (from < chunk.length) parts.push(chunk.subarray(from))
  }
  if (parts.length > 0) yield Buffer.concat(parts)
}
