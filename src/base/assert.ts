/** For our own mistakes only, never for what a user typed or sent: a failure here is a bug in tidemark (exit 70). */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`internal error: ${message}`)
}

/** Marks a place that the compiler has proved cannot be reached. */
export function unreachable(value: never): never {
  throw new Error(`internal error: unexpected ${JSON.stringify(value)}`)
}
