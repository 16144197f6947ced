import { TidemarkError } from '../../base/errors.ts'
import type { Span } from '../../base/span.ts'
import { canonicalText } from '../../expressions/canonical-text.ts'
import type { Expression, SelectItem } from '../../expressions/expression.ts'
import { normalTypeName, shapeOfCast } from '../../expressions/type-name.ts'
import type { BuildContext, StepLabel } from '../build-context.ts'
import type { NodeKind } from '../node-kind.ts'
import { type ComputedColumn, type NodeBase, type PlanNode, scansOf } from '../nodes.ts'
import { type NamedColumn, pathText, restWithout, type Schema } from '../schema.ts'
import { isNotStar, outputPaths } from '../select-items.ts'
import { columnsOf } from '../wording.ts'
import type { ScanNode } from './scan.ts'

export interface ProjectNode extends NodeBase {
  readonly kind: 'project'
  readonly input: PlanNode
  readonly columns: readonly ComputedColumn[]
  /** The source whose schema these columns are: what does not fit them is what it cannot read. */
  readonly schemaOf?: ScanNode
}

/** A column of a schema. */
export interface DeclaredColumn {
  readonly path: readonly string[]
  readonly span: Span
  /** As written: `DECIMAL(10, 2)`. */
  readonly type: string
  readonly typeSpan: Span
}

/** Throws E_NAME for names that are given twice, E_COLUMN for a column to leave out that is not there. */
export function buildProject(
  context: BuildContext,
  input: PlanNode,
  items: readonly SelectItem[],
  step: StepLabel,
): ProjectNode {
  const computed: ComputedColumn[] = []
  const columns: NamedColumn[] = []
  const paths = outputPaths(items.filter(isNotStar))
  let except: readonly string[] | null = null
  for (const item of items) {
    if (item.kind === 'star') {
      if (except)
        throw new TidemarkError('E_NAME', "'*' stands twice", { span: item.span, hint: 'one * gives all fields' })
      except = starExcept(item, input.schema)
      columns.push(...input.schema.columns.filter(({ path }) => !except!.includes(path[0]!)))
      continue
    }
    const made = context.column(item, paths.get(item)!, input)
    computed.push(made)
    columns.push(made.column)
  }
  const overriding = new Set(computed.map(({ column }) => column.path[0]!))
  const kept = columns.filter(
    (column) => computed.some((made) => made.column === column) || !overriding.has(column.path[0]!),
  )
  const rest = except !== null && input.schema.rest ? restWithout(input.schema.rest, [...except, ...overriding]) : null
  const schema: Schema = { ...input.schema, columns: kept, rest }
  return { kind: 'project', id: context.stepId(step), input, columns: computed, schema }
}

/**
 * The declared columns of a source's rows and nothing else, each cast to its type (Flink's JSON format); a row with a value that is none is bad.
 * All that follows has Flink's types. Throws E_TYPE for a type that there is not, E_NAME for a column that is declared twice.
 */
export function buildDeclared(
  context: BuildContext,
  input: PlanNode,
  declared: readonly DeclaredColumn[],
  step: StepLabel,
): ProjectNode {
  const scans = scansOf(input)
  const items = declared.map(({ path, span, type, typeSpan }): SelectItem => {
    const to = normalTypeName(type)
    if (shapeOfCast(to)) for (const scan of scans) scan.digits.add(scan.member(path))
    const operand: Expression = { kind: 'field', path, span }
    const expression: Expression = { kind: 'cast', operand, to, typeSpan, isTry: false, span }
    return { kind: 'expression', expression, alias: { path, span }, span }
  })
  return { ...buildProject(context, input, items, step), schemaOf: scans[0]! }
}

function starExcept(item: SelectItem & { kind: 'star' }, schema: Schema): readonly string[] {
  for (const { name, span } of item.except) {
    if (schema.rest === null && !schema.columns.some(({ path }) => path[0] === name)) {
      throw new TidemarkError('E_COLUMN', `no column '${name}' to leave out`, { span })
    }
  }
  return item.except.map(({ name }) => name)
}

const declaredText = ({ column, expression }: ComputedColumn): string =>
  expression.kind === 'cast' ? `${pathText(column.path)} ${expression.to}` : pathText(column.path)

export const project: NodeKind<ProjectNode> = {
  slots: ({ columns }, wanted) => {
    const own = columns.map(({ column }) => column.field)
    return [...own.filter((field) => wanted.has(field)), ...[...wanted].filter((field) => !own.includes(field))]
  },
  demand: (node, demand) => {
    const own = new Map(node.columns.map(({ column, expression }) => [column.field, expression]))
    for (const field of demand.of(node)) {
      const expression = own.get(field)
      if (expression === undefined) demand.forward(node.input, [field])
      else if (expression.kind === 'field') demand.alias(node.input, field, expression.field)
      else demand.expression(node.input, expression, 'compute')
    }
  },
  describe: ({ id, columns, schema, schemaOf }) =>
    `${id} ${(schemaOf ? columns.map(declaredText) : columnsOf(schema)).join(', ')}`,
  state: null,
  judgesLateness: () => false,
  fieldTexts: function* ({ columns }, fieldText) {
    for (const { column, expression } of columns) yield [column.field, canonicalText(expression, fieldText)]
  },
}
