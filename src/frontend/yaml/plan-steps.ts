import type { Span } from '../../base/span.ts'
import type { PlanBuilder } from '../../plan/builder.ts'
import { judgesLateness, kindOf } from '../../plan/kinds/index.ts'
import type { PlanNode } from '../../plan/nodes.ts'
import type { FlagUse, LexedStep } from '../flags/lexed.ts'
import { parseStep } from '../flags/parse-step.ts'
import { Planning, type StepLinks } from '../flags/planning.ts'
import type { ReadText } from '../flags/step-reader.ts'
import type { Pipeline, PipelineStep } from './pipeline.ts'
import { oneLine } from './refusals.ts'
import type { Streams } from './streams.ts'
import type { UnnamedStep } from './to-plan.ts'

interface StepPlanning {
  readonly pipeline: Pipeline
  readonly streams: Streams
  readonly builder: PlanBuilder
  readonly readText: ReadText
  /** Files that stand in for tables, by step. */
  readonly tables: ReadonlyMap<string, string>
  readonly sendTo: StepLinks['sendTo']
  readonly reads: StepLinks['reads']
}

/** Adds the steps of a file to the plan, from top to bottom. Returns those that keep state and have no name. */
export function planSteps(planning: StepPlanning): readonly UnnamedStep[] {
  const { pipeline } = planning
  return pipeline.steps.flatMap((step) =>
    pipeline.places.within(step.span, () => planStep(step, planning), step.step.flags),
  )
}

function planStep(
  step: PipelineStep,
  { pipeline, streams, builder, readText, tables, sendTo, reads }: StepPlanning,
): readonly UnnamedStep[] {
  const { verb } = step.step
  const name = step.name?.name ?? null
  const options = parseStep(withTable(step.step, tables.get(name ?? '')), { defaults: pipeline.defaults, readText })
  if (step.name) streams.checkFree(step.name)
  const input = pipeline.places.within(spanOf(step), () =>
    streams.input(step.from, step.span, name === null ? 'union' : `${name}.from`),
  )
  const label = { verb: verb.name, name, span: step.name?.span ?? step.span }
  const rows = verb.plan(
    options,
    new Planning(builder, input, label, {
      other: (name) => streams.named({ name: name.text, span: name }),
      sendTo,
      reads,
    }),
  )
  const own = nodesBetween(rows, input)
  const judge = own.find(judgesLateness) ?? null
  streams.addStep(step.name ?? { name: step.label, span: step.span }, rows, { judge, isNamed: name !== null })
  const isUnnamed = name === null && own.some((node) => kindOf(node).state !== null)
  return isUnnamed ? [{ id: rows.id, label: `${step.label} (${verb.name})`, span: step.span }] : []
}

/** Does the step look rows up in a table? */
export const hasTable = ({ step }: PipelineStep): boolean => step.flags.some(isTable)

const isTable = ({ flag }: FlagUse): boolean => flag.name === 'table'

const withTable = (step: LexedStep, file: string | undefined): LexedStep =>
  file === undefined
    ? step
    : { ...step, flags: step.flags.map((use) => (isTable(use) ? { ...use, value: file } : use)) }

/** Where the step says whose rows it takes, if it does. */
function spanOf({ from, span }: PipelineStep): Span {
  if (from === null) return span
  return oneLine({ ...from[0]!.span, end: from.at(-1)!.span.end })
}

/** What a step consists of, the last first. */
function nodesBetween(rows: PlanNode, input: PlanNode): readonly PlanNode[] {
  const own: PlanNode[] = []
  for (let node = rows; node !== input; node = node.input) {
    own.push(node)
    if (!('input' in node)) break
  }
  return own
}
