import { TidemarkError } from '../../base/errors.ts'
import type { Span } from '../../base/span.ts'
import { type Value, valueOfJson } from '../../data/value.ts'
import { parseExpressionList, parseFieldPath } from '../../expressions/parse.ts'
import type { Branches } from '../../plan/branching.ts'
import type { StepLabel } from '../../plan/build-context.ts'
import { PlanBuilder } from '../../plan/builder.ts'
import type { DeclaredColumn } from '../../plan/kinds/project.ts'
import type { SourceDescription } from '../../plan/kinds/scan.ts'
import { type PlanNode, scansOf } from '../../plan/nodes.ts'
import type { PlannedJob, SinkOptions } from '../planned-job.ts'
import { planRecord } from '../record-parts.ts'
import type { ChainLine, Destination, JobOptions, StepOptions } from './command-line.ts'
import { findVerb } from './definitions.ts'
import { checkOutputTime } from './parse-job.ts'
import { sinkFlag } from './parse-kafka.ts'
import { type FindInput, type OtherInput, Planning, type StepLinks } from './planning.ts'

/** The one sink of a chain, in its state. */
const RESULT = 'rows'

/** The chain of verbs as a plan. Everything wrong with its expressions is found here; throws TidemarkError. */
export function planChain({ job, steps }: ChainLine): PlannedJob {
  const builder = new PlanBuilder({ parameters: parametersOf(job), zone: job.zone })
  const other: FindInput = (name, options) =>
    ordered(builder, job, otherInput(builder, job, name, options), `ordered-${name.text}`)
  let node = planSource(builder, job)
  const sides: SinkOptions[] = []
  const tables: Span[] = []
  const links: StepLinks = {
    other,
    reads: (file) => {
      refuseReadTwice(job, file)
      refuseTwoTables(tables, file)
      tables.push(file)
    },
    sendTo: (to, branches) => sides.push(sideSink(job, to, branches)),
  }
  for (const step of steps) node = addStep(builder, node, step, links)
  const records = job.output.kind === 'kafka' ? [planRecord(builder, node, job.output.sink, sinkFlag)] : undefined
  const sink = { ...job, name: RESULT, from: [node], ...(records ? { records } : {}) }
  const sinks = [sink, ...sides]
  const root = builder.sinks(sinks)
  const sources = new Map(scansOf(root).map((scan) => [scan, { inputStyle: job.inputStyle, bad: null }]))
  return { root, builder, sinks, sources, job, origin: 'flags' }
}

/** Where rows go that leave the chain: NDJSON always. Throws E_TIME_MISSING for a path with days in it that rows without time would go to. */
export function sideSink(job: JobOptions, to: Destination, { id, leaving }: Branches): SinkOptions {
  checkOutputTime(to, leaving.schema.hasTime)
  const { append, timeOutput } = job
  return {
    name: `${id}.file`,
    from: [leaving],
    output: to,
    append,
    outputFormat: 'ndjson',
    changelog: 'op',
    timeOutput,
  }
}

/** What front ends say of a source beside flags. */
export interface SourceLabels {
  readonly name: string
  /** What its rows are sorted under. */
  readonly ordered: string
  /** Its schema; null: its rows have none. */
  readonly schema: DeclaredSchema | null
}

export interface DeclaredSchema {
  readonly columns: readonly DeclaredColumn[]
  readonly step: StepLabel
}

const INPUT: SourceLabels = { name: 'input', ordered: 'ordered', schema: null }

/** A source, read and sorted as the flags say. */
export function planSource(builder: PlanBuilder, job: JobOptions, labels = INPUT): PlanNode {
  const rows = ordered(builder, job, normalized(builder, job, scanInputs(builder, job, labels)), labels.ordered)
  return labels.schema ? builder.declare(rows, labels.schema.columns, labels.schema.step) : rows
}

const ordered = (builder: PlanBuilder, job: JobOptions, input: PlanNode, name: string): PlanNode =>
  job.ordered ? orderInput(builder, input, name) : input

