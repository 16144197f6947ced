import { TidemarkError } from '../../base/errors.ts'
import type { Span } from '../../base/span.ts'
import { suggest } from '../../base/suggest.ts'
import { compilePattern } from '../../cep/compile.ts'
import { isDependent } from '../../cep/dependent-conditions.ts'
import { growthOf } from '../../cep/growth.ts'
import type { Nfa } from '../../cep/nfa.ts'
import { type Pattern, stepsOf } from '../../cep/pattern.ts'
import { patternText, skipText } from '../../cep/pattern-text.ts'
import { expressionsOf, type Reference } from '../../cep/references.ts'
import type { BoundExpression } from '../../expressions/bound.ts'
import { canonicalAggregate, canonicalText, type FieldText } from '../../expressions/canonical-text.ts'
import type { SelectItem } from '../../expressions/expression.ts'
import { fieldsOf } from '../../expressions/fields-of.ts'
import type { Definition } from '../../expressions/parse.ts'
import { formatDuration } from '../../time/duration.ts'
import type { BuildContext, StepLabel } from '../build-context.ts'
import type { Demand } from '../demand.ts'
import type { NodeKind } from '../node-kind.ts'
import type { ComputedColumn, NodeBase, PlanNode } from '../nodes.ts'
import { columnFields, type NamedColumn, newField, pathText, type Schema } from '../schema.ts'
import { noStar, outputPaths } from '../select-items.ts'
import { sourceTimes } from '../source-times.ts'
import { written } from '../wording.ts'

/** Where timed-out partial matches go. */
export type TimeoutPlace =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'descriptor'; readonly descriptor: number }

export interface MatchNode extends NodeBase {
  readonly kind: 'match'
  readonly input: PlanNode
  readonly keys: readonly ComputedColumn[]
  readonly pattern: Pattern
  readonly nfa: Nfa
  /** By number of the condition in `nfa`; null: every row meets it. */
  readonly conditions: readonly (BoundExpression | null)[]
  /** What conditions say of rows taken before. */
  readonly references: readonly Reference[]
  readonly result: MatchResultColumns
  readonly partials: PartialLimit
  /** null: nobody wants to know. */
  readonly timeouts: TimeoutPlace | null
  readonly explained: ExplainedKeys | null
}

/** Keys whose partial matches are to be told: all, or the one of these texts, in the order of `--by`. */
export type ExplainedKeys = 'all' | readonly string[]

/** What rows of the result hold behind the keys, or beside the rows of the match. */
export type MatchResultColumns =
  | {
      readonly kind: 'measures'
      readonly measures: readonly ComputedColumn[]
      readonly references: readonly Reference[]
    }
  | { readonly kind: 'whole'; readonly column: NamedColumn }
  | { readonly kind: 'rows'; readonly number: NamedColumn; readonly name: NamedColumn }

export interface PartialLimit {
  /** Open partial matches of all keys together. */
  readonly most: number
  readonly whenFull: 'fail' | 'drop'
}

/**
 * Rows that partial matches may have taken and still keep, all together: a row counts for each that took it, but once for those that have taken the same rows
 * up to it. Few partial matches are left some room.
 */
export const mostEntries = ({ most }: PartialLimit): number => Math.max(4 * most, 10_000)

export interface MatchOptions {
  readonly keys: readonly SelectItem[]
  readonly pattern: Pattern
  /** Labels that end loops, and where they stand. */
  readonly untils: readonly { readonly label: string; readonly span: Span }[]
  readonly definitions: readonly Definition[]
  /** null: the match as a whole. */
  readonly measures: readonly SelectItem[] | null
  readonly rows: boolean
  readonly partials: PartialLimit
  readonly timeouts: TimeoutPlace | null
  /** null: nobody wants to know. */
  readonly explained: ExplainedKeys | null
}

