import { kindOf } from './kinds/index.ts'
import { sourceName } from './kinds/scan.ts'
import type { Layout } from './layout.ts'
import { inputsOf, isMember, isStep, type NodeOf, type PlanNode, topologicalOrder } from './nodes.ts'
import type { Changelog } from './schema.ts'
import { columnsOf, unboundedText } from './wording.ts'

/** One step as `explain` tells it, in words and as data. */
export interface ExplainedStep {
  readonly id: string
  readonly kind: PlanNode['kind']
  readonly what: string
  readonly inputs: readonly string[]
  readonly columns: readonly string[]
  readonly changelog: Changelog
  readonly hasTime: boolean
  /** Kept between rows: how long, or null for stateless steps. */
  readonly state: string | null
}

export interface ExplainedScan {
  readonly source: string
  readonly fields: readonly { readonly path: string; readonly encoding: string }[]
  readonly keepsRawLines: boolean
  /** What reads its lines. */
  readonly scanner: string
}

/** What `tidemark explain` prints; `--json` prints it as it is. */
export interface Explanation {
  /** Inputs before their consumers. */
  readonly plan: readonly ExplainedStep[]
  readonly physical: {
    readonly scans: readonly ExplainedScan[]
    readonly steps: readonly {
      readonly id: string
      readonly slots: readonly string[]
      readonly slices: string | null
    }[]
  }
  readonly guarantees: readonly {
    readonly source: string
    readonly sink: string
    readonly guarantee: string
    readonly why: string
  }[]
  readonly warnings: readonly string[]
  /** What results depend on besides the rows of the sources, where there is something. */
  readonly determinism?: readonly string[]
  /** Where rows go, in plans with several sinks, by the ids of steps. */
  readonly sinks?: readonly { readonly name: string; readonly from: readonly string[] }[]
}

/** What the plan does not know: what is promised over crashes, and what reads the lines of a scan. */
export interface Surroundings {
  readonly guarantees: Explanation['guarantees']
  readonly scannerOf: (scan: NodeOf<'scan'>) => string
}

export function explain(root: PlanNode, layout: Layout, { guarantees, scannerOf }: Surroundings): Explanation {
  const order = topologicalOrder(root).filter(({ kind }) => kind !== 'sinks')
  const scans = order.filter((node): node is NodeOf<'scan'> => node.kind === 'scan')
  return {
    plan: order.map(explainStep),
    physical: {
      scans: scans.map((scan) => ({
        source: sourceName(scan.source),
        fields: layout.slots.get(scan)!.map((field) => ({
          path: field.name,
          encoding: isMember(field) ? (layout.encodings.get(field) ?? 'span') : 'plain',
        })),
        keepsRawLines: true,
        scanner: scannerOf(scan),
      })),
      steps: order.filter(isStep).map((node) => ({
        id: node.id,
        slots: layout.slots.get(node)!.map((field) => field.name),
        slices: kindOf(node).slices?.(node) ?? null,
      })),
    },
    guarantees,
    warnings: order.flatMap(unboundedState),
    ...determinismOf(order),
    ...(root.kind === 'sinks' && { sinks: sinksOf(root) }),
  }
}

/** The same as text, at most 100 columns for usual names. */
export function renderExplanation({ plan, physical, guarantees, determinism, warnings, sinks }: Explanation): string {
  const lines = ['plan']
  const byId = new Map(plan.map((step) => [step.id, step]))
  const tree = (step: ExplainedStep, depth: number) => {
    lines.push(`${'  '.repeat(depth)}${step.what}  [${step.changelog}]`)
    for (const input of step.inputs) tree(byId.get(input)!, depth + 1)
  }
  for (const { name, from } of sinks ?? []) {
    lines.push(`  sink ${name}`)
    for (const id of from) tree(byId.get(id)!, 2)
  }
  if (!sinks) tree(plan.at(-1)!, 1)
  lines.push('physical')
  for (const { source, fields, scanner } of physical.scans) {
    const asked = fields.map(({ path, encoding }) => `${path} (${encoding})`)
    const what = asked.length > 0 ? asked.join(', ') : 'no field, lines are validated only'
    lines.push(`  scan ${source}: ${what}; ${scanner} scanner`)
  }
  for (const { id, slots, slices } of physical.steps) {
    lines.push(`  ${id}: ${slots.length > 0 ? slots.join(', ') : 'whole rows'}${slices ? `; ${slices}` : ''}`)
  }
  const stateful = plan.filter(({ state }) => state !== null)
  if (stateful.length > 0) lines.push('state', ...stateful.map(({ id, state }) => `  ${id}: ${state}`))
  lines.push(
    'guarantees',
    ...guarantees.map(({ source, sink, guarantee, why }) => `  ${source} -> ${sink}: ${guarantee} (${why})`),
  )
  if (determinism) lines.push('determinism', ...determinism.map((line) => `  ${line}`))
  if (warnings.length > 0)
    lines.push('warnings', ...warnings.flatMap((warning) => warning.split('\n').map((line) => `  ${line}`)))
  return `${lines.join('\n')}\n`
}

const sinksOf = ({ sinks }: NodeOf<'sinks'>) =>
  sinks.map(({ name, from }) => ({ name, from: from.map(({ id }) => id) }))

function explainStep(node: PlanNode): ExplainedStep {
  return {
    id: node.id,
    kind: node.kind,
    what: kindOf(node).describe(node),
    inputs: inputsOf(node).map(({ id }) => id),
    columns: columnsOf(node.schema),
    changelog: node.schema.changelog,
    hasTime: node.schema.hasTime,
    state: kindOf(node).state?.describe(node) ?? null,
  }
}

function determinismOf(order: readonly PlanNode[]): Pick<Explanation, 'determinism'> {
  const determinism = order.flatMap((node) => {
    const what = kindOf(node).dependsOn?.(node)
    return what === undefined ? [] : [`${node.id}: ${what}`]
  })
  return determinism.length > 0 ? { determinism } : {}
}

/** State that event time does not bound. */
function unboundedState(node: PlanNode): readonly string[] {
  const growth = kindOf(node).state?.growth?.(node)
  if (growth) return growth.map(({ text, hint }) => `${node.id}: ${text}\n  ${hint}`)
  return kindOf(node).state?.isUnbounded?.(node) ? [unboundedText(node)] : []
}
