const FEWEST_PLACES = 1024

/**
 * Numbers to entries from 1 on: open addressing, at most half full. Numbers are equal as doubles are, so 0 = -0, and NaN is never found.
 */
export class NumberIndex {
  #numbers = new Float64Array(FEWEST_PLACES)
  /** 0: the place is empty. */
  #entries = new Int32Array(FEWEST_PLACES)
  #size = 0
  readonly #double = new Float64Array(1)
  readonly #words = new Int32Array(this.#double.buffer)

  get size(): number {
    return this.#size
  }

  /** 0: there is none. */
  find(number: number): number {
    return this.#entries[this.#placeOf(number)]!
  }

  /** Of rows from <= i < to, the entry of `numbers[i]` into `into[i]`. */
  findAll(numbers: Float64Array, from: number, to: number, into: Int32Array): void {
    for (let i = from; i < to; i += 1) into[i] = this.#entries[this.#placeOf(numbers[i]!)]!
  }

  /** Takes the place of an entry with that number, if there is one. */
  set(number: number, entry: number): void {
    let place = this.#placeOf(number)
    if (this.#entries[place] === 0) {
      if ((this.#size + 1) * 2 > this.#entries.length) {
        this.#grow()
        place = this.#placeOf(number)
      }
      this.#size += 1
    }
    this.#numbers[place] = number
    this.#entries[place] = entry
  }

  /** Where the number is, or would be. */
  #placeOf(number: number): number {
    this.#double[0] = number + 0 // -0 becomes 0
    const words = this.#words
    let hash = Math.imul(words[0]! ^ Math.imul(words[1]!, 0x85ebca6b), 0x9e3779b1)
    hash ^= hash >>> 15
    const mask = this.#entries.length - 1
    let place = hash & mask
    while (this.#entries[place] !== 0 && this.#numbers[place] !== number) place = (place + 1) & mask
    return place
  }

  #grow(): void {
    const [numbers, entries] = [this.#numbers, this.#entries]
    this.#numbers = new Float64Array(numbers.length * 2)
    this.#entries = new Int32Array(entries.length * 2)
    for (let place = 0; place < entries.length; place += 1) {
      if (entries[place] === 0) continue
      const to = this.#placeOf(numbers[place]!)
      this.#numbers[to] = numbers[place]!
      this.#entries[to] = entries[place]!
    }
  }
}
