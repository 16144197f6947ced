import type { Span } from '../base/span.ts'
import { formatDuration } from '../time/duration.ts'
import { type Emission, emissionText } from '../time/emission.ts'
import type { PlanNode } from './nodes.ts'
import { pathText, type Schema } from './schema.ts'

/** What the user wrote, as it was written. */
export const written = ({ text, start, end }: Span): string => text.slice(start, end)

/** The columns of a whole row, the rest in front. */
export function columnsOf({ columns, rest }: Schema): readonly string[] {
  const named = columns.map(({ path }) => pathText(path))
  if (rest === null) return named
  return [rest.except.length > 0 ? `* EXCEPT (${rest.except.join(', ')})` : '*', ...named]
}

export const latenessText = (allowedLateness: number): string =>
  allowedLateness > 0 ? `, allowed lateness ${formatDuration(allowedLateness)}` : ''

export const unboundedText = ({ id }: PlanNode): string =>
  `${id} keeps every key for ever; memory grows with their number`

/** `, emit every:10s`; nothing where results are final. */
export const earlyText = ({ emit }: { readonly emit: Emission }): string =>
  emit === 'final' ? '' : `, emit ${emissionText(emit)}`

/** What a step is to leave out, so that its results are final. */
export const correctingFlags = ({
  allowedLateness,
  emit,
}: {
  readonly allowedLateness: number
  readonly emit: Emission
}): string =>
  [
    ...(allowedLateness > 0 ? ['--allowed-lateness'] : []),
    ...(emit === 'final' ? [] : [`--emit ${emissionText(emit)}`]),
  ].join(' and ')
