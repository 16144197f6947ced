/** Longer arrays grow in place; up to this many bytes copying takes less than a millisecond. */
const COPIED_BYTES = 1 << 20
/** Pages of 64 KB that an array gets which grows in place, one after the other as it becomes too long: 128 MB, then all that there can be. */
const ROOMS = [1 << 11, (1 << 16) - 1]
const PAGE_BYTES = 1 << 16

/** As much of `WebAssembly` as is used; Node's types do not have it. It is not there with `--jitless`. */
declare const WebAssembly: { readonly Memory: new (pages: { readonly initial: number }) => { buffer: ArrayBuffer } }

type Growable = Uint8Array | Int32Array | Float64Array

/**
 * A longer array with the same beginning and zeros behind it. A short one is copied. A long one has room behind its end that no memory stands
 * for until it is touched, and grows into that: nothing is copied, and nothing is there twice. Both arrays share what they have in common then, so the
 * shorter one is not to be used any more. `from` must be all of an array made by its constructor or by this function.
 */
export function grown<A extends Growable>(from: A, length: number): A {
  const Kind = from.constructor as new (buffer: ArrayBufferLike | number, at?: number, length?: number) => A
  const bytes = length * from.BYTES_PER_ELEMENT
  if (bytes <= from.buffer.byteLength) return new Kind(from.buffer, 0, length)
  const room = bytes > COPIED_BYTES ? roomFor(bytes) : null
  const to = room === null ? new Kind(length) : new Kind(room, 0, length)
  to.set(from as never)
  return to
}

/** Memory that WebAssembly gives is address space at first. Such memory can grow too, but that would take all arrays on it away. */
function roomFor(bytes: number): ArrayBuffer | null {
  const initial = ROOMS.find((pages) => pages * PAGE_BYTES >= bytes)
  if (initial === undefined || typeof WebAssembly !== 'object') return null
  try {
    return new WebAssembly.Memory({ initial }).buffer
  } catch (error) {
    if (error instanceof RangeError) return null // no such stretch of addresses is free, or allowed
    throw error
  }
}
