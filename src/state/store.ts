import type { StructureShape } from './structure.ts'

/** One page to write: null deletes it. */
export interface PageWrite {
  readonly operator: string
  readonly structure: string
  readonly page: string
  readonly bytes: Uint8Array | null
}

/** What an epoch knows of one operator besides its pages. */
export interface OperatorRecord {
  /** Its small facts (watermarks, counters), as JSON. */
  readonly facts: unknown
  /** The watermark of its inputs together, where it has several; null: none yet. */
  readonly merged: number | null
  /** What its state means (DESIGN 4.15), as canonical text: an operator of another signature cannot go on with it. */
  readonly signature: string
  /** The names of its structures. */
  readonly structures: readonly string[]
  /** How many entries each of them has, by name; absent in what earlier releases wrote. */
  readonly entries?: Readonly<Record<string, number>>
  /** What its structures must be made of to read their pages, by name; absent in what earlier releases wrote. */
  readonly shapes?: Readonly<Record<string, StructureShape>>
}

/** What decides an epoch: written last, in one piece. Everything else of the epoch counts only if its root is there. */
export interface RootRecord {
  readonly epoch: number
  /** The input had ended and everything was flushed: there is nothing to go on with. */
  readonly isFinished: boolean
  /** By source name: where to read on, opaque to the store. */
  readonly sources: Readonly<Record<string, unknown>>
  /** By operator id. */
  readonly operators: Readonly<Record<string, OperatorRecord>>
  /** By sink name: what is needed to finish its commit of this epoch, as JSON. */
  readonly committables: Readonly<Record<string, unknown>>
  /** Counters of the job as a whole, as JSON. */
  readonly job: unknown
  readonly sequence: number
}

export type Page = readonly [page: string, bytes: Uint8Array]

/**
 * Where checkpoints go: memory in tests, a directory with --state. An epoch is its pages, then its root; pages without a root are as if
 * never written. One epoch is written at a time.
 */
export interface Store {
  /** Random name of this state's life: new when it is created, reset or made from a savepoint (DESIGN 4.12). */
  readonly incarnation: string
  /** The last decided epoch. Drops what was written after it. Called once, first. */
  root(): Promise<RootRecord | undefined>
  /** The live pages of one structure as of the last root, ascending by page name. */
  pages(operator: string, structure: string): Promise<readonly Page[]>
  /** May be called several times for one epoch. Resolves when the pages are safe from a crash of the machine. */
  writePages(epoch: number, pages: readonly PageWrite[]): Promise<void>
  /** Resolves when the root is safe from a crash of the machine: the epoch is decided. */
  writeRoot(root: RootRecord): Promise<void>
  /** Notes that every sink has done what the committables of the last root ask for. A crash may lose the note. */
  confirm(epoch: number): Promise<void>
  /** The last epoch that is noted as confirmed; 0: none. */
  confirmed(): Promise<number>
  close(): Promise<void>
}
