import { withMarkedSecrets } from '../base/secrets.ts'
import type { Field } from '../expressions/bound.ts'
import type { FieldText } from '../expressions/canonical-text.ts'
import { printPath } from '../expressions/print.ts'
import { kindOf } from './kinds/index.ts'
import { isMember, isStep, type PlanNode, topologicalOrder } from './nodes.ts'

/**
 * By id, for each step of the plan that is no source. Steps without state have an empty signature. They are stored: `secrets`, the values of parameters that must not be,
 * have a mark in their place.
 */
export function signaturesOf(root: PlanNode, secrets: ReadonlySet<string> = new Set()): ReadonlyMap<string, string> {
  const nodes = topologicalOrder(root)
  const fieldText = fieldTextOf(nodes)
  const marked = (_: string, value: unknown) => (typeof value === 'string' ? withMarkedSecrets(value, secrets) : value)
  const steps = nodes.filter(isStep)
  return new Map(
    steps.map((node) => [node.id, JSON.stringify(kindOf(node).state?.signature(node, fieldText) ?? {}, marked)]),
  )
}

/** A column that a step made is known by what it is made of, so that it may be given another name. */
function fieldTextOf(nodes: readonly PlanNode[]): FieldText {
  const texts = new Map<Field, string>()
  const fieldText = (field: Field) => (isMember(field) ? printPath(field.path) : (texts.get(field) ?? field.name))
  for (const node of nodes) {
    for (const [field, text] of kindOf(node).fieldTexts?.(node, fieldText) ?? []) texts.set(field, text)
  }
  return fieldText
}
