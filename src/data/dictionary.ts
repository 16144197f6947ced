/**
 * Interned texts, well formed: a small number for each distinct one. Ids are dense from 0 and live until the generation changes.
 */
export interface Dictionary {
  /** Grows whenever ids may mean something else than before; caches keyed by id compare it. */
  readonly generation: number
  text(id: number): string
  /** The text's UTF-8: bytes [startOf(id), endOf(id)) of what `bytes` is after both were asked. */
  startOf(id: number): number
  endOf(id: number): number
  readonly bytes: Buffer
}

/** A dictionary over a plain map: for tests. */
export class TextDictionary implements Dictionary {
  generation = 0
  readonly #ids = new Map<string, number>()
  #texts: string[] = []
  bytes = Buffer.alloc(0)
  /** Text id is bytes [#ends[id - 1], #ends[id]). */
  #ends: number[] = []

  get size(): number {
    return this.#texts.length
  }

  text(id: number): string {
    return this.#texts[id]!
  }

  startOf(id: number): number {
    return id === 0 ? 0 : this.#ends[id - 1]!
  }

  endOf(id: number): number {
    return this.#ends[id]!
  }

  intern(illFormed: string): number {
    const text = illFormed.toWellFormed()
    const known = this.#ids.get(text)
    if (known !== undefined) return known
    const id = this.#texts.length
    this.#texts.push(text)
    this.bytes = Buffer.concat([this.bytes, Buffer.from(text)])
    this.#ends.push(this.bytes.length)
    this.#ids.set(text, id)
    return id
  }

  /** Forgets every text. Only between two rounds: columns of a round hold ids. */
  clear(): void {
    this.#ids.clear()
    this.#texts = []
    this.bytes = Buffer.alloc(0)
    this.#ends = []
    this.generation += 1
  }
}
