/** How often a row can end up at a sink when the run is killed and started again, and why, in words for `explain`. */
export interface Guarantee {
  readonly kind: 'exactly-once' | 'at-least-once'
  readonly why: string
}

/**
 * Takes finished bytes. `write` never waits: it queues; `needsDrain` says when the caller must await `drain` before it makes more
 * (more than 64 KB waiting).
 */
export interface ByteSink {
  /** As the user named it; `-` is standard output. */
  readonly name: string
  /** Of a run with a state directory; known before `open`. */
  readonly guarantee: Guarantee
  open(): Promise<void>
  /** The bytes are copied or written before it returns; the buffer may be reused at once. */
  write(bytes: Buffer): void
  readonly needsDrain: boolean
  /** Resolves when everything given to `write` has left. Rejects with E_WRITE, or `PipeClosed` when the reader left. */
  drain(): Promise<void>
  /** The input has ended: no row follows, not in a later run either. For sinks that complete something then. */
  end?(): void
  close(): Promise<void>
}

/** What a sink finds when its job goes on: what the last decided epoch holds of it. */
export interface LastCommit {
  readonly epoch: number
  /** What `prepare` gave. */
  readonly committable: unknown
  /** The sink is known to have committed it. Otherwise it may have, or not, or in part. */
  readonly isConfirmed: boolean
}

/**
 * A sink that takes every row exactly once (DESIGN 4.10 to 4.13): rows become final by epochs. The store decides an epoch, the sinks follow. In order: `open`,
 * `recover`, then rows; at each checkpoint `prepare`, and once the epoch is decided `commit`. At most one epoch is prepared and not committed.
 */
export interface EpochSink extends ByteSink {
  /**
   * Everything that was given to `write` so far belongs to `epoch`, everything after the call to the next one. Resolves with what `commit` needs (JSON)
   * once it is safe from a crash of the machine; null: there is nothing to finish, and nothing to go back to.
   */
  prepare(epoch: number): Promise<unknown>
  /** The epoch is decided: makes its rows final. May be called again for the same epoch after a crash in the middle of it. */
  commit(epoch: number, committable: unknown): Promise<void>
  /**
   * Goes back to the last decided epoch: finishes its commit where that is not confirmed, and takes away whatever was written after it. null: the job begins.
   * Throws where what it finds is not what it left.
   */
  recover(last: LastCommit | null): Promise<void>
}

export const isEpochSink = (sink: ByteSink): sink is EpochSink => 'prepare' in sink

/** Standard output's reader left: the run ends quietly with exit 141. */
export class PipeClosed extends Error {}

/** The run was told to stop while a named pipe was waiting for its reader. */
export class StoppedOpening extends Error {}
