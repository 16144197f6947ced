import { TidemarkError } from '../base/errors.ts'
import type { OperandMark, ReplayMark } from './file-mark.ts'
import { wordFor } from './file-operand.ts'
import { BEGINNING, RESET, type Start } from './place-marks.ts'

/**
 * Where a stream goes on: one that is given again (`--replay`) behind what was taken of it, any other with its next byte. Throws E_SOURCE_CHANGED where it was
 * read as the one and is now the other: rows would come twice, or be passed over.
 */
export function startOfStream(name: string, mark: OperandMark | undefined, isReplayed: boolean): Start {
  if (mark === undefined || (mark.kind === 'stream' && !isReplayed)) return BEGINNING
  const word = wordFor(name)
  if (mark.kind !== 'replayed') {
    throw new TidemarkError('E_SOURCE_CHANGED', `how much of ${word} was read before is not known`, {
      hint: `the runs before had no --replay: go on without it, where only new rows come; ${RESET}`,
    })
  }
  const { offset, line, crc } = mark
  if (isReplayed) return { offset, line, crc }
  if (offset === 0) return BEGINNING
  throw new TidemarkError('E_SOURCE_CHANGED', `${word} was given from its beginning (--replay) in the runs before`, {
    hint: `${offset} bytes of it were read: --replay passes them over; ${RESET}`,
  })
}

/** A stream that was read is no longer among the inputs, or something else has its name. Fine where nothing was read of it. */
export function refuseLostStream({ name, offset }: ReplayMark): void {
  if (offset === 0) return
  throw new TidemarkError(
    'E_SOURCE_GONE',
    `${offset} bytes of ${wordFor(name)} were read (--replay), and no pipe of that name is among the inputs`,
    { hint: `give it again, under the same name; ${RESET}` },
  )
}
