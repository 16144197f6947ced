import type { PageReader, PageWriter } from '../data/page.ts'
import { type Placed, Places } from './places.ts'
import type { StateStructure, WritePage } from './structure.ts'

/** How a value goes to and from a checkpoint page. `read` takes exactly what `write` put there. */
export interface ValueCodec<V> {
  write(page: PageWriter, value: V): void
  read(page: PageReader): V
}

interface Entry<V> extends Placed {
  readonly key: string
  value: V
  /** Order of first arrival, which entries are listed in. */
  readonly arrival: number
}

/**
 * A value for each key (canonical key text), until its owner deletes it; a `Timers` beside it can tell when. Listed in the order in which
 * keys first came.
 */
export class KeyedMap<V> implements StateStructure {
  readonly name: string
  readonly #codec: ValueCodec<V>
  readonly #entries = new Map<string, Entry<V>>()
  readonly #places = new Places<Entry<V>>()
  #arrivals = 0

  constructor(name: string, codec: ValueCodec<V>) {
    this.name = name
    this.#codec = codec
  }

  get entries(): number {
    return this.#entries.size
  }

  has(key: string): boolean {
    return this.#entries.has(key)
  }

  get(key: string): V | undefined {
    return this.#entries.get(key)?.value
  }

  set(key: string, value: V): void {
    const known = this.#entries.get(key)
    if (known) {
      known.value = value
      this.#places.touch(known)
      return
    }
    const entry = { key, value, place: 0, arrival: this.#arrivals++ }
    this.#entries.set(key, entry)
    this.#places.add(entry)
  }

  /** The value of a key was changed in place. */
  touch(key: string): void {
    const entry = this.#entries.get(key)
    if (entry) this.#places.touch(entry)
  }

  delete(key: string): boolean {
    const entry = this.#entries.get(key)
    if (entry === undefined) return false
    this.#entries.delete(key)
    this.#places.remove(entry)
    return true
  }

  /** Keys and values by first arrival. Entries may be deleted and values set meanwhile. */
  *[Symbol.iterator](): Generator<readonly [key: string, value: V]> {
    for (const { key, value } of this.#entries.values()) yield [key, value]
  }

  writeDirty(write: WritePage): void {
    this.#places.write(write, (page, entry) => {
      page.f64(entry.arrival)
      page.text(entry.key)
      this.#codec.write(page, entry.value)
    })
  }

  restore(pages: Iterable<readonly [page: string, bytes: Uint8Array]>): void {
    const entries = this.#places.restore(pages, (page) => {
      const arrival = page.f64()
      const key = page.text()
      return { key, value: this.#codec.read(page), place: 0, arrival }
    })
    entries.sort((a, b) => a.arrival - b.arrival)
    for (const entry of entries) this.#entries.set(entry.key, entry)
    this.#arrivals = (entries.at(-1)?.arrival ?? -1) + 1
  }
}
