const FEWEST_PLACES = 1024
/** Where hashes begin: any odd number does. */
const SEED = 0x2c1b3c6d

/**
 * Texts to the numbers of the entries that hold them, not negative. The owner, who has the texts (`textOf`), must have stored that of a number
 * before `set` and must keep it until `delete`; where texts are not kept by number, `TextIndex` keeps them. Open addressing with the hashes at hand: looking up a text that is not there, which for nearly unique
 * keys is nearly always, touches no other text.
 */
export class EntryIndex {
  readonly #textOf: (number: number) => string
  /** Place p: hash at 2p, number + 1 at 2p + 1, 0 there: empty. */
  #places = new Int32Array(2 * FEWEST_PLACES)
  #mask = FEWEST_PLACES - 1
  #size = 0

  constructor(textOf: (number: number) => string) {
    this.#textOf = textOf
  }

  get size(): number {
    return this.#size
  }

  /** Places there is memory for. */
  get capacity(): number {
    return this.#mask + 1
  }

  /** -1: unknown. */
  get(text: string): number {
    return this.#places[2 * this.#find(text, hashOf(text)) + 1]! - 1
  }

  /** Gives a text a number, in place of the one it has. */
  set(text: string, number: number): void {
    const hash = hashOf(text)
    const place = this.#find(text, hash)
    const isNew = this.#places[2 * place + 1] === 0
    this.#places[2 * place] = hash
    this.#places[2 * place + 1] = number + 1
    if (!isNew) return
    this.#size += 1
    if (this.#size * 2 > this.#mask) this.#resize((this.#mask + 1) * 2)
  }

  delete(text: string): void {
    const place = this.#find(text, hashOf(text))
    if (this.#places[2 * place + 1] === 0) return
    this.#close(place)
    this.#size -= 1
    if (this.#mask >= FEWEST_PLACES && this.#size * 16 < this.#mask) this.#resize((this.#mask + 1) / 4)
  }

  clear(): void {
    this.#places = new Int32Array(2 * FEWEST_PLACES)
    this.#mask = FEWEST_PLACES - 1
    this.#size = 0
  }

  /** The place of a text, or the empty one where it would go. */
  #find(text: string, hash: number): number {
    const places = this.#places
    const mask = this.#mask
    let place = hash & mask
    for (;;) {
      const number = places[2 * place + 1]!
      if (number === 0 || (places[2 * place] === hash && this.#textOf(number - 1) === text)) return place
      place = (place + 1) & mask
    }
  }

  /** Empties a place and moves up what stood behind it only because it was taken (Knuth's algorithm R, 6.4). */
  #close(place: number): void {
    const places = this.#places
    const mask = this.#mask
    let gap = place
    for (let at = (gap + 1) & mask; places[2 * at + 1] !== 0; at = (at + 1) & mask) {
      const home = places[2 * at]! & mask
      if (((at - home) & mask) < ((at - gap) & mask)) continue
      places[2 * gap] = places[2 * at]!
      places[2 * gap + 1] = places[2 * at + 1]!
      gap = at
    }
    places[2 * gap + 1] = 0
  }

  #resize(capacity: number): void {
    const old = this.#places
    const places = new Int32Array(2 * Math.max(capacity, FEWEST_PLACES))
    const mask = places.length / 2 - 1
    for (let p = 0; p < old.length; p += 2) {
      if (old[p + 1] === 0) continue
      let place = old[p]! & mask
      while (places[2 * place + 1] !== 0) place = (place + 1) & mask
      places[2 * place] = old[p]!
      places[2 * place + 1] = old[p + 1]!
    }
    this.#places = places
    this.#mask = mask
  }
}

/** FNV-1a over UTF-16 units, with a last mix, since the low bits choose the place. */
function hashOf(text: string): number {
  let hash = SEED
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return hash ^ (hash >>> 13)
}
