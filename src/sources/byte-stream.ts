/** The bytes of one opened file, pipe or terminal, in order. */
export interface ByteStream {
  /** The open descriptor of a regular file or device, to look at it beside the reads. */
  readonly fd?: number | undefined
  /**
   * Writes 1 to `into.length - at` bytes to `into` from `at` and returns how many; 0 is the end. One read at a time.
   */
  read(into: Buffer, at: number): number | Promise<number>
  close(): Promise<void>
}
