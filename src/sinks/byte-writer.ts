/** Brings bytes to one descriptor. The bytes stay untouched until the promise settles; one write at a time. */
export interface ByteWriter {
  /** Resolves when all of them have left; rejects with the system's error. */
  write(bytes: Buffer): Promise<void>
  close(): Promise<void>
}
