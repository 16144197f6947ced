const FEWEST_PLACES = 1024

/**
 * Hashes to the numbers, not negative, of the entries that have them: open addressing with the hashes at hand. Who has the entries compares
 * them: what is asked for is among those that have its hash. Looking up one that is not there, which for nearly unique keys is nearly
 * always, touches no entry.
 */
export class HashIndex {
  /** Place p: hash at 2p, number + 1 at 2p + 1, 0 there: empty. At most 5 of 8 places are taken. */
  #places = new Int32Array(2 * FEWEST_PLACES)
  #mask = FEWEST_PLACES - 1
  #size = 0
  /** What `touch` read, so that it is not optimised away. */
  loaded = 0

  get size(): number {
    return this.#size
  }

  /** Places there is memory for. */
  get capacity(): number {
    return this.#mask + 1
  }

  /** The place of the first number with this hash. A place is good until the next change; `numberAt` tells whether there is one. */
  first(hash: number): number {
    return this.#from(hash & this.#mask, hash)
  }

  /** The place of the next number with the hash of the one at `place`. */
  after(place: number): number {
    return this.#from((place + 1) & this.#mask, this.#places[2 * place]!)
  }

  /** The number at a place; -1: there is none (any more). */
  numberAt(place: number): number {
    return this.#places[2 * place + 1]! - 1
  }

  /** Loads the places of the first `count` hashes, all at once as far as the processor can, where look-ups would wait for one after the other. */
  touch(hashes: Int32Array, count: number): void {
    const places = this.#places
    const mask = this.#mask
    let loaded = 0
    for (let i = 0; i < count; i += 1) loaded ^= places[2 * (hashes[i]! & mask)]!
    this.loaded = loaded
  }

  #from(from: number, hash: number): number {
    const places = this.#places
    const mask = this.#mask
    let place = from
    while (places[2 * place + 1] !== 0 && places[2 * place] !== hash) place = (place + 1) & mask
    return place
  }

  /** Adds a number; there may be others with the same hash. */
  add(hash: number, number: number): void {
    if ((this.#size + 1) * 8 > this.#mask * 5) this.#resize((this.#mask + 1) * 2)
    this.#enter(this.#places, this.#mask, hash, number + 1)
    this.#size += 1
  }

  /** Puts another number in the place of one that is there. */
  replace(hash: number, number: number, by: number): void {
    this.#places[2 * this.#placeOf(hash, number) + 1] = by + 1
  }

  /** Takes a number away that is there. */
  remove(hash: number, number: number): void {
    this.#close(this.#placeOf(hash, number))
    this.#size -= 1
    if (this.#mask >= FEWEST_PLACES && this.#size * 16 < this.#mask) this.#resize((this.#mask + 1) / 4)
  }

  /** Gives every number another, which `moved` tells. Hashes stay. */
  renumber(moved: (number: number) => number): void {
    const places = this.#places
    for (let p = 1; p < places.length; p += 2) if (places[p] !== 0) places[p] = moved(places[p]! - 1) + 1
  }

  #placeOf(hash: number, number: number): number {
    const places = this.#places
    const mask = this.#mask
    let place = hash & mask
    while (places[2 * place + 1] !== number + 1) place = (place + 1) & mask
    return place
  }

  #enter(places: Int32Array, mask: number, hash: number, entry: number): void {
    let place = hash & mask
    while (places[2 * place + 1] !== 0) place = (place + 1) & mask
    places[2 * place] = hash
    places[2 * place + 1] = entry
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
    for (let p = 0; p < old.length; p += 2) if (old[p + 1] !== 0) this.#enter(places, mask, old[p]!, old[p + 1]!)
    this.#places = places
    this.#mask = mask
  }
}
