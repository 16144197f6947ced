/** Rows per piece at the most; pieces that are full become two. */
const MOST = 512

/** Row numbers in an order, each at its rank from 0. A row is put in or taken out at the cost of a search and of one piece, however many there are. */
export class RankedList {
  size = 0
  #pieces: number[][] = []

  /** Puts a row behind all that are not after it; returns its rank. `isAfter(other)`: does a row of the list come after the new one? */
  insert(row: number, isAfter: (other: number) => boolean): number {
    let [p, at] = this.#firstAfter(isAfter)
    if (p === this.#pieces.length) {
      if (p === 0) this.#pieces.push([])
      else p -= 1
      at = this.#pieces[p]!.length
    }
    const piece = this.#pieces[p]!
    if (at === piece.length) piece.push(row)
    else piece.splice(at, 0, row)
    this.size += 1
    const rank = this.#rankOf(p, at)
    if (piece.length > MOST) this.#split(p)
    return rank
  }

  /** The rank of the last row that is not after what `isAfter` compares with. */
  rankOf(isAfter: (other: number) => boolean): number {
    const [p, at] = this.#firstAfter(isAfter)
    return this.#rankOf(p, at) - 1
  }

  /** The row at a rank, which must be below the size. */
  at(rank: number): number {
    let left = rank
    for (const piece of this.#pieces) {
      if (left < piece.length) return piece[left]!
      left -= piece.length
    }
    return -1
  }

  get last(): number {
    return this.#pieces.at(-1)!.at(-1)!
  }

  removeAt(rank: number): void {
    let left = rank
    for (let p = 0; p < this.#pieces.length; p += 1) {
      const piece = this.#pieces[p]!
      if (left >= piece.length) {
        left -= piece.length
        continue
      }
      piece.splice(left, 1)
      if (piece.length === 0) this.#pieces.splice(p, 1)
      this.size -= 1
      return
    }
  }

  *[Symbol.iterator](): Generator<number> {
    for (const piece of this.#pieces) yield* piece
  }

  renumber(numberOf: (row: number) => number): void {
    for (const piece of this.#pieces) for (let i = 0; i < piece.length; i += 1) piece[i] = numberOf(piece[i]!)
  }

  #rankOf(p: number, at: number): number {
    let rank = at
    for (let i = 0; i < p; i += 1) rank += this.#pieces[i]!.length
    return rank
  }

  /** Piece and place of the first row that is after. */
  #firstAfter(isAfter: (other: number) => boolean): readonly [piece: number, at: number] {
    const pieces = this.#pieces
    let [low, high] = [0, pieces.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (isAfter(pieces[middle]!.at(-1)!)) high = middle
      else low = middle + 1
    }
    const piece = pieces[low]
    if (piece === undefined) return [low, 0]
    let [from, to] = [0, piece.length - 1]
    while (from < to) {
      const middle = (from + to) >> 1
      if (isAfter(piece[middle]!)) to = middle
      else from = middle + 1
    }
    return [low, from]
  }

  #split(p: number): void {
    const piece = this.#pieces[p]!
    this.#pieces.splice(p + 1, 0, piece.splice(piece.length >> 1))
  }
}
