const FEWEST_PLACES = 1024
/** An index of more places is made of segments. */
const MOST_WHOLE = 1 << 15
const SEGMENTS = 64
/** The topmost bits of a hash choose the segment, its lowest ones the place there. */
const HASH_SHIFT = 26
/** A place as a number: that within its segment, and the segment above it. */
const PLACE_SHIFT = 24
const PLACE_MASK = (1 << PLACE_SHIFT) - 1

/**
 * Hashes to the numbers, not negative, of the entries that have them: open addressing with the hashes at hand. Who has the entries compares
 * them: what is asked for is among those that have its hash. Looking up one that is not there, which for nearly unique keys is nearly
 * always, touches no entry. A large index grows and shrinks a segment at a time, so that no single change takes long.
 */
export class HashIndex {
  /** One, or SEGMENTS. Place p of one: hash at 2p, number + 1 at 2p + 1, 0 there: empty. At most 5 of 8 places are taken. */
  #segments: Int32Array[] = [new Int32Array(2 * FEWEST_PLACES)]
  #last = 0
  /** Entries by segment. */
  #sizes = new Int32Array(SEGMENTS)
  #size = 0
  /** What `touch` read, so that it is not optimised away. */
  loaded = 0

  get size(): number {
    return this.#size
  }

  /** Places there is memory for. */
  get capacity(): number {
    return this.#segments.reduce((sum, { length }) => sum + length / 2, 0)
  }

  /** The place of the first number with this hash. A place is good until the next change; `numberAt` tells whether there is one. */
  first(hash: number): number {
    const segment = (hash >>> HASH_SHIFT) & this.#last
    return this.#from(segment, hash, hash)
  }

  /** The place of the next number with the hash of the one at `place`. */
  after(place: number): number {
    const segment = place >>> PLACE_SHIFT
    const at = place & PLACE_MASK
    return this.#from(segment, at + 1, this.#segments[segment]![2 * at]!)
  }

  /** The number at a place; -1: there is none (any more). */
  numberAt(place: number): number {
    return this.#segments[place >>> PLACE_SHIFT]![2 * (place & PLACE_MASK) + 1]! - 1
  }

  /** Loads the places of the first `count` hashes, all at once as far as the processor can, where look-ups would wait for one after the other. */
  touch(hashes: Int32Array, count: number): void {
    const segments = this.#segments
    const last = this.#last
    let loaded = 0
    for (let i = 0; i < count; i += 1) {
      const hash = hashes[i]!
      const places = segments[(hash >>> HASH_SHIFT) & last]!
      loaded ^= places[(hash << 1) & (places.length - 1)]!
    }
    this.loaded = loaded
  }

  /** Of rows from <= i < to, the first number with hash `hashes[i]` into `into[i]`, -1: none. As with `touch`, many are under way at a time. */
  firstOf(hashes: Int32Array, from: number, to: number, into: Int32Array): void {
    for (let i = from; i < to; i += 1) into[i] = this.numberAt(this.first(hashes[i]!))
  }

  #from(segment: number, from: number, hash: number): number {
    const places = this.#segments[segment]!
    const mask = places.length - 1
    let at = (from << 1) & mask
    while (places[at + 1] !== 0 && places[at] !== hash) at = (at + 2) & mask
    return (segment << PLACE_SHIFT) | (at >> 1)
  }

  /** Adds a number; there may be others with the same hash. */
  add(hash: number, number: number): void {
    const segment = this.#roomFor(hash)
    enter(this.#segments[segment]!, hash, number + 1)
    this.#sizes[segment]! += 1
    this.#size += 1
  }

  /** The segment of a hash, with room for one more. */
  #roomFor(hash: number): number {
    const segment = (hash >>> HASH_SHIFT) & this.#last
    const { length } = this.#segments[segment]!
    if ((this.#sizes[segment]! + 1) * 16 <= length * 5) return segment
    if (this.#last > 0 || length < 2 * MOST_WHOLE) this.#resize(segment, length * 2)
    else this.#divide(SEGMENTS, (length * 2) / SEGMENTS)
    return (hash >>> HASH_SHIFT) & this.#last
  }

  /** Puts another number in the place of one that is there. */
  replace(hash: number, number: number, by: number): void {
    const places = this.#segmentOf(hash)
    places[indexOf(places, hash, number) + 1] = by + 1
  }

  /** Takes a number away that is there. */
  remove(hash: number, number: number): void {
    const segment = (hash >>> HASH_SHIFT) & this.#last
    const places = this.#segments[segment]!
    close(places, indexOf(places, hash, number))
    this.#sizes[segment]! -= 1
    this.#size -= 1
    const fewest = 2 * FEWEST_PLACES
    if (this.#last > 0 && this.#size < FEWEST_PLACES) this.#divide(1, 2 * fewest)
    else if (places.length > fewest && this.#sizes[segment]! * 32 < places.length)
      this.#resize(segment, Math.max(places.length / 4, fewest))
  }

  /** Gives every number another, which `moved` tells. Hashes stay. */
  renumber(moved: (number: number) => number): void {
    for (const places of this.#segments)
      for (let p = 1; p < places.length; p += 2) if (places[p] !== 0) places[p] = moved(places[p]! - 1) + 1
  }

  #segmentOf(hash: number): Int32Array {
    return this.#segments[(hash >>> HASH_SHIFT) & this.#last]!
  }

  /** `length`: of the array, two for each place. */
  #resize(segment: number, length: number): void {
    const from = this.#segments[segment]!
    const to = new Int32Array(length)
    for (let p = 0; p < from.length; p += 2) if (from[p + 1] !== 0) enter(to, from[p]!, from[p + 1]!)
    this.#segments[segment] = to
  }

  /** Makes the index of so many segments, each of that length. */
  #divide(segments: number, length: number): void {
    const old = this.#segments
    this.#segments = Array.from({ length: segments }, () => new Int32Array(length))
    this.#last = segments - 1
    this.#sizes.fill(0)
    for (const from of old) {
      for (let p = 0; p < from.length; p += 2) {
        if (from[p + 1] === 0) continue
        const segment = (from[p]! >>> HASH_SHIFT) & this.#last
        enter(this.#segments[segment]!, from[p]!, from[p + 1]!)
        this.#sizes[segment]! += 1
      }
    }
  }
}

function enter(places: Int32Array, hash: number, entry: number): void {
  const mask = places.length - 1
  let at = (hash << 1) & mask
  while (places[at + 1] !== 0) at = (at + 2) & mask
  places[at] = hash
  places[at + 1] = entry
}

/** Where in the array of a segment the place of a number begins. */
function indexOf(places: Int32Array, hash: number, number: number): number {
  const mask = places.length - 1
  let at = (hash << 1) & mask
  while (places[at + 1] !== number + 1) at = (at + 2) & mask
  return at
}

/** Empties a place and moves up what stood behind it only because it was taken (Knuth's algorithm R, 6.4). */
function close(places: Int32Array, index: number): void {
  const mask = places.length - 1
  let gap = index
  for (let at = (gap + 2) & mask; places[at + 1] !== 0; at = (at + 2) & mask) {
    const home = (places[at]! << 1) & mask
    if (((at - home) & mask) < ((at - gap) & mask)) continue
    places[gap] = places[at]!
    places[gap + 1] = places[at + 1]!
    gap = at
  }
  places[gap + 1] = 0
}
