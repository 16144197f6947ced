/**
 * Takes finished bytes. `write` never waits: it queues; `needsDrain` says when the caller must await `drain` before it makes more
 * (more than 64 KB waiting). Exactly-once sinks add `prepare` and `commit`; see DESIGN 4.10 to 4.13.
 */
export interface ByteSink {
  /** As the user named it; `-` is standard output. */
  readonly name: string
  open(): Promise<void>
  /** The bytes are copied or written before it returns; the buffer may be reused at once. */
  write(bytes: Buffer): void
  readonly needsDrain: boolean
  /** Resolves when everything given to `write` has left. Rejects with E_WRITE, or `PipeClosed` when the reader left. */
  drain(): Promise<void>
  /** Goes back to the first `length` bytes written by this job; only where the sink can. Called once, after `open`. */
  truncate?(length: number): Promise<void>
  close(): Promise<void>
}

/** Standard output's reader left: the run ends quietly with exit 141. */
export class PipeClosed extends Error {}

/** The run was told to stop while a named pipe was waiting for its reader. */
export class StoppedOpening extends Error {}
