const FIRST_CAPACITY = 64

/**
 * One record for each entry of a match buffer, 64 bytes: a line of the processor's cache. Record e has the whole numbers `ints[16 e + ROW]` and so
 * on, and the doubles `doubles[8 e + ORDINAL]` and so on. Both arrays are others when records have been added.
 */
export class EntryRecords {
  ints = new Int32Array(0)
  doubles = new Float64Array(0)
  /** Numbers of records that are free, and whether there is one. */
  #free = new Int32Array(FIRST_CAPACITY)
  #freeCount = 0
  #end = 0

  constructor() {
    this.#resize(FIRST_CAPACITY)
  }

  /** Every record's number is below this. */
  get end(): number {
    return this.#end
  }

  /** Records that are in use. */
  get size(): number {
    return this.#end - this.#freeCount
  }

  /** A record; it holds nothing of use. */
  take(): number {
    if (this.#freeCount > 0) {
      this.#freeCount -= 1
      return this.#free[this.#freeCount]!
    }
    if (this.#end << INTS === this.ints.length) this.#resize(this.#end * 2)
    this.#end += 1
    return this.#end - 1
  }

  give(record: number): void {
    this.#free[this.#freeCount] = record
    this.#freeCount += 1
  }

  #resize(capacity: number): void {
    const ints = new Int32Array(capacity << INTS)
    ints.set(this.ints)
    this.ints = ints
    this.doubles = new Float64Array(ints.buffer)
    const free = new Int32Array(capacity)
    free.set(this.#free)
    this.#free = free
  }
}

/** 2 ^ so many whole numbers in a record. */
export const INTS = 4
/** 2 ^ so many doubles. */
export const DOUBLES = 3

// whole numbers
export const ROW = 0
export const POSITION = 1
/** The entry before; -1: it is the first. */
export const PARENT = 2
export const REFERENCES = 3
/** Of the partial match that stands at the entry: its open ways and whether it is fresh; 0: none stands there. */
export const STANDING = 4
/** The next partial match of the same key; -1: it is the last. */
export const NEXT = 5

// doubles, behind the whole numbers
/** Place of the row in the order in which rows were taken. */
export const ORDINAL = 3
/** A number that no entry had before; numbers of entries are used again. */
export const SERIAL = 4
/** Event time of the row, ms. */
export const TIME = 5
/** Place and time of the first row of the chain; only where a partial match stands. */
export const START_ORDINAL = 6
export const START_TIME = 7
