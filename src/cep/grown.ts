/** A longer array with the same beginning; what follows is 0. */
export function grown<A extends Uint8Array | Int32Array | Float64Array>(from: A, length: number): A {
  const to = new (from.constructor as new (length: number) => A)(length)
  to.set(from as never)
  return to
}
