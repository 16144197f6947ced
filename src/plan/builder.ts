import type { Value } from '../data/value.ts'
import type { BoundExpression, Field } from '../expressions/bound.ts'
import type { Expression, SelectItem } from '../expressions/expression.ts'
import type { Zone } from '../time/zone.ts'
import { type Branches, buildSplit, buildTee } from './branching.ts'
import { BuildContext, type Naming, type StepLabel } from './build-context.ts'
import type { Joining } from './joining.ts'
import { buildBadRows } from './kinds/bad-rows.ts'
import { buildCountWindow, type CountWindowOptions } from './kinds/count-window.ts'
import { buildDeduplicate, type DeduplicateOptions } from './kinds/deduplicate.ts'
import { buildEnrich, type EnrichOptions } from './kinds/enrich.ts'
import { buildFilter } from './kinds/filter.ts'
import { buildGroupAggregate, type GroupAggregateOptions } from './kinds/group-aggregate.ts'
import { judgesLateness, kindOf } from './kinds/index.ts'
import { buildIntervalJoin, type IntervalJoinOptions } from './kinds/interval-join.ts'
import { buildLateRows } from './kinds/late-rows.ts'
import { buildMatch, type MatchOptions } from './kinds/match.ts'
import { buildNormalize } from './kinds/normalize.ts'
import { buildOver, type OverOptions } from './kinds/over.ts'
import { buildDeclared, buildProject, type DeclaredColumn } from './kinds/project.ts'
import { buildRegularJoin, type RegularJoinOptions } from './kinds/regular-join.ts'
import { buildSample, type SampleOptions } from './kinds/sample.ts'
import { buildScan, type ScanNode, type SourceDescription } from './kinds/scan.ts'
import { buildSessionAggregate, type SessionOptions } from './kinds/session-aggregate.ts'
import { buildSinks, type PlannedSink } from './kinds/sinks.ts'
import { buildSort, type SortOptions } from './kinds/sort.ts'
import { buildTemporalJoin } from './kinds/temporal-join.ts'
import { buildTop, type TopOptions } from './kinds/top.ts'
import { buildUnion } from './kinds/union.ts'
import { buildUnnest, type UnnestOptions } from './kinds/unnest.ts'
import { buildWindowAggregate, type WindowOptions } from './kinds/window-aggregate.ts'
import { buildWindowJoin, type WindowJoinOptions } from './kinds/window-join.ts'
import { inputsOf, type PlanNode } from './nodes.ts'
import { buildUnmatched } from './unmatched.ts'

/**
 * How all front ends make plans. Each method takes parsed expressions, binds their names and types against its input and returns the new node;
 * everything that can be wrong with a pipeline is found by the building functions, each in the file of its kind, before the first row is read.
 */
export class PlanBuilder {
  readonly #context: BuildContext

  constructor(options: { readonly parameters: ReadonlyMap<string, Value>; readonly zone: Zone }) {
    this.#context = new BuildContext(options)
  }

  /** How each member of a source was first named, for warnings. */
  get namedIn(): ReadonlyMap<Field, Naming> {
    return this.#context.namedIn
  }

