import type { BuildContext, StepLabel } from '../build-context.ts'
import {
  buildJoining,
  type Joining,
  type JoiningNode,
  joiningDemand,
  joiningFieldTexts,
  joiningSlots,
  joiningText,
} from '../joining.ts'
import type { NodeKind } from '../node-kind.ts'
import type { PlanNode } from '../nodes.ts'
import { buildTable, type TableNode, type TableSpec } from './table.ts'

/** Which of several rows of a table with one key counts; `refuse`: there must not be several. */
export type RepeatedKeys = 'refuse' | 'first' | 'last'

export interface EnrichNode extends JoiningNode {
  readonly kind: 'enrich'
  readonly inputs: readonly [input: PlanNode, table: TableNode]
  readonly join: EnrichKind
  readonly repeated: RepeatedKeys
}

export const ENRICH_KINDS = ['left', 'inner', 'semi', 'anti'] as const
export type EnrichKind = (typeof ENRICH_KINDS)[number]

export interface EnrichOptions extends Joining {
  readonly join: EnrichKind
  readonly table: TableSpec
  readonly repeated: RepeatedKeys
}

/** Rows with the row of a table under one member of theirs: Flink's lookup join. Rows stay what they are, corrections too. */
export function buildEnrich(
  context: BuildContext,
  input: PlanNode,
  { table, repeated, ...joining }: EnrichOptions,
  step: StepLabel,
): EnrichNode {
  const { hasTime, changelog } = input.schema
  const inputs = [input, buildTable(context, table)] as const
  const node = buildJoining(context, inputs, joining, { made: [], hasTime, changelog })
  return { kind: 'enrich', id: context.stepId(step), ...node, inputs, join: joining.join, repeated }
}

export const enrich: NodeKind<EnrichNode> = {
  slots: joiningSlots,
  demand: (node, demand) => joiningDemand(node, demand),
  describe: (node) => `${joiningText(node)}${node.repeated === 'refuse' ? '' : `, the ${node.repeated} of each key`}`,
  state: null,
  dependsOn: ({ inputs: [input, { table }], isBeside }) =>
    isBeside
      ? undefined
      : `${table.file} is no part of checkpoints: rows that are read again meet it as it is then${
          input.schema.changelog === 'append' ? '; live inputs, as soon as it has changed' : ''
        }`,
  judgesLateness: () => false,
  fieldTexts: joiningFieldTexts,
}