/** One source that reads its files as `cat` would, or with --merge and --follow one for each file. */
function scanInputs(builder: PlanBuilder, job: JobOptions, { name: input, schema }: SourceLabels): PlanNode {
  const { watermarkDelay } = job
  const traits = { time: timeOf(job), watermarkDelay, ...traitsOf(job), isTyped: schema !== null }
  const scan = (files: readonly string[], name: string) => builder.scan({ name, files, ...traits })
  if (job.kafka) return builder.scan({ name: input, files: [], kafka: job.kafka, ...traits })
  if ((!job.merge && !job.follow) || job.inputs.length === 1) return scan(job.inputs, input)
  return builder.union(
    job.inputs.map((file) => scan([file], file)),
    'merge',
  )
}

/** Rows that replace each other by key take each other back from here on. */
function normalized(builder: PlanBuilder, { inputStyle, inputKeys }: JobOptions, input: PlanNode): PlanNode {
  if (inputStyle.changelog !== 'upsert') return input
  return builder.normalize(
    input,
    inputKeys.flatMap(({ text, source }) => parseExpressionList(text, source)),
  )
}

/** `--ordered`: all that comes is sorted first. */
function orderInput(builder: PlanBuilder, input: PlanNode, name: string): PlanNode {
  const span = { source: '--ordered', text: '--ordered', start: 0, end: 9 }
  return builder.sort(input, { keys: [], ties: 'bytes' }, { verb: '--ordered', name, span })
}

/** The other input of a step: a file that is read as those of the line are, but for what the step says. Throws E_FLAG_VALUE for one that is read already. */
function otherInput(builder: PlanBuilder, job: JobOptions, name: Span, { time, watermarkDelay }: OtherInput): PlanNode {
  refuseReadTwice(job, name)
  return builder.scan({
    name: name.text,
    files: [name.text],
    time: timeOf(time === null ? job : { ...job, time }),
    watermarkDelay: watermarkDelay ?? job.watermarkDelay,
    ...traitsOf(job),
  })
}

/** Standard input can be read once. */
function refuseReadTwice(job: JobOptions, { text: file, source }: Span): void {
  if (file !== '-' || !job.inputs.includes('-')) return
  throw new TidemarkError('E_FLAG_VALUE', `${source} - and the rows of the line would both read standard input`, {
    hint: 'name a file for one of them',
  })
}

function refuseTwoTables(tables: readonly Span[], { text: file, source }: Span): void {
  if (file !== '-' || !tables.some(({ text }) => text === '-')) return
  throw new TidemarkError('E_FLAG_VALUE', `two steps would read standard input: ${source} - is given twice`, {
    hint: 'name a file for one of them',
  })
}

const traitsOf = (job: JobOptions) => ({
  idleTimeout: job.idleTimeout,
  maxDrift: job.maxDrift,
  maxFuture: job.maxFuture,
  changelog: job.inputStyle.changelog === null ? ('append' as const) : ('retract' as const),
  isFollowed: job.follow,
})

function timeOf({ time, timeFormat, arrivalTime }: JobOptions): SourceDescription['time'] {
  if (arrivalTime) return { kind: 'arrival' }
  return time && { kind: 'field', path: parseFieldPath(time.text, time.source), format: timeFormat }
}

function addStep(builder: PlanBuilder, input: PlanNode, step: StepOptions, links: StepLinks): PlanNode {
  const label = { verb: step.verb, name: step.name, span: spanOfName(step) }
  return findVerb(step.verb)!.plan(step, new Planning(builder, input, label, links))
}

const spanOfName = ({ verb, name }: StepOptions): Span => {
  const text = name ?? verb
  return { source: name === null ? verb : '--name', text, start: 0, end: text.length }
}

/** --arg and --argjson; the last of one name would win silently, so two are refused. */
export function parametersOf({ bindings }: JobOptions): ReadonlyMap<string, Value> {
  const parameters = new Map<string, Value>()
  for (const { name, kind, text } of bindings) {
    if (parameters.has(name))
      throw new TidemarkError('E_ARG', `:${name} is given twice`, { hint: 'give each parameter one value' })
    parameters.set(name, kind === 'text' ? text : valueOfJson(text.trim()))
  }
  return parameters
}
