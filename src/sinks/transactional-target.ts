/** What a target remembers of a job's sink: the last epoch whose rows it holds, and in which life of the state that was (DESIGN 4.12). */
export interface Marker {
  readonly incarnation: string
  readonly epoch: number
  /** So many bytes of the epoch's segment are in it; absent: all. */
  readonly bytes?: number
}

/**
 * A system with transactions of its own: a broker, a database, a table. What `SegmentedSink` needs of it for rows to get there exactly once; every such
 * connector implements this and nothing else. One instance belongs to one sink of one job. All reject with a TidemarkError of the connector's where the system
 * cannot be reached, and with `TransactionLost` where the transaction under way is gone but may begin again.
 */
export interface TransactionalTarget {
  /** As the user named it. */
  readonly name: string
  /**
   * Connects, and shuts out every earlier instance of the same sink of the same job: what one of those has begun will not be committed any more, even if its
   * process is still alive. A transaction that it had been told to commit is either done when this resolves, or never will be.
   */
  open(): Promise<void>
  /** The marker of the last transaction that was committed; null: there was none, or it was forgotten. Asked after `open`. */
  committedEpoch(): Promise<Marker | null>
  /** Begins the only transaction; one that was begun before is given up. */
  begin(epoch: number): Promise<void>
  /** Rows of the transaction, whole lines. The bytes may be used again once it resolves. */
  write(bytes: Buffer): Promise<void>
  /**
   * The transaction should not be open for much longer: what was written may be committed, with a marker that says how far, and the rest goes in another.
   * The epoch is decided, so that the rest will follow whatever happens. Absent: never.
   */
  readonly isDue?: boolean
  /** All rows of the transaction become visible together with the marker, or none and no marker. */
  commit(marker: Marker): Promise<void>
  close(): Promise<void>
}

/** The transaction under way is gone: none of its rows will be seen, unless it was being committed. The marker tells. */
export class TransactionLost extends Error {}
