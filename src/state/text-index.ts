/** A Map holds 16.7 million entries; another begins well before. */
const TEXTS_PER_MAP = 1 << 23

/** Texts to numbers that are not negative; as many as memory holds. */
export class TextIndex {
  readonly #limit: number
  #maps: Map<string, number>[] = [new Map()]

  constructor(textsPerMap: number = TEXTS_PER_MAP) {
    this.#limit = textsPerMap
  }

  get size(): number {
    let size = 0
    for (const map of this.#maps) size += map.size
    return size
  }

  /** -1: unknown. */
  get(text: string): number {
    for (let m = 0; m < this.#maps.length; m += 1) {
      const number = this.#maps[m]!.get(text)
      if (number !== undefined) return number
    }
    return -1
  }

  set(text: string, number: number): void {
    const maps = this.#maps
    for (let m = 0; m < maps.length - 1; m += 1) {
      if (!maps[m]!.has(text)) continue
      maps[m]!.set(text, number)
      return
    }
    let last = maps[maps.length - 1]!
    if (last.size >= this.#limit && !last.has(text)) maps.push((last = new Map()))
    last.set(text, number)
  }

  delete(text: string): void {
    for (let m = 0; m < this.#maps.length; m += 1) {
      const map = this.#maps[m]!
      if (!map.delete(text)) continue
      if (map.size === 0 && this.#maps.length > 1) this.#maps.splice(m, 1)
      return
    }
  }
}
