import { TidemarkError } from '../base/errors.ts'
import type { LastCommit } from './sink.ts'

/** What tells the committables of the kinds of sinks apart, and whether rows of them are still on their way. */
interface Committable {
  /** Of a file: its absolute path. */
  readonly path?: string
  /** Of a file. */
  readonly tailAfter?: number
  /** Of parts: those that have not ended, and those that ended in the epoch. */
  readonly open?: readonly unknown[]
  readonly ended?: readonly unknown[]
  /** Of a sink that cannot prepare: the epoch before. */
  readonly previous?: number
  readonly segment?: unknown
}

type SinkKind = 'file' | 'parts' | 'segmented'

function kindOf({ tailAfter, open, previous }: Committable): SinkKind | null {
  if (tailAfter !== undefined) return 'file'
  if (open !== undefined) return 'parts'
  return previous === undefined ? null : 'segmented'
}

/**
 * What a sink goes on with where rows went to another place before (`-o` was changed): null, it begins. Throws E_OUTPUT_CHANGED where
 * rows would be left behind on their way to the other place.
 */
export function ofThisSink(last: LastCommit | null, kind: SinkKind): LastCommit | null {
  if (last === null) return null
  const found = kindOf(last.committable as Committable)
  if (found === null || found === kind) return last
  refuseUnsettled(last)
  return null
}

/** Did the rows of an epoch go to another file than `path`, which is absolute? Earlier releases did not note it. */
export function isOfOtherFile(last: LastCommit, path: string): boolean {
  const { path: before } = last.committable as Committable
  return before !== undefined && before !== path
}

/** Nobody goes on with what an epoch left of a sink. Throws E_OUTPUT_CHANGED where rows of it have not arrived there. */
export function refuseUnsettled(last: LastCommit | null): void {
  if (last === null) return
  const { path, open = [], ended = [], segment } = (last.committable ?? {}) as Committable
  const place = path === undefined ? 'where they went before' : path
  if (!last.isConfirmed && (ended.length > 0 || (segment !== undefined && segment !== null))) {
    throw new TidemarkError('E_OUTPUT_CHANGED', `rows of the last checkpoint are still on their way to ${place}`, {
      hint: 'run once more with the outputs as they were, then change them',
    })
  }
  if (open.length === 0) return
  const [parts, are] = open.length === 1 ? ['part', 'is'] : ['parts', 'are']
  throw new TidemarkError('E_OUTPUT_CHANGED', `${open.length} ${parts} of the output ${are} not complete`, {
    hint: 'rows go elsewhere now, and would stay hidden: let the job come to its end with the outputs as they were, --at-eof flush completes them',
  })
}
