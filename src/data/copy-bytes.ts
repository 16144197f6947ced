import { viewOf } from './key-bytes.ts'

/** Up to here, words of four bytes are faster than a call of `copy`. */
export const SHORT_STRETCH = 256

/** Copies the bytes [start, end) of a view to `at` of another. */
export function copyWords(from: DataView, start: number, end: number, to: DataView, at: number): void {
  let next = start
  for (; next + 16 <= end; next += 16) {
    to.setInt32(at, from.getInt32(next, true), true)
    to.setInt32(at + 4, from.getInt32(next + 4, true), true)
    to.setInt32(at + 8, from.getInt32(next + 8, true), true)
    to.setInt32(at + 12, from.getInt32(next + 12, true), true)
    at += 16
  }
  if (next + 8 <= end) {
    to.setInt32(at, from.getInt32(next, true), true)
    to.setInt32(at + 4, from.getInt32(next + 4, true), true)
    at += 8
    next += 8
  }
  if (next === end) return
  if (end - start < 8) {
    for (; next < end; next += 1) to.setUint8(at++, from.getUint8(next))
    return
  }
  // the last eight bytes, some of them again
  at -= 8 - (end - next)
  to.setInt32(at, from.getInt32(end - 8, true), true)
  to.setInt32(at + 4, from.getInt32(end - 4, true), true)
}

/** Views of the last two buffers that were asked for: rows are often put together from two places in turn. */
export class RecentViews {
  #buffer: Buffer = Buffer.alloc(0)
  #view = viewOf(this.#buffer)
  #otherBuffer: Buffer = this.#buffer
  #otherView = this.#view

  of(buffer: Buffer): DataView {
    if (buffer !== this.#buffer) this.#turnTo(buffer)
    return this.#view
  }

  #turnTo(buffer: Buffer): void {
    const [other, otherView] = [this.#otherBuffer, this.#otherView]
    this.#otherBuffer = this.#buffer
    this.#otherView = this.#view
    this.#buffer = buffer
    this.#view = buffer === other ? otherView : viewOf(buffer)
  }
}
