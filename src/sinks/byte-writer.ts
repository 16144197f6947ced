/** Brings bytes to one descriptor. The bytes stay untouched until the promise settles; one write at a time. */
export interface ByteWriter {
  /** Resolves when all of them have left; rejects with the system's error. */
  write(bytes: Buffer): Promise<void>
  /**
   * Writes at once, and returns how much has left; the rest has to wait. Throws the system's error. Never called during a `write`.
   * Absent where nobody can say how long a write takes: a pipe's reader may never read on.
   */
  writeNow?(bytes: Buffer): number
  close(): Promise<void>
}
