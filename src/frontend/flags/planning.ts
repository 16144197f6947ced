import type { Span } from '../../base/span.ts'
import type { Expression, OrderItem, SelectItem } from '../../expressions/expression.ts'
import { parseExpression, parseExpressionList, parseOrderList, parseSelectList } from '../../expressions/parse.ts'
import type { Branches } from '../../plan/branching.ts'
import type { StepLabel } from '../../plan/build-context.ts'
import type { PlanBuilder } from '../../plan/builder.ts'
import type { Grouping } from '../../plan/grouping.ts'
import type { PlanNode } from '../../plan/nodes.ts'
import type { Destination } from './command-line.ts'

/** How the other input of a step is read, where it says so; null: as the rows of the command line. */
export interface OtherInput {
  readonly time: Span | null
  /** ms */
  readonly watermarkDelay: number | null
}

/** What a step reaches besides the rows that come to it. */
export interface StepLinks {
  readonly other: FindInput
  /** A file that the step reads by itself; throws where something else reads it: standard input. */
  readonly reads: (file: Span) => void
  /** Takes rows that leave the chain; throws where they cannot. */
  readonly sendTo: (to: Destination, branches: Branches, step: StepLabel) => void
}

/** Finds the other input of a step: the file of that path, or in a pipeline file the source or step of that name. */
export type FindInput = (name: Span, options: OtherInput) => PlanNode

const COUNT_ALL: Span = { source: '--agg', text: 'count(*)', start: 0, end: 8 }

/** Where a verb makes its node: over which input, with which builder, and how the text of its flags is read. */
export class Planning {
  readonly builder: PlanBuilder
  readonly input: PlanNode
  /** The step's name and verb, for its id and for messages. */
  readonly step: StepLabel
  readonly #links: StepLinks

  constructor(builder: PlanBuilder, input: PlanNode, step: StepLabel, links: StepLinks) {
    this.builder = builder
    this.input = input
    this.step = step
    this.#links = links
  }

  other(name: Span, options: OtherInput): PlanNode {
    return this.#links.other(name, options)
  }

  /** The step reads a file by itself. */
  reads(file: Span): void {
    this.#links.reads(file)
  }

  /** Sends what leaves to its place; returns what goes on. */
  branch(branches: Branches, to: Destination): PlanNode {
    this.#links.sendTo(to, branches, this.step)
    return branches.staying
  }

  expression({ text, source }: Span): Expression {
    return parseExpression(text, source)
  }

  /** A list flag may be repeated; repeats append. */
  expressionList(uses: readonly Span[]): readonly SelectItem[] {
    return uses.flatMap(({ text, source }) => parseExpressionList(text, source))
  }

  /** As `expressionList`, of items that may be `*` or have a name. */
  selectList(uses: readonly Span[]): readonly SelectItem[] {
    return uses.flatMap(({ text, source }) => parseSelectList(text, source))
  }

  /** `--order-by`: expressions, each with a direction or without. */
  orderList(uses: readonly Span[]): readonly OrderItem[] {
    return uses.flatMap(({ text, source }) => parseOrderList(text, source))
  }

  /** `--by` and `--agg`; without the latter rows are counted. */
  grouping({ by, agg }: { readonly by: readonly Span[]; readonly agg: readonly Span[] }): Grouping {
    return { keys: this.expressionList(by), aggregates: this.selectList(agg.length > 0 ? agg : [COUNT_ALL]) }
  }
}
