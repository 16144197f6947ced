import { type KafkaSource, placeName } from '../../connectors/kafka.ts'
import { formatDuration } from '../../time/duration.ts'
import type { BuildContext } from '../build-context.ts'
import type { NodeKind } from '../node-kind.ts'
import type { MemberField, NodeBase } from '../nodes.ts'
import { type Changelog, pathText, type Schema } from '../schema.ts'

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
  /** ms that its watermark may be ahead of those of the others before it waits for them. Default: it never waits. */
  readonly maxDrift?: number | null
  /** Can its rows take earlier ones back? Default: no. */
  readonly changelog?: Changelog
  /** Read on as its one file grows. Default: no. */
  readonly isFollowed?: boolean
  /** Do its rows have a schema? Then all that is computed of them has Flink's types. Default: no. */
  readonly isTyped?: boolean
  /** Topics of a cluster instead of files, of which there are none. */
  readonly kafka?: KafkaSource
}

export interface ScanNode extends NodeBase {
  readonly kind: 'scan'
  readonly source: SourceSpec
  /** Its place among the sources of the plan, as they were declared: the first of two rows of one time is that of the first. */
  readonly ordinal: number
  readonly members: Map<string, MemberField>
  /** The field at a path, made by its first use. */
  member(path: readonly string[]): MemberField
  /** Members whose fractions keep all their digits. */
  readonly digits: Set<MemberField>
}

/** A source as a front end describes it; the time field is still a path. */
export interface SourceDescription extends Omit<SourceSpec, 'time'> {
  readonly time:
    | {
        readonly kind: 'field'
        readonly path: readonly string[]
        readonly format: 'auto' | 'iso' | 's' | 'ms' | 'us' | 'ns'
      }
    | { readonly kind: 'arrival' }
    | null
}

/** Rows that have every member; the first use of a path makes its field. */
export function openMembers(): Pick<ScanNode, 'members' | 'member'> {
  const members = new Map<string, MemberField>()
  const member = (path: readonly string[]): MemberField => {
    const key = JSON.stringify(path)
    const known = members.get(key)
    if (known) return known
    const field: MemberField = { kind: 'member', name: pathText(path), type: 'any', path }
    members.set(key, field)
    return field
  }
  return { members, member }
}

export function buildScan(context: BuildContext, { time, ...rest }: SourceDescription): ScanNode {
  const { members, member } = openMembers()
  const spec: TimeSpec | null =
    time?.kind === 'field' ? { kind: 'field', field: member(time.path), format: time.format } : time
  if (spec?.kind === 'field') context.namedIn.set(spec.field, { source: '--time', hint: null })
  const schema: Schema = {
    columns: [],
    rest: { except: [], member },
    hasTime: spec !== null,
    changelog: rest.changelog ?? 'append',
  }
  return {
    kind: 'scan',
    id: context.id(rest.name),
    ordinal: context.nextScan(),
    source: { ...rest, time: spec },
    members,
    member,
    digits: new Set(),
    schema,
  }
}

export const scan: NodeKind<ScanNode> = {
  slots: (_, wanted) => [...wanted],
  demand: (node, demand) => {
    const { time } = node.source
    if (time?.kind === 'field') demand.add(node, time.field, 'time')
  },
  describe: ({ source }) => `source ${sourceName(source)}${source.isFollowed ? ', followed' : ''}${timeText(source)}`,
  state: null,
  judgesLateness: () => false,
  finalHint: () => 'leave --input-changelog out if its rows take none back',
}

export const sourceName = (source: SourceSpec): string =>
  source.kafka
    ? kafkaName(source.kafka)
    : source.files.map((file) => (file === '-' ? 'standard input' : file)).join(' ')

const kafkaName = ({ place, topics }: KafkaSource): string => `Kafka ${placeName(place)} ${topics.join(' ')}`

function timeText({ time, watermarkDelay, idleTimeout, maxDrift = null, maxFuture }: SourceSpec): string {
  if (time === null) return ''
  const name = time.kind === 'arrival' ? 'arrival' : time.field.name
  const idle = idleTimeout === null ? '' : `, idle after ${formatDuration(idleTimeout)}`
  const drift = maxDrift === null ? '' : `, waits when ${formatDuration(maxDrift)} ahead of others`
  const future = maxFuture === null ? '' : `, at most ${formatDuration(maxFuture)} ahead`
  return `, event time ${name}, watermark delay ${formatDuration(watermarkDelay)}${idle}${drift}${future}`
}
