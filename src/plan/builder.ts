import { TidemarkError } from '../base/errors.ts'
import type { Span } from '../base/span.ts'
import type { Value } from '../data/value.ts'
import { bind, bindAggregate } from '../expressions/bind.ts'
import type { BoundExpression, Field, Scope } from '../expressions/bound.ts'
import type { Expression, SelectItem } from '../expressions/expression.ts'
import { fieldsOf } from '../expressions/fields-of.ts'
import type { Zone } from '../time/zone.ts'
import type { WindowSpans } from '../windows/window-kind.ts'
import { assignerOf, borderFraction, type WindowSpec } from '../windows/window-spec.ts'
import { requireAppend, requireTime } from './check.ts'
import type { AggregateColumn, ComputedColumn, NodeOf, PlanNode } from './nodes.ts'
import { type SourceDescription, scanNode } from './scan-node.ts'
import { type Changelog, type NamedColumn, newField, pathText, resolveColumn, type Schema } from './schema.ts'
import { type ExpressionItem, isNotStar, noStar, outputPaths } from './select-items.ts'
import { unionNode } from './union-node.ts'

/** Keys and aggregates of a grouping step as parsed. */
export interface Grouping {
  readonly keys: readonly SelectItem[]
  readonly aggregates: readonly SelectItem[]
}

/** What every step may say besides its own options: `--name`, and the verb as typed, for messages. */
export interface StepLabel {
  readonly verb: string
  readonly name: string | null
  readonly span: Span
}

/**
 * How all front ends make plans. Each method takes parsed expressions, binds their names and types against its input and returns the new node;
 * everything that can be wrong with a pipeline is found here or in `check.ts`, before the first row is read.
 */
export class PlanBuilder {
  readonly #parameters: ReadonlyMap<string, Value>
  readonly #zone: Zone
  readonly #ids = new Map<string, number>()
  /** Where each member of a source was first named, for warnings: the flag or verb. */
  readonly namedIn = new Map<Field, string>()

  constructor(options: { readonly parameters: ReadonlyMap<string, Value>; readonly zone: Zone }) {
    this.#parameters = options.parameters
    this.#zone = options.zone
  }

