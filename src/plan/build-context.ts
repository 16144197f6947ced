import { TidemarkError } from '../base/errors.ts'
import type { Span } from '../base/span.ts'
import { expressionsOf, type ReferenceOptions, References } from '../cep/references.ts'
import { stepHints } from '../cep/step-names.ts'
import type { Value } from '../data/value.ts'
import { bind, bindAggregate, bindOver } from '../expressions/bind.ts'
import type { BoundExpression, Field, Scope } from '../expressions/bound.ts'
import type { Expression } from '../expressions/expression.ts'
import { fieldNodesOf } from '../expressions/fields-of.ts'
import type { Zone } from '../time/zone.ts'
import { requireAppend, requireTime } from './check.ts'
import { type ComputedColumn, isTyped, type PlanNode } from './nodes.ts'
import { newField, pathText, resolveColumn } from './schema.ts'
import type { ExpressionItem } from './select-items.ts'

/** Where a member of a source is named first: the flag or verb; and what may be meant if no row has it, or null. */
export interface Naming {
  readonly source: string
  readonly hint: string | null
}

/** Of a pattern: fields that stand for what was taken, and what to say of names that may be meant for steps. */
interface MadeNames {
  readonly own: ReadonlySet<Field>
  readonly hints: ReadonlyMap<string, string>
}

const NOTHING_MADE: MadeNames = { own: new Set(), hints: new Map() }

/** Other languages take text in double quotes. */
function textHint({ text, start, end }: Span): string | null {
  const quoted = /^"([^"]*)"$/.exec(text.slice(start, end))
  return quoted && `a text stands in single quotes: '${quoted[1]}'`
}

/** What every step may say besides its own options: `--name`, and the verb as typed, for messages. */
export interface StepLabel {
  readonly verb: string
  readonly name: string | null
  readonly span: Span
}

/** What the building functions of all kinds share: names and types of expressions, ids of steps, refusals. One for a plan. */
export class BuildContext {
  readonly zone: Zone
  readonly #parameters: ReadonlyMap<string, Value>
  readonly #ids = new Map<string, number>()
  #scans = 0
  /** How each member of a source was first named, for warnings. */
  readonly namedIn = new Map<Field, Naming>()

  constructor({ parameters, zone }: { readonly parameters: ReadonlyMap<string, Value>; readonly zone: Zone }) {
    this.#parameters = parameters
    this.zone = zone
  }

  /** An expression over the rows of a node. */
  bind(expression: Expression, input: PlanNode): BoundExpression {
    const bound = bind(expression, this.#scope(input))
    this.#noteNames([bound], expression.span)
    return bound
  }

  /** An expression that has aggregates in it. */
  bindAggregate(expression: Expression, input: PlanNode) {
    const bound = bindAggregate(expression, this.#scope(input))
    this.#noteNames(
      bound.aggregates.flatMap(({ args, filter }) => [...args, ...(filter ? [filter] : [])]),
      expression.span,
    )
    return bound
  }

  /** An expression over functions of the rows up to each row, and the row's own fields. */
  bindOver(expression: Expression, input: PlanNode) {
    const bound = bindOver(expression, this.#scope(input))
    this.#noteNames(
      [bound.result, ...bound.aggregates.flatMap(({ args, filter }) => [...args, ...(filter ? [filter] : [])])],
      expression.span,
    )
    return bound
  }

  /** What the expressions of a pattern over the rows of a node may say of rows taken before. */
  references(input: PlanNode, options: Omit<ReferenceOptions, 'isOpen'>): References {
    return new References(this.#scope(input), { ...options, isOpen: input.schema.rest !== null })
  }

  /** An expression of a pattern. */
  bindReferring(expression: Expression, references: References): BoundExpression {
    const bound = references.bind(expression)
    const own = new Set(references.all.map(({ field }) => field))
    const hints = stepHints(expression, references.steps)
    this.#noteNames([bound, ...references.all.flatMap(expressionsOf)], expression.span, { own, hints })
    return bound
  }

  /** A column computed from the rows of a node; `path`: its place in the output. */
  column(item: ExpressionItem, path: readonly string[], input: PlanNode): ComputedColumn {
    const expression = this.bind(item.expression, input)
    const source =
      expression.kind === 'field' ? input.schema.columns.find(({ field }) => field === expression.field) : undefined
    return {
      column: { path, field: newField(pathText(path), expression.type), fraction: source?.fraction ?? 3 },
      expression,
    }
  }

  /** Refuses a step over rows without event time; throws E_TIME_MISSING. */
  requireTime(input: PlanNode, step: StepLabel): void {
    requireTime(input, step)
  }

  /** Refuses an append-only step over rows that may be taken back; throws E_CHANGELOG. */
  requireAppend(input: PlanNode, step: StepLabel): void {
    requireAppend(input, step)
  }

  /** State follows names (DESIGN 4.15): the step's own, else the verb and its ordinal. Throws E_NAME for a name that is taken. */
  stepId({ verb, name, span }: StepLabel): string {
    if (name !== null && this.#ids.has(name))
      throw new TidemarkError('E_NAME', `two steps are called '${name}'`, { span })
    return this.id(name ?? verb)
  }

  /** Sources are numbered from 0. */
  nextScan(): number {
    this.#scans += 1
    return this.#scans - 1
  }

  /** The name itself the first time, then with an ordinal. */
  id(name: string): string {
    const ordinal = (this.#ids.get(name) ?? 0) + 1
    this.#ids.set(name, ordinal)
    return ordinal === 1 ? name : `${name}-${ordinal}`
  }

  #scope(input: PlanNode): Scope {
    const { schema } = input
    return {
      isTyped: isTyped(input),
      resolve: (path) => resolveColumn(schema, path),
      names: () => schema.columns.map(({ path }) => pathText(path)),
      hasTime: schema.hasTime,
      parameters: this.#parameters,
      zone: this.zone.name,
    }
  }

  #noteNames(
    expressions: readonly BoundExpression[],
    { source }: Span,
    { own, hints }: MadeNames = NOTHING_MADE,
  ): void {
    for (const expression of expressions) {
      for (const { field, span } of fieldNodesOf(expression)) {
        if (this.namedIn.has(field) || own.has(field)) continue
        this.namedIn.set(field, { source, hint: hints.get(field.name) ?? textHint(span) })
      }
    }
  }
}
