import type { ScanNode, SourceSpec, TimeSpec } from './kinds/scan.ts'
import type { MemberField } from './nodes.ts'
import { pathText, type Schema } from './schema.ts'

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

/** Rows of a source have every member; the first use of a path makes its field. */
export function scanNode({ time, ...rest }: SourceDescription, id: string): ScanNode {
  const members = new Map<string, MemberField>()
  const member = (path: readonly string[]): MemberField => {
    const key = JSON.stringify(path)
    const known = members.get(key)
    if (known) return known
    const field: MemberField = { kind: 'member', name: pathText(path), type: 'any', path }
    members.set(key, field)
    return field
  }
  const spec: TimeSpec | null =
    time?.kind === 'field' ? { kind: 'field', field: member(time.path), format: time.format } : time
  const schema: Schema = { columns: [], rest: { except: [], member }, hasTime: spec !== null, changelog: 'append' }
  return { kind: 'scan', id, source: { ...rest, time: spec }, members, schema }
}
