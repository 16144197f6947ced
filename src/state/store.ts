/** One page to write: null deletes it. */
export interface PageWrite {
  readonly operator: string
  readonly structure: string
  readonly page: string
  readonly bytes: Uint8Array | null
}

/** What decides an epoch: written last, in one piece. Everything else of the epoch counts only if its root is there. */
export interface RootRecord {
  readonly epoch: number
  /** By source name: where to read on, opaque to the store. */
  readonly sources: Readonly<Record<string, unknown>>
  /** By operator id: its small facts (watermarks, counters), as JSON. */
  readonly operators: Readonly<Record<string, unknown>>
  /** By sink name: its committable of this epoch, as JSON. */
  readonly committables: Readonly<Record<string, unknown>>
  readonly sequence: number
}

/** Where checkpoints go: memory in tests, LevelDB with --state. Pages of an epoch without a root are as if never written. */
export interface Store {
  root(): Promise<RootRecord | undefined>
  /** The live pages of one structure as of the last root, ascending by page name. */
  pages(operator: string, structure: string): Promise<readonly (readonly [page: string, bytes: Uint8Array])[]>
  writePages(epoch: number, pages: readonly PageWrite[]): Promise<void>
  writeRoot(root: RootRecord): Promise<void>
}