  scan(description: SourceDescription): NodeOf<'scan'> {
    const scan = scanNode(description, this.#id(description.name))
    if (scan.source.time?.kind === 'field') this.namedIn.set(scan.source.time.field, '--time')
    return scan
  }

  filter(input: PlanNode, where: Expression, step: StepLabel): PlanNode {
    const bound = this.#bind(where, input)
    if (bound.type !== 'boolean' && bound.type !== 'any') {
      throw new TidemarkError('E_TYPE', `${step.verb} needs a condition, not a ${bound.type}`, {
        span: where.span,
        hint: 'a condition is TRUE or FALSE: amount > 100',
      })
    }
    return { kind: 'filter', id: this.#stepId(step), input, where: bound, schema: input.schema }
  }

  select(input: PlanNode, items: readonly SelectItem[], step: StepLabel): PlanNode {
    const computed: ComputedColumn[] = []
    const columns: NamedColumn[] = []
    const paths = outputPaths(items.filter(isNotStar))
    let except: readonly string[] | null = null
    for (const item of items) {
      if (item.kind === 'star') {
        if (except)
          throw new TidemarkError('E_NAME', "'*' stands twice", { span: item.span, hint: 'one * gives all fields' })
        except = this.#starExcept(item, input.schema)
        columns.push(...input.schema.columns.filter(({ path }) => !except!.includes(path[0]!)))
        continue
      }
      const made = this.#column(item, paths.get(item)!, input)
      computed.push(made)
      columns.push(made.column)
    }
    const overriding = new Set(computed.map(({ column }) => column.path[0]!))
    const kept = columns.filter(
      (column) => computed.some((made) => made.column === column) || !overriding.has(column.path[0]!),
    )
    const rest = except !== null && input.schema.rest ? this.#restWithout(input.schema, except, overriding) : null
    const schema: Schema = { ...input.schema, columns: kept, rest }
    return { kind: 'project', id: this.#stepId(step), input, columns: computed, schema }
  }

  deduplicate(
    input: PlanNode,
    options: {
      readonly keys: readonly SelectItem[]
      readonly within: number | null
      readonly keep: 'first' | 'last'
      readonly allowedLateness: number
    },
    step: StepLabel,
  ): PlanNode {
    requireAppend(input, step)
    if (options.within !== null) requireTime(input, step)
    const keys = options.keys.map((item) => this.#bind(noStar(item).expression, input))
    const { within, keep, allowedLateness } = options
    return {
      kind: 'deduplicate',
      id: this.#stepId(step),
      input,
      keys,
      within,
      keep,
      allowedLateness,
      schema: input.schema,
    }
  }

  /** `spans`: where the sizes were written, for refusals. */
  window(
    input: PlanNode,
    options: Grouping & { readonly window: WindowSpec; readonly spans: WindowSpans; readonly allowedLateness: number },
    step: StepLabel,
  ): PlanNode {
    requireTime(input, step)
    const assigner = assignerOf(options.window, this.#zone, options.spans)
    const start = newField('window_start', 'timestamp')
    const end = newField('window_end', 'timestamp')
    const fraction = borderFraction(options.window)
    const bounds: NamedColumn[] = [
      { path: ['window_start'], field: start, fraction },
      { path: ['window_end'], field: end, fraction },
    ]
    const changelog = options.allowedLateness > 0 ? 'retract' : 'append'
    const group = this.#group(input, options, bounds, { hasTime: true, changelog })
    const { window, allowedLateness } = options
    const { keys, aggregates, schema } = group
    const node: PlanNode = {
      kind: 'window-aggregate',
      id: this.#stepId(step),
      input,
      window,
      assigner,
      start,
      end,
      keys,
      aggregates,
      allowedLateness,
      schema,
    }
    return this.#finish(node, group)
  }

  aggregate(input: PlanNode, options: Grouping & { readonly emit: 'final' | 'changes' }, step: StepLabel): PlanNode {
    const changelog = options.emit === 'changes' ? 'retract' : 'append'
    const group = this.#group(input, options, [], { hasTime: false, changelog })
    const { keys, aggregates, schema } = group
    const node: PlanNode = {
      kind: 'group-aggregate',
      id: this.#stepId(step),
      input,
      keys,
      aggregates,
      emit: options.emit,
      schema,
    }
    return this.#finish(node, group)
  }

  /** Rows of all inputs as one stream. Their named columns must have the same names; the row's own members must be open in all or in none. */
  union(inputs: readonly PlanNode[], id = 'union'): PlanNode {
    return unionNode(inputs, this.#id(id))
  }

  #group(
    input: PlanNode,
    options: Grouping,
    bounds: readonly NamedColumn[],
    traits: { hasTime: boolean; changelog: Changelog },
  ) {
    const items = [...options.keys, ...options.aggregates].map(noStar)
    const paths = outputPaths(items, bounds)
    const keys = options.keys.map((item) => this.#column(noStar(item), paths.get(item)!, input))
    const aggregates: AggregateColumn[] = []
    const results: { readonly column: NamedColumn; readonly expression: BoundExpression }[] = []
    for (const item of options.aggregates.map(noStar)) {
      const bound = bindAggregate(item.expression, this.#scope(input))
      bound.aggregates.forEach((aggregate, i) => {
        aggregates.push({ field: bound.fields[i]!, aggregate })
      })
      this.#noteNames(
        bound.aggregates.flatMap(({ args, filter }) => [...args, ...(filter ? [filter] : [])]),
        item.span,
      )
      const path = paths.get(item)!
      const field = bound.result.kind === 'field' ? bound.result.field : newField(pathText(path), bound.result.type)
      results.push({ column: { path, field, fraction: 3 }, expression: bound.result })
    }
    const columns = [...bounds, ...keys.map(({ column }) => column), ...results.map(({ column }) => column)]
    const schema: Schema = { columns, rest: null, ...traits }
    return { keys, aggregates, results, schema }
  }

  /** Results that are more than one aggregate (`sum(a) / count(*)`) are computed by a projection behind the grouping. */
  #finish(node: PlanNode, group: { readonly results: readonly ComputedColumn[] }): PlanNode {
    const computed = group.results.filter(({ expression }) => expression.kind !== 'field')
    if (computed.length === 0) return node
    return { kind: 'project', id: this.#id(`${node.id}-result`), input: node, columns: computed, schema: node.schema }
  }

  #column(item: ExpressionItem, path: readonly string[], input: PlanNode): ComputedColumn {
    const expression = this.#bind(item.expression, input)
    const source =
      expression.kind === 'field' ? input.schema.columns.find(({ field }) => field === expression.field) : undefined
    return {
      column: { path, field: newField(pathText(path), expression.type), fraction: source?.fraction ?? 3 },
      expression,
    }
  }

  #starExcept(item: SelectItem & { kind: 'star' }, schema: Schema): readonly string[] {
    for (const { name, span } of item.except) {
      if (schema.rest === null && !schema.columns.some(({ path }) => path[0] === name)) {
        throw new TidemarkError('E_COLUMN', `no column '${name}' to leave out`, { span })
      }
    }
    return item.except.map(({ name }) => name)
  }

  #restWithout(schema: Schema, except: readonly string[], overriding: ReadonlySet<string>) {
    const rest = schema.rest!
    return { except: [...new Set([...rest.except, ...except, ...overriding])], member: rest.member }
  }

  #bind(expression: Expression, input: PlanNode): BoundExpression {
    const bound = bind(expression, this.#scope(input))
    this.#noteNames([bound], expression.span)
    return bound
  }

  #scope(input: PlanNode): Scope {
    const { schema } = input
    return {
      resolve: (path) => resolveColumn(schema, path),
      names: () => schema.columns.map(({ path }) => pathText(path)),
      hasTime: schema.hasTime,
      parameters: this.#parameters,
      zone: this.#zone.name,
    }
  }

  #noteNames(expressions: readonly BoundExpression[], span: Span): void {
    for (const expression of expressions) {
      for (const field of fieldsOf(expression)) if (!this.namedIn.has(field)) this.namedIn.set(field, span.source)
    }
  }

  /** State follows names (DESIGN 4.15): the step's own, else the verb and its ordinal. */
  #stepId({ verb, name, span }: StepLabel): string {
    if (name !== null && this.#ids.has(name))
      throw new TidemarkError('E_NAME', `two steps are called '${name}'`, { span })
    return this.#id(name ?? verb)
  }

  #id(name: string): string {
    const ordinal = (this.#ids.get(name) ?? 0) + 1
    this.#ids.set(name, ordinal)
    return ordinal === 1 ? name : `${name}-${ordinal}`
  }
}