export function buildMatch(context: BuildContext, input: PlanNode, options: MatchOptions, step: StepLabel): PlanNode {
  context.requireTime(input, step)
  context.requireAppend(input, step)
  const { pattern, partials, timeouts, explained } = options
  const nfa = compilePattern(pattern)
  const steps = [...stepsOf(pattern.parts)].map(({ name }) => name)
  const defined = definitionsOf(options, steps)
  const references = context.references(input, { steps, bare: 'at-hand' })
  const bound = new Map(
    [...defined].map(([name, { expression }]) => [name, context.bindReferring(expression, references)]),
  )
  const conditions = nfa.conditions.map((label) => bound.get(label) ?? null)
  const { keys, result, schema } = resultOf(context, input, options, steps)
  const id = context.stepId(step)
  const conditioned = { pattern, nfa, conditions, references: references.all }
  return { kind: 'match', id, input, keys, ...conditioned, result, partials, timeouts, explained, schema }
}

/** By name; each must be that of a step, or end a loop. */
function definitionsOf(
  { definitions, untils }: MatchOptions,
  steps: readonly string[],
): ReadonlyMap<string, Definition> {
  const names = [...steps, ...untils.map(({ label }) => label)]
  const defined = new Map<string, Definition>()
  for (const definition of definitions) {
    const { name, nameSpan: span } = definition
    if (defined.has(name)) {
      const hint = 'put both conditions into one, with AND or OR'
      throw new TidemarkError('E_PATTERN', `${name} is defined twice`, { span, hint })
    }
    if (!names.includes(name)) {
      const near = suggest(name, names)
      const hint = near === undefined ? `its steps are ${names.join(', ')}` : `did you mean ${near}?`
      throw new TidemarkError('E_PATTERN', `the pattern has no step ${name}`, { span, hint })
    }
    defined.set(name, definition)
  }
  for (const { label, span } of untils) {
    if (defined.has(label)) continue
    const hint = `say what ends the loop: --define "${label}: x = 0"`
    throw new TidemarkError('E_PATTERN', `until ${label} has no definition`, { span, hint })
  }
  return defined
}

interface BuiltResult extends Pick<MatchNode, 'keys' | 'result' | 'schema'> {}

function resultOf(
  context: BuildContext,
  input: PlanNode,
  options: MatchOptions,
  steps: readonly string[],
): BuiltResult {
  const { measures } = options
  const column = (name: string, type: 'any' | 'number' | 'string'): NamedColumn => ({
    path: [name],
    field: newField(name, type),
    fraction: 3,
  })
  if (options.rows) {
    const [number, name] = [column('_match', 'number'), column('_as', 'string')]
    const keys = keysOf(context, input, options.keys, [])
    const { rest, columns } = input.schema
    const own = rest && { ...rest, except: [...rest.except, '_match', '_as'] }
    const others = columns.filter(({ path }) => path[0] !== '_match' && path[0] !== '_as')
    const schema: Schema = { columns: [...others, number, name], rest: own, hasTime: true, changelog: 'append' }
    return { keys, result: { kind: 'rows', number, name }, schema }
  }
  const items = measures?.map(noStar) ?? []
  const made = measures === null ? [column('match', 'any')] : []
  const paths = outputPaths([...options.keys.map(noStar), ...items], made)
  const keys = options.keys.map((item) => context.column(noStar(item), paths.get(item)!, input))
  const closed = { rest: null, hasTime: true, changelog: 'append' } as const
  const keyColumns = keys.map((key) => key.column)
  if (measures === null) {
    const whole = made[0]!
    return { keys, result: { kind: 'whole', column: whole }, schema: { columns: [...keyColumns, whole], ...closed } }
  }
  const references = context.references(input, { steps, bare: 'last' })
  const computed = items.map((item): ComputedColumn => {
    const expression = context.bindReferring(item.expression, references)
    const path = paths.get(item)!
    return { column: { path, field: newField(pathText(path), expression.type), fraction: 3 }, expression }
  })
  const columns = [...keyColumns, ...computed.map((measure) => measure.column)]
  return {
    keys,
    result: { kind: 'measures', measures: computed, references: references.all },
    schema: { columns, ...closed },
  }
}

function keysOf(context: BuildContext, input: PlanNode, items: readonly SelectItem[], made: readonly NamedColumn[]) {
  const paths = outputPaths(items.map(noStar), made)
  return items.map((item) => context.column(noStar(item), paths.get(item)!, input))
}

