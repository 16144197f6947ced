import type { Field } from '../expressions/bound.ts'
import { canonicalAggregate, canonicalText, type FieldText } from '../expressions/canonical-text.ts'
import { printPath } from '../expressions/print.ts'
import { type Duration, formatDuration } from '../time/duration.ts'
import { LocalDays } from '../windows/local-days.ts'
import { isMember, type NodeOf, type PlanNode, topologicalOrder, visit } from './nodes.ts'

/**
 * What the state of a step means: parts by name, as canonical text. Two steps with equal signatures can go on with each other's state, whatever comes before or
 * after them. Watermark delay, allowed lateness, state TTL and names of results are not in it: they may change (DESIGN 4.15).
 */
export type Signature = Readonly<Record<string, string | readonly string[]>>

/** By id, for each step of the plan that is no source. Steps without state have an empty signature. */
export function signaturesOf(root: PlanNode): ReadonlyMap<string, string> {
  const nodes = topologicalOrder(root)
  const fieldText = fieldTexts(nodes)
  const steps = nodes.filter(({ kind }) => kind !== 'scan')
  return new Map(steps.map((node) => [node.id, JSON.stringify(signatureOf(node, fieldText))]))
}

function signatureOf(node: PlanNode, fieldText: FieldText): Signature {
  const keysOf = ({ keys }: NodeOf<'window-aggregate'> | NodeOf<'group-aggregate'>) =>
    keys.map(({ expression }) => canonicalText(expression, fieldText))
  const aggregatesOf = ({ aggregates }: NodeOf<'window-aggregate'> | NodeOf<'group-aggregate'>) =>
    aggregates.map(({ aggregate }) => canonicalAggregate(aggregate, fieldText))
  return visit<Signature>(node, {
    scan: () => ({}),
    filter: () => ({}),
    project: () => ({}),
    union: () => ({}),
    deduplicate: ({ keys, within, keep }) => ({
      verb: 'dedup',
      keys: keys.map((key) => canonicalText(key, fieldText)),
      within: within === null ? 'none' : duration(within),
      keep,
      'time fields': within === null ? [] : timesOf(node),
    }),
    'window-aggregate': (node) => ({
      verb: node.window.kind,
      keys: keysOf(node),
      aggregates: aggregatesOf(node),
      window: windowText(node),
      input: node.input.schema.changelog,
      'time fields': timesOf(node),
    }),
    'group-aggregate': (node) => ({
      verb: 'aggregate',
      keys: keysOf(node),
      aggregates: aggregatesOf(node),
      emit: node.emit,
      input: node.input.schema.changelog,
    }),
  })
}

function windowText({ window, assigner }: NodeOf<'window-aggregate'>): string {
  const slide = window.kind === 'hop' ? ` every ${duration(window.slide)}` : ''
  const offset = window.offset === 0 ? '' : ` offset ${duration(window.offset)}`
  const zone = assigner instanceof LocalDays ? ` in ${assigner.zone.name}` : ''
  return `${duration(window.size)}${slide}${offset}${zone}`
}

const duration = (ms: number): string => formatDuration(ms as Duration)

/** The time fields of the sources that flow into a step. */
function timesOf(node: PlanNode): readonly string[] {
  const times = topologicalOrder(node).flatMap((scan) =>
    scan.kind === 'scan' && scan.source.time ? [scan.source.time] : [],
  )
  return [...new Set(times.map((time) => (time.kind === 'arrival' ? 'arrival' : printPath(time.field.path))))]
}

/** A column that a step made is known by what it is made of, so that it may be given another name. */
function fieldTexts(nodes: readonly PlanNode[]): FieldText {
  const texts = new Map<Field, string>()
  const fieldText = (field: Field) => (isMember(field) ? printPath(field.path) : (texts.get(field) ?? field.name))
  for (const node of nodes) {
    visit<void>(node, {
      scan: () => {},
      filter: () => {},
      deduplicate: () => {},
      union: () => {},
      project: ({ columns }) => {
        for (const { column, expression } of columns) texts.set(column.field, canonicalText(expression, fieldText))
      },
      'window-aggregate': (node) => {
        texts.set(node.start, `${node.id}.window_start`)
        texts.set(node.end, `${node.id}.window_end`)
        groupingTexts(node)
      },
      'group-aggregate': (node) => groupingTexts(node),
    })
  }
  function groupingTexts({ id, keys, aggregates }: NodeOf<'window-aggregate'> | NodeOf<'group-aggregate'>): void {
    for (const { column, expression } of keys) texts.set(column.field, canonicalText(expression, fieldText))
    for (const { field, aggregate } of aggregates) texts.set(field, `${id}.${canonicalAggregate(aggregate, fieldText)}`)
  }
  return fieldText
}
