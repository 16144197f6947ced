import type { Field } from '../../expressions/bound.ts'
import type { BuildContext } from '../build-context.ts'
import type { NodeKind } from '../node-kind.ts'
import { inputsOf, type NodeBase, type PlanNode } from '../nodes.ts'
import { type NamedColumn, newField, type Schema } from '../schema.ts'

/** The rows that came too late for a step, as a stream: `STEP.late`. */
export interface LateRowsNode extends NodeBase {
  readonly kind: 'late-rows'
  /** The step that judges them. */
  readonly input: PlanNode
  /** Whose rows they are: an input of that step, and which. */
  readonly of: PlanNode
  readonly port: number
  /** Why they are late, in the order of `LATE_COLUMNS`; windows only where the step has some. */
  readonly reasons: readonly NamedColumn[]
}

/** Columns that a late row gets; its own of these names, from an earlier step, make way. */
export const LATE_COLUMNS = ['_late_by', '_step', '_window_start', '_window_end', '_watermark'] as const

/** `port`: of the step's inputs; `fraction`: digits of the borders of the step's windows; null: it has none. */
export function buildLateRows(
  context: BuildContext,
  step: PlanNode,
  port: number,
  fraction: 0 | 3 | null,
): LateRowsNode {
  const inputs = inputsOf(step)
  const of = inputs[port]!
  const names = LATE_COLUMNS.filter((name) => fraction !== null || !name.startsWith('_window'))
  const reasons = names.map((name): NamedColumn => {
    const type = name === '_late_by' ? 'number' : name === '_step' ? 'string' : 'timestamp'
    return { path: [name], field: newField(name, type), fraction: name.startsWith('_window') ? fraction! : 3 }
  })
  const { columns, rest, hasTime } = of.schema
  const own = columns.filter(({ path }) => !isReason(path[0]!))
  const schema: Schema = {
    columns: [...own, ...reasons],
    rest: rest && { except: [...rest.except, ...LATE_COLUMNS], member: rest.member },
    hasTime,
    changelog: of.schema.changelog,
  }
  const id = inputs.length === 1 ? `${step.id}.late` : `${step.id}.late-${port === 0 ? 'left' : 'right'}`
  return { kind: 'late-rows', id: context.id(id), input: step, of, port, reasons, schema }
}

const isReason = (name: string) => (LATE_COLUMNS as readonly string[]).includes(name)

const isOwn = ({ reasons }: LateRowsNode, field: Field) => reasons.some((reason) => reason.field === field)

export const lateRows: NodeKind<LateRowsNode> = {
  slots: (_, wanted) => [...wanted],
  demand: (node, demand) => {
    demand.forward(
      node.of,
      [...demand.of(node)].filter((field) => !isOwn(node, field)),
    )
  },
  describe: ({ id, input }) => `${id} rows that came too late for ${input.id}`,
  state: null,
  judgesLateness: () => false,
}
