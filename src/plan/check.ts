import { TidemarkError } from '../base/errors.ts'
import type { Span } from '../base/span.ts'
import { kindOf } from './kinds/index.ts'
import { inputsOf, type PlanNode } from './nodes.ts'

interface Step {
  readonly verb: string
  readonly span: Span
}

/** Refuses a step without event time. Front ends that can look at the first row put the names of its time-like fields into the hint. */
export function requireTime(input: PlanNode, step: Step): void {
  if (input.schema.hasTime) return
  const cause = upstream(input, (node) => kindOf(node).timelessHint !== undefined)
  throw new TidemarkError('E_TIME_MISSING', `${step.verb} needs event time`, {
    hint: cause
      ? `the rows of ${cause.id} have none: ${kindOf(cause).timelessHint}, or put ${step.verb} before it`
      : 'name the field that holds it: --time ts',
  })
}

/** Refuses an append-only step after one that corrects its results. */
export function requireAppend(input: PlanNode, step: Step): void {
  if (input.schema.changelog === 'append') return
  // the nearest one: what it counts itself may change as it likes, once it gives final rows
  const cause = upstream(input, (node) => node.schema.changelog === 'retract' && kindOf(node).finalHint !== undefined)!
  const final = kindOf(cause).finalHint!(cause)
  throw new TidemarkError(
    'E_CHANGELOG',
    `${step.verb} takes only new rows, but ${cause.id} corrects rows that it gave before`,
    { hint: cause.kind === 'scan' ? final : `${final}, or put ${step.verb} before it` },
  )
}

function upstream(node: PlanNode, matches: (node: PlanNode) => boolean): PlanNode | undefined {
  if (matches(node)) return node
  for (const input of inputsOf(node)) {
    const found = upstream(input, matches)
    if (found) return found
  }
  return undefined
}
