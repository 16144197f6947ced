import { TidemarkError } from '../base/errors.ts'
import { suggest } from '../base/suggest.ts'
import type { Expression } from '../expressions/expression.ts'
import { AGGREGATES } from '../functions/aggregates/index.ts'

type FieldExpression = Extract<Expression, { kind: 'field' }>

/** What the first part of a field's path can be in an expression of a pattern. */
export interface StepNames {
  readonly steps: readonly string[]
  /** Names of the columns that are known, as paths with dots between. */
  readonly columns: readonly string[]
  /** Can rows have members of other names, too? */
  readonly isOpen: boolean
}

/** Shorter words are near to too many others. */
const LEAST_MISSPELT = 3

/**
 * Refuses Z.x where Z is meant for a step and there is none: where no row has a member Z or one of a name near to it; within FIRST, LAST and aggregates also where Z is written as the
 * steps are, in capitals, or nearly as one of them. Any other name may be that of a member that holds an object, and so is one in quotes. Throws E_PATTERN.
 */
export function refuseUnknownSteps(expression: Expression, names: StepNames): void {
  for (const { field, isTaken } of pathsIn(expression, false)) {
    const near = misspelt(field, names, isTaken)
    if (near === null) continue
    const { path, span } = field
    const step = path[0]!
    const hint = near === '' ? `its steps are ${names.steps.join(', ')}` : `did you mean ${near}?`
    const quoted = names.isOpen ? `${near === '' ? ';' : ''} a field of that name is written "${step}".${path[1]}` : ''
    const at = { ...span, end: span.start + step.length }
    throw new TidemarkError('E_PATTERN', `the pattern has no step ${step}`, { span: at, hint: `${hint}${quoted}` })
  }
}

/** The step that is meant, '' if any may be; null: none is. */
function misspelt({ path, span }: FieldExpression, names: StepNames, isTaken: boolean): string | null {
  const [step] = path as [string]
  const { steps, columns, isOpen } = names
  if (path.length < 2 || steps.includes(step) || isQuoted(span)) return null
  if (columns.some((column) => column === step || column.startsWith(`${step}.`))) return null
  const near = steps.find(isAlso(step)) ?? (step.length < LEAST_MISSPELT ? undefined : suggest(step, steps))
  const isAlike = isUpper(step) && steps.every(isUpper)
  if (!isOpen) {
    const first = columns.map((column) => column.split('.')[0]!)
    return suggest(step, first) === undefined && (isTaken || isAlike || near !== undefined) ? (near ?? '') : null
  }
  const isNear = near !== undefined && !isAlso(step)(near)
  if (isNear && (isTaken || isAlike)) return near
  return isTaken && isAlike ? '' : null
}

/** By path with dots, what to say of fields that may be meant for steps, if it turns out that no row has them. */
export function stepHints(expression: Expression, steps: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const { field } of pathsIn(expression, false)) {
    const [first] = field.path as [string]
    if (field.path.length < 2 || steps.includes(first) || isQuoted(field.span)) continue
    const step = steps.find(isAlso(first))
    if (step !== undefined) found.set(field.path.join('.'), `the step is written ${step}`)
    else if (isUpper(first) && steps.every(isUpper)) found.set(field.path.join('.'), `the pattern has no step ${first}`)
  }
  return found
}

/** The same but for capitals and small letters? */
const isAlso = (one: string) => (other: string) => one.toLowerCase() === other.toLowerCase()

const isUpper = (name: string): boolean => name === name.toUpperCase()

const isQuoted = ({ text, start }: FieldExpression['span']): boolean => !/\w/.test(text[start] ?? '')

/** All fields with where they stand: within what is said of rows taken before, or not. */
function* pathsIn(node: unknown, isTaken: boolean): Generator<{ readonly field: FieldExpression; isTaken: boolean }> {
  if (Array.isArray(node)) for (const child of node) yield* pathsIn(child, isTaken)
  else if (node !== null && typeof node === 'object') {
    const expression = node as Expression
    if (expression.kind === 'field') yield { field: expression, isTaken }
    else {
      const isInside = isTaken || (expression.kind === 'call' && takesRows(expression.name))
      for (const [name, child] of Object.entries(node))
        if (!name.toLowerCase().endsWith('span')) yield* pathsIn(child, isInside)
    }
  }
}

const takesRows = (name: string): boolean => name === 'first' || name === 'last' || AGGREGATES.has(name)