  scan(description: SourceDescription): ScanNode {
    return buildScan(this.#context, description)
  }

  /** The rows of typed sources with the columns of their schema. */
  declare(input: PlanNode, columns: readonly DeclaredColumn[], step: StepLabel): PlanNode {
    return buildDeclared(this.#context, input, columns, step)
  }

  /** An expression over the rows of a node, for a sink. */
  expression(input: PlanNode, expression: Expression): BoundExpression {
    return this.#context.bind(expression, input)
  }

  filter(input: PlanNode, where: Expression, step: StepLabel): PlanNode {
    return buildFilter(this.#context, input, where, step)
  }

  select(input: PlanNode, items: readonly SelectItem[], step: StepLabel): PlanNode {
    return buildProject(this.#context, input, items, step)
  }

  unnest(input: PlanNode, options: UnnestOptions, step: StepLabel): PlanNode {
    return buildUnnest(this.#context, input, options, step)
  }

  sample(input: PlanNode, options: SampleOptions, step: StepLabel): PlanNode {
    return buildSample(this.#context, input, options, step)
  }

  deduplicate(input: PlanNode, options: DeduplicateOptions, step: StepLabel): PlanNode {
    return buildDeduplicate(this.#context, input, options, step)
  }

  match(input: PlanNode, options: MatchOptions, step: StepLabel): PlanNode {
    return buildMatch(this.#context, input, options, step)
  }

  sort(input: PlanNode, options: SortOptions, step: StepLabel): PlanNode {
    return buildSort(this.#context, input, options, step)
  }

  top(input: PlanNode, options: TopOptions, step: StepLabel): PlanNode {
    return buildTop(this.#context, input, options, step)
  }

  window(input: PlanNode, options: WindowOptions, step: StepLabel): PlanNode {
    return buildWindowAggregate(this.#context, input, options, step)
  }

  session(input: PlanNode, options: SessionOptions, step: StepLabel): PlanNode {
    return buildSessionAggregate(this.#context, input, options, step)
  }

  over(input: PlanNode, options: OverOptions, step: StepLabel): PlanNode {
    return buildOver(this.#context, input, options, step)
  }

  countWindow(input: PlanNode, options: CountWindowOptions, step: StepLabel): PlanNode {
    return buildCountWindow(this.#context, input, options, step)
  }

  aggregate(input: PlanNode, options: GroupAggregateOptions, step: StepLabel): PlanNode {
    return buildGroupAggregate(this.#context, input, options, step)
  }

  intervalJoin(inputs: readonly [PlanNode, PlanNode], options: IntervalJoinOptions, step: StepLabel): PlanNode {
    return buildIntervalJoin(this.#context, inputs, options, step)
  }

  /** Rows that replace each other by key (`--input-changelog upsert`) as rows that are taken back. */
  normalize(input: PlanNode, keys: readonly SelectItem[]): PlanNode {
    return buildNormalize(this.#context, input, keys)
  }

  windowJoin(inputs: readonly [PlanNode, PlanNode], options: WindowJoinOptions, step: StepLabel): PlanNode {
    return buildWindowJoin(this.#context, inputs, options, step)
  }

  temporalJoin(inputs: readonly [PlanNode, PlanNode], options: Joining, step: StepLabel): PlanNode {
    return buildTemporalJoin(this.#context, inputs, options, step)
  }

  regularJoin(inputs: readonly [PlanNode, PlanNode], options: RegularJoinOptions, step: StepLabel): PlanNode {
    return buildRegularJoin(this.#context, inputs, options, step)
  }

  enrich(input: PlanNode, options: EnrichOptions, step: StepLabel): PlanNode {
    return buildEnrich(this.#context, input, options, step)
  }

  /** Rows of all inputs as one stream. Their named columns must have the same names; the row's own members must be open in all or in none. `names`: of the inputs, for refusals. */
  union(inputs: readonly PlanNode[], id = 'union', names?: readonly string[]): PlanNode {
    return buildUnion(this.#context, inputs, id, names)
  }

  /** The rows that came too late for a step, by whichever input; null: it drops none. Throws E_COLUMN where its inputs have other columns than the first. */
  lateRows(step: PlanNode): PlanNode | null {
    if (!judgesLateness(step)) return null
    const fraction = kindOf(step).borderFraction?.(step) ?? null
    const streams = inputsOf(step).map((_, port) => buildLateRows(this.#context, step, port, fraction))
    return streams.length === 1 ? streams[0]! : this.union(streams, `${step.id}.late`)
  }

  /** The left rows that meet none in a join; null: it is none that can tell. */
  unmatched(step: PlanNode): PlanNode | null {
    return buildUnmatched(this.#context, step)
  }

  /** What a source could not read. */
  badRows(source: ScanNode): PlanNode {
    return buildBadRows(this.#context, source)
  }

  /** Rows that leave the chain where the condition is true, and the rest. */
  split(input: PlanNode, where: Expression, step: StepLabel): Branches {
    return buildSplit(this.#context, input, where, step)
  }

  /** Rows that leave the chain as well, all of them if there is no condition. */
  tee(input: PlanNode, where: Expression | null, step: StepLabel): Branches {
    return buildTee(this.#context, input, where, step)
  }

  /** The root of a plan whose rows go to these sinks. */
  sinks(sinks: readonly PlannedSink[]): PlanNode {
    return buildSinks(sinks)
  }
}
