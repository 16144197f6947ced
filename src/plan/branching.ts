import type { BoundExpression } from '../expressions/bound.ts'
import type { Expression } from '../expressions/expression.ts'
import type { BuildContext, StepLabel } from './build-context.ts'
import { bindCondition } from './kinds/filter.ts'
import type { PlanNode } from './nodes.ts'
import { newField } from './schema.ts'
import { written } from './wording.ts'

/** Rows that leave the chain for a place of their own, and those that go on. */
export interface Branches {
  /** Names what leaves. */
  readonly id: string
  readonly leaving: PlanNode
  readonly staying: PlanNode
}

/** Rows for which the condition is true leave. The condition is computed once, so a row that it cannot take is bad once, and goes nowhere. */
export function buildSplit(context: BuildContext, input: PlanNode, where: Expression, step: StepLabel): Branches {
  const { id, judged, truth, span } = judge(context, input, where, step)
  const text = `NOT (${written(span)})`
  const rest: BoundExpression = {
    kind: 'not',
    operand: truth,
    type: 'boolean',
    span: { ...span, text, start: 0, end: text.length },
  }
  const leaving = filtered(judged, truth, context.id(`${id}-to`))
  return { id, leaving, staying: filtered(judged, rest, context.id(`${id}-rest`)) }
}

/** All rows go on; those for which the condition is true, or all without one, leave as well. */
export function buildTee(context: BuildContext, input: PlanNode, where: Expression | null, step: StepLabel): Branches {
  if (where === null) return { id: context.stepId(step), leaving: input, staying: input }
  const { id, judged, truth } = judge(context, input, where, step)
  return { id, leaving: filtered(judged, truth, context.id(`${id}-to`)), staying: judged }
}

/** The rows with a column beside them that no row shows: is the condition true? */
function judge(context: BuildContext, input: PlanNode, where: Expression, step: StepLabel) {
  const bound = bindCondition(context, input, where, step)
  const { span } = bound
  const expression: BoundExpression = {
    kind: 'is',
    operand: bound,
    what: 'TRUE',
    negated: false,
    asker: 'a condition',
    type: 'boolean',
    span,
  }
  const field = newField(written(span), 'boolean')
  const column = { path: [field.name], field, fraction: 3 as const }
  const id = context.stepId(step)
  const judged: PlanNode = { kind: 'project', id, input, columns: [{ column, expression }], schema: input.schema }
  const truth: BoundExpression = { kind: 'field', field, type: 'boolean', span }
  return { id, judged, truth, span }
}

const filtered = (input: PlanNode, where: BoundExpression, id: string): PlanNode => ({
  kind: 'filter',
  id,
  input,
  where,
  schema: input.schema,
})
