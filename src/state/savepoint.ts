import { crc32 } from 'node:zlib'
import { TidemarkError } from '../base/errors.ts'
import type { KeyTable } from './key-table.ts'
import type { OperatorRecord, Page, RootRecord } from './store.ts'
import type { KeyTexts, StateStructure, StructureShape } from './structure.ts'

/** The format that this release writes, and the newest that it reads. */
export const SAVEPOINT_FORMAT = 1

/**
 * A savepoint is NDJSON: a header, one line for each entry of each structure, step after step, and an end with the number of the entries and the checksum
 * of all lines before it. It says nothing of pages, slots or hashes, so that any release can make pages of its own of it.
 */
export interface SavepointHeader {
  readonly savepoint: typeof SAVEPOINT_FORMAT
  /** Of tidemark, that wrote it. */
  readonly release: string
  readonly root: RootRecord
}

/** Makes the structures of a step from their shapes (`operators/stored-structures.ts`, which stands above this room). */
export type CreateStructures = (shapes: Readonly<Record<string, StructureShape>>) => {
  readonly structures: readonly StateStructure[]
  readonly keys: KeyTable | null
}

export interface SavepointSource {
  readonly root: RootRecord
  readonly release: string
  readonly pages: (operator: string, structure: string) => Promise<readonly Page[]>
  readonly create: CreateStructures
}

/** Text that is handed over at a time. */
const PIECE = 1 << 16

/** The text of a savepoint, a piece at a time. Holds the state of one step at a time. Throws E_SAVEPOINT for state of a release that noted no shapes. */
export async function* savepointText({ root, release, pages, create }: SavepointSource): AsyncGenerator<string> {
  let sum = 0
  let entries = 0
  let piece = `${JSON.stringify({ savepoint: SAVEPOINT_FORMAT, release, root } satisfies SavepointHeader)}\n`
  for (const [step, record] of Object.entries(root.operators)) {
    const { structures, keys } = create(shapesOf(step, record))
    for (const structure of structures) {
      structure.restore(await pages(step, structure.name))
      const head = `{"step":${JSON.stringify(step)},"structure":${JSON.stringify(structure.name)}`
      for (const members of structure.dump?.(textsOf(keys)) ?? []) {
        piece += `${head},${members}}\n`
        entries += 1
        if (piece.length < PIECE) continue
        sum = crc32(piece, sum)
        yield piece
        piece = ''
      }
    }
  }
  sum = crc32(piece, sum)
  yield piece
  yield `${JSON.stringify({ end: true, entries, crc32: sumText(sum) })}\n`
}

export const sumText = (sum: number): string => sum.toString(16).padStart(8, '0')

function shapesOf(step: string, { structures, shapes = {} }: OperatorRecord): Readonly<Record<string, StructureShape>> {
  if (structures.every((name) => shapes[name] !== undefined)) return shapes
  throw new TidemarkError('E_SAVEPOINT', `the state of ${step} was kept by a release that wrote no savepoints`, {
    hint: 'run the job with this release up to its next checkpoint, then dump it',
  })
}

/** Keys of a table that is only read. */
function textsOf(keys: KeyTable | null): KeyTexts {
  return {
    textOf: (slot) => keys!.textOf(slot),
    slotOfText: () => {
      throw new RangeError('a table that is read takes no keys')
    },
  }
}
