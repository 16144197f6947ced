/** Interned texts: a small number for each distinct string. Ids are dense from 0 and live until the generation changes. */
export interface Dictionary {
  /** Grows whenever ids may mean something else than before; caches keyed by id compare it. */
  readonly generation: number
  text(id: number): string
}

/** A dictionary over a plain map: for the reference scanner and for tests. */
export class TextDictionary implements Dictionary {
  generation = 0
  readonly #ids = new Map<string, number>()
  #texts: string[] = []

  get size(): number {
    return this.#texts.length
  }

  text(id: number): string {
    return this.#texts[id]!
  }

  intern(text: string): number {
    const known = this.#ids.get(text)
    if (known !== undefined) return known
    const id = this.#texts.length
    this.#texts.push(text)
    this.#ids.set(text, id)
    return id
  }

  /** Forgets every text. Only between two rounds: columns of a round hold ids. */
  clear(): void {
    this.#ids.clear()
    this.#texts = []
    this.generation += 1
  }
}
