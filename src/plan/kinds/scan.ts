import { formatDuration } from '../../time/duration.ts'
import type { NodeKind } from '../node-kind.ts'
import type { MemberField, NodeBase } from '../nodes.ts'

/** Where a source's rows get their event time. */
export type TimeSpec =
  | { readonly kind: 'field'; readonly field: MemberField; readonly format: 'auto' | 'iso' | 's' | 'ms' | 'us' | 'ns' }
  | { readonly kind: 'arrival' }

/** What a source is and how it tells time; durations in ms. */
export interface SourceSpec {
  readonly name: string
  /** Paths as given, `-` for standard input, read one after the other as `cat` would. */
  readonly files: readonly string[]
  readonly time: TimeSpec | null
  readonly watermarkDelay: number
  readonly idleTimeout: number | null
  readonly maxFuture: number | null
}

export interface ScanNode extends NodeBase {
  readonly kind: 'scan'
  readonly source: SourceSpec
  readonly members: Map<string, MemberField>
}

export const scan: NodeKind<ScanNode> = {
  slots: (_, wanted) => [...wanted],
  demand: (node, demand) => {
    const { time } = node.source
    if (time?.kind === 'field') demand.add(node, time.field, 'time')
  },
  describe: ({ source }) => `source ${sourceName(source)}${timeText(source)}`,
  state: null,
  judgesLateness: () => false,
}

export const sourceName = (source: SourceSpec): string =>
  source.files.map((file) => (file === '-' ? 'standard input' : file)).join(' ')

function timeText({ time, watermarkDelay, idleTimeout, maxFuture }: SourceSpec): string {
  if (time === null) return ''
  const name = time.kind === 'arrival' ? 'arrival' : time.field.name
  const idle = idleTimeout === null ? '' : `, idle after ${formatDuration(idleTimeout)}`
  const future = maxFuture === null ? '' : `, at most ${formatDuration(maxFuture)} ahead`
  return `, event time ${name}, watermark delay ${formatDuration(watermarkDelay)}${idle}${future}`
}