/** Does the step need the rows of a match as a whole? */
export const needsWholeRows = ({ result, timeouts }: MatchNode): boolean =>
  result.kind !== 'measures' || timeouts !== null

function demandOf(node: MatchNode, demand: Demand): void {
  const { input, conditions, references, result } = node
  for (const { expression } of node.keys) demand.expression(input, expression, 'key')
  for (const condition of conditions) {
    if (condition === null) continue
    if (!isDependent(condition, references)) demand.expression(input, condition, 'compute')
    else {
      const made = new Set(references.map(({ field }) => field))
      for (const field of fieldsOf(condition)) if (!made.has(field)) demand.add(input, field, 'compute')
    }
  }
  const ofResult = result.kind === 'measures' ? result.references : []
  for (const reference of [...references, ...ofResult]) {
    for (const expression of expressionsOf(reference)) demand.expression(input, expression, 'print')
  }
  if (needsWholeRows(node)) demand.forward(input, columnFields(input.schema))
  if (result.kind !== 'rows') return
  const own = new Set([result.number.field, result.name.field])
  demand.forward(
    input,
    [...demand.of(node)].filter((field) => !own.has(field)),
  )
}

export const match: NodeKind<MatchNode> = {
  slots: ({ keys, result, input }, _, slotsOf) => {
    if (result.kind === 'rows') return [...slotsOf(input), result.number.field, result.name.field]
    const columns = result.kind === 'whole' ? [result.column] : result.measures.map(({ column }) => column)
    return [...keys, ...columns.map((column) => ({ column }))].map(({ column }) => column.field)
  },
  demand: demandOf,
  describe: ({ id, keys, pattern }) => {
    const by = keys.length > 0 ? ` by ${keys.map(({ expression }) => written(expression.span)).join(', ')}` : ''
    return `${id}${by} ${patternText(pattern)}, skip ${skipText(pattern.skip)}`
  },
  state: {
    describe: ({ nfa, partials }) => {
      const most = `at most ${partials.most} partial matches with ${mostEntries(partials)} rows`
      if (nfa.window === Number.POSITIVE_INFINITY)
        return `rows until the watermark reaches them, ${most} until they end`
      return `rows until the watermark reaches them, ${most} for ${formatDuration(nfa.window)}`
    },
    signature: (node, fieldText) => ({
      verb: 'match',
      keys: node.keys.map(({ expression }) => canonicalText(expression, fieldText)),
      pattern: patternText(node.pattern),
      skip: skipText(node.pattern.skip),
      define: conditionTexts(node, fieldText),
      'time fields': sourceTimes(node),
    }),
    growth: ({ pattern }) => growthOf(pattern),
  },
  judgesLateness: () => true,
  fieldTexts: function* ({ id, keys, result }, fieldText) {
    for (const { column, expression } of keys) yield [column.field, canonicalText(expression, fieldText)]
    if (result.kind === 'whole') yield [result.column.field, `${id}.match`]
    if (result.kind === 'rows') {
      yield [result.number.field, `${id}._match`]
      yield [result.name.field, `${id}._as`]
    }
    if (result.kind !== 'measures') return
    const texts = referring(result.references, fieldText)
    for (const { column, expression } of result.measures)
      yield [column.field, `${id}.${canonicalText(expression, texts)}`]
  },
}

/** How references are called in canonical texts. */
function referring(references: readonly Reference[], fieldText: FieldText): FieldText {
  return (field) => {
    const reference = references.find((one) => one.field === field)
    if (reference === undefined) return fieldText(field)
    const of = reference.step === null ? '' : `${reference.step} `
    if (reference.kind === 'aggregate') return `${of}${canonicalAggregate(reference.aggregate, fieldText)}`
    if (!('argument' in reference)) return reference.kind
    return `${reference.kind}(${of}${canonicalText(reference.argument, fieldText)}, ${reference.offset})`
  }
}

function conditionTexts({ nfa, conditions, references }: MatchNode, fieldText: FieldText): readonly string[] {
  const texts = referring(references, fieldText)
  return nfa.conditions.map((label, c) => {
    const condition = conditions[c]
    return `${label}: ${condition ? canonicalText(condition, texts) : 'TRUE'}`
  })
}
