import { TidemarkError } from '../../base/errors.ts'
import type { Span } from '../../base/span.ts'
import { type Value, valueOfJson } from '../../data/value.ts'
import type { SelectItem } from '../../expressions/expression.ts'
import { parseExpression, parseExpressionList, parseFieldPath, parseSelectList } from '../../expressions/parse.ts'
import { PlanBuilder } from '../../plan/builder.ts'
import type { PlanNode } from '../../plan/nodes.ts'
import type { SourceDescription } from '../../plan/scan-node.ts'
import type { ChainLine, JobOptions, StepOptions } from './command-line.ts'

/** A plan and the builder that knows where its fields were named. */
export interface PlannedChain {
  readonly root: PlanNode
  readonly builder: PlanBuilder
}

const COUNT_ALL: Span = { source: '--agg', text: 'count(*)', start: 0, end: 8 }

/** The chain of verbs as a plan. Everything wrong with its expressions is found here; throws TidemarkError. */
export function planChain({ job, steps }: ChainLine): PlannedChain {
  const builder = new PlanBuilder({ parameters: parametersOf(job), zone: job.zone })
  let node = scanInputs(builder, job)
  for (const step of steps) node = addStep(builder, node, step)
  return { root: node, builder }
}

/** One source that reads its files as `cat` would, or with --merge one for each file. */
function scanInputs(builder: PlanBuilder, job: JobOptions): PlanNode {
  const time = timeOf(job)
  const scan = (files: readonly string[], name: string) =>
    builder.scan({
      name,
      files,
      time,
      watermarkDelay: job.watermarkDelay,
      idleTimeout: job.idleTimeout,
      maxFuture: job.maxFuture,
    })
  if (!job.merge || job.inputs.length === 1) return scan(job.inputs, 'input')
  return builder.union(
    job.inputs.map((file) => scan([file], file)),
    'merge',
  )
}

function timeOf({ time, timeFormat, arrivalTime }: JobOptions): SourceDescription['time'] {
  if (arrivalTime) return { kind: 'arrival' }
  return time && { kind: 'field', path: parseFieldPath(time.text, time.source), format: timeFormat }
}

function addStep(builder: PlanBuilder, input: PlanNode, step: StepOptions): PlanNode {
  const options = { verb: step.verb, name: step.name, span: spanOfName(step) }
  switch (step.verb) {
    case 'filter':
      return builder.filter(input, parseExpression(step.condition.text, step.condition.source), options)
    case 'select':
      return builder.select(input, parseSelectList(step.columns.text, step.columns.source), options)
    case 'dedup': {
      const { within, keep, allowedLateness } = step
      return builder.deduplicate(input, { keys: keysOf(step.by), within, keep, allowedLateness }, options)
    }
    case 'tumble': {
      const window = { kind: 'tumble' as const, size: step.size, offset: step.offset }
      const { allowedLateness } = step
      return builder.window(
        input,
        { window, spans: { size: step.sizeSpan }, ...groupingOf(step), allowedLateness },
        options,
      )
    }
    case 'hop': {
      const window = { kind: 'hop' as const, size: step.size, slide: step.slide, offset: step.offset }
      const spans = { size: step.sizeSpan, slide: step.slideSpan }
      return builder.window(
        input,
        { window, spans, ...groupingOf(step), allowedLateness: step.allowedLateness },
        options,
      )
    }
    case 'aggregate':
      return builder.aggregate(input, { ...groupingOf(step), emit: step.emit }, options)
  }
}

function groupingOf({ by, agg }: { readonly by: readonly Span[]; readonly agg: readonly Span[] }) {
  return { keys: keysOf(by), aggregates: listOf(agg.length > 0 ? agg : [COUNT_ALL], parseSelectList) }
}

const keysOf = (by: readonly Span[]): readonly SelectItem[] => listOf(by, parseExpressionList)

/** A list flag may be repeated; repeats append. */
const listOf = (
  uses: readonly Span[],
  parse: (text: string, source: string) => readonly SelectItem[],
): readonly SelectItem[] => uses.flatMap(({ text, source }) => parse(text, source))

const spanOfName = ({ verb, name }: StepOptions): Span => {
  const text = name ?? verb
  return { source: name === null ? verb : '--name', text, start: 0, end: text.length }
}

/** --arg and --argjson; the last of one name would win silently, so two are refused. */
function parametersOf({ bindings }: JobOptions): ReadonlyMap<string, Value> {
  const parameters = new Map<string, Value>()
  for (const { name, kind, text } of bindings) {
    if (parameters.has(name))
      throw new TidemarkError('E_ARG', `:${name} is given twice`, { hint: 'give each parameter one value' })
    parameters.set(name, kind === 'text' ? text : valueOfJson(text.trim()))
  }
  return parameters
}
