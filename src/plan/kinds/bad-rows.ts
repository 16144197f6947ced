import type { Field } from '../../expressions/bound.ts'
import type { BuildContext } from '../build-context.ts'
import type { NodeKind } from '../node-kind.ts'
import type { NodeBase } from '../nodes.ts'
import { newField, pathText, type Schema } from '../schema.ts'
import type { ScanNode } from './scan.ts'

/** What a source could not read, as a stream: `SOURCE.bad`, rows of `_error` and `_raw`. */
export interface BadRowsNode extends NodeBase {
  readonly kind: 'bad-rows'
  readonly input: ScanNode
  /** Where the fields stand that its consumers name. */
  readonly paths: ReadonlyMap<Field, readonly string[]>
}

export function buildBadRows(context: BuildContext, input: ScanNode): BadRowsNode {
  const members = new Map<string, Field>()
  const paths = new Map<Field, readonly string[]>()
  const member = (path: readonly string[]): Field => {
    const key = JSON.stringify(path)
    const known = members.get(key)
    if (known) return known
    const field = newField(pathText(path), 'any')
    members.set(key, field)
    paths.set(field, path)
    return field
  }
  const schema: Schema = { columns: [], rest: { except: [], member }, hasTime: false, changelog: 'append' }
  return { kind: 'bad-rows', id: context.id(`${input.id}.bad`), input, paths, schema }
}

export const badRows: NodeKind<BadRowsNode> = {
  slots: (_, wanted) => [...wanted],
  demand: () => {},
  describe: ({ id, input }) => `${id} what ${input.id} could not read`,
  state: null,
  judgesLateness: () => false,
  timelessHint: 'what could not be read has no event time',
}
