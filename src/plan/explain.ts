import type { Span } from '../base/span.ts'
import type { Duration } from '../time/duration.ts'
import { formatDuration } from '../time/duration.ts'
import type { Layout } from './layout.ts'
import {
  inputsOf,
  isMember,
  type NodeOf,
  type PlanNode,
  type SourceSpec,
  topologicalOrder,
  visit,
  type WindowSpec,
} from './nodes.ts'
import { type Changelog, pathText, type Schema } from './schema.ts'

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
}

/** What the plan does not know: what is promised over crashes, and what reads the lines of a scan. */
export interface Surroundings {
  readonly guarantees: Explanation['guarantees']
  readonly scannerOf: (scan: NodeOf<'scan'>) => string
}

export function explain(root: PlanNode, layout: Layout, { guarantees, scannerOf }: Surroundings): Explanation {
  const order = topologicalOrder(root)
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
      steps: order
        .filter((node) => node.kind !== 'scan')
        .map((node) => ({
          id: node.id,
          slots: layout.slots.get(node)!.map((field) => field.name),
          slices: slicesOf(node),
        })),
    },
    guarantees,
    warnings: order.flatMap(unboundedState),
  }
}

/** The same as text, at most 100 columns for usual names. */
export function renderExplanation({ plan, physical, guarantees, warnings }: Explanation): string {
  const lines = ['plan']
  const byId = new Map(plan.map((step) => [step.id, step]))
  const tree = (step: ExplainedStep, depth: number) => {
    lines.push(`${'  '.repeat(depth)}${step.what}  [${step.changelog}]`)
    for (const input of step.inputs) tree(byId.get(input)!, depth + 1)
  }
  tree(plan.at(-1)!, 1)
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
  if (warnings.length > 0) lines.push('warnings', ...warnings.map((warning) => `  ${warning}`))
  return `${lines.join('\n')}\n`
}

function explainStep(node: PlanNode): ExplainedStep {
  return {
    id: node.id,
    kind: node.kind,
    what: describe(node),
    inputs: inputsOf(node).map(({ id }) => id),
    columns: columnsOf(node.schema),
    changelog: node.schema.changelog,
    hasTime: node.schema.hasTime,
    state: stateOf(node),
  }
}

function columnsOf({ columns, rest }: Schema): readonly string[] {
  const named = columns.map(({ path }) => pathText(path))
  if (rest === null) return named
  return [rest.except.length > 0 ? `* EXCEPT (${rest.except.join(', ')})` : '*', ...named]
}

/** A step in the words of its verb; what the user wrote stays as it was written. */
export function describe(node: PlanNode): string {
  return visit<string>(node, {
    scan: ({ source }) => `source ${sourceName(source)}${timeText(source)}`,
    filter: ({ id, where }) => `${id} ${written(where.span)}`,
    project: ({ id, schema }) => `${id} ${columnsOf(schema).join(', ')}`,
    union: ({ id, inputs }) => `${id} of ${inputs.length}`,
    deduplicate: ({ id, keys, within, keep }) =>
      `${id} by ${keys.map((key) => written(key.span)).join(', ') || 'nothing'}${within === null ? '' : ` within ${duration(within)}`}, keep ${keep}`,
    'window-aggregate': (node) =>
      `${node.id} ${windowText(node.window)}${groupingText(node)}${latenessText(node.allowedLateness)}`,
    'group-aggregate': (node) => `${node.id}${groupingText(node)}, emit ${node.emit}`,
  })
}

function groupingText({ keys, aggregates }: NodeOf<'window-aggregate'> | NodeOf<'group-aggregate'>): string {
  const by = keys.length > 0 ? ` by ${keys.map(({ expression }) => written(expression.span)).join(', ')}` : ''
  return `${by}: ${aggregates.map(({ aggregate }) => written(aggregate.span)).join(', ')}`
}

const latenessText = (allowedLateness: number) =>
  allowedLateness > 0 ? `, allowed lateness ${duration(allowedLateness)}` : ''

function timeText({ time, watermarkDelay, idleTimeout, maxFuture }: SourceSpec): string {
  if (time === null) return ''
  const name = time.kind === 'arrival' ? 'arrival' : time.field.name
  const idle = idleTimeout === null ? '' : `, idle after ${duration(idleTimeout)}`
  const future = maxFuture === null ? '' : `, at most ${duration(maxFuture)} ahead`
  return `, event time ${name}, watermark delay ${duration(watermarkDelay)}${idle}${future}`
}

function windowText(window: WindowSpec): string {
  const offset = window.offset === 0 ? '' : ` offset ${duration(window.offset)}`
  return window.kind === 'tumble'
    ? `${duration(window.size)}${offset}`
    : `${duration(window.size)} every ${duration(window.slide)}${offset}`
}

function slicesOf(node: PlanNode): string | null {
  if (node.kind !== 'window-aggregate') return null
  const { window } = node
  if (window.kind === 'tumble') return `slices of ${duration(window.size)}, 1 a window`
  const { size, slide } = window
  const count = size % slide === 0 ? size / slide : 2 * Math.floor(size / slide) + 1
  return `${count} slices a window, 1 update a row`
}

function stateOf(node: PlanNode): string | null {
  return visit<string | null>(node, {
    scan: () => null,
    filter: () => null,
    project: () => null,
    union: () => null,
    deduplicate: ({ within, allowedLateness }) =>
      within === null ? 'every key, for ever' : `keys for ${duration(within + allowedLateness)} of event time`,
    'window-aggregate': ({ window, allowedLateness }) =>
      `windows until the watermark passes their end${allowedLateness > 0 ? ` by ${duration(allowedLateness)}` : ''}; ${windowText(window)}`,
    'group-aggregate': () => 'every key, for ever',
  })
}

/** State that event time does not bound. */
function unboundedState(node: PlanNode): readonly string[] {
  const isUnbounded =
    (node.kind === 'deduplicate' && node.within === null) || (node.kind === 'group-aggregate' && node.keys.length > 0)
  return isUnbounded ? [`${node.id} keeps every key for ever; memory grows with their number`] : []
}

export const sourceName = (source: SourceSpec): string =>
  source.files.map((file) => (file === '-' ? 'standard input' : file)).join(' ')
const written = ({ text, start, end }: Span): string => text.slice(start, end)
const duration = (ms: number): string => formatDuration(ms as Duration)
