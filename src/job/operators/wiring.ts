import { assert } from '../../base/assert.ts'
import type { Slot } from '../../data/batch.ts'
import type { BoundAggregate, BoundExpression, Field } from '../../expressions/bound.ts'
import type { RowShape } from '../../formats/json/row-writer.ts'
import type { Accumulator } from '../../functions/aggregate-function.ts'
import type { AggregateInput } from '../../operators/aggregate-inputs.ts'
import type { OperatorContext } from '../../operators/operator.ts'
import type { Layout } from '../../plan/layout.ts'
import type { AggregateColumn, ComputedColumn, PlanNode } from '../../plan/nodes.ts'
import { written } from '../../plan/wording.ts'
import { ColumnReader } from '../column-reader.ts'

/** What it takes to make the operator of one node: where its fields stand, and the context that it tells its losses to. */
export class Wiring {
  readonly layout: Layout
  readonly context: OperatorContext
  /** How whole rows of a node print. */
  readonly shapeOf: (node: PlanNode) => RowShape

  constructor(layout: Layout, context: OperatorContext, shapeOf: (node: PlanNode) => RowShape) {
    this.layout = layout
    this.context = context
    this.shapeOf = shapeOf
  }

  /** The fields of a node's output rows, in slot order. */
  fields(node: PlanNode): readonly Field[] {
    return this.layout.slots.get(node)!
  }

  /** The columns of the batches that a node makes. */
  slots(node: PlanNode): readonly Slot[] {
    return this.fields(node).map(({ name, type }) => ({ name, type }))
  }

  /** Where the fields of a node's output stand in its batches. */
  slotsIn(node: PlanNode): (field: Field) => number {
    const fields = this.fields(node)
    return (field) => {
      const slot = fields.indexOf(field)
      assert(slot >= 0, `${field.name} does not flow out of ${node.id}`)
      return slot
    }
  }

  /** Reads expressions over the rows of `input`: keys, arguments. */
  reader(expressions: readonly BoundExpression[], input: PlanNode): ColumnReader {
    return new ColumnReader(expressions, this.slotsIn(input))
  }

  keys(keys: readonly ComputedColumn[], input: PlanNode): ColumnReader {
    return this.reader(
      keys.map(({ expression }) => expression),
      input,
    )
  }

  aggregates(aggregates: readonly AggregateColumn[], input: PlanNode): readonly AggregateInput[] {
    return this.aggregateInputs(aggregates, input, input.schema.changelog === 'retract')
  }

  /** `retractable`: rows that went in may be taken out again. */
  aggregateInputs(
    aggregates: readonly AggregateColumn[],
    input: PlanNode,
    retractable: boolean,
  ): readonly AggregateInput[] {
    return aggregates.map(({ aggregate }) => {
      const { fn, args, filter } = aggregate
      const ofRows = args.slice(0, fn.arity)
      return {
        accumulator: createAccumulator(aggregate, retractable),
        args: ofRows.length > 0 ? this.reader(ofRows, input) : null,
        filter: filter ? this.reader([filter], input) : null,
        ...(filter ? { filterText: written(filter.span) } : {}),
        ...(fn.castTo && args[0] ? { hint: `CAST(${written(args[0].span)} AS ${fn.castTo})` } : {}),
      }
    })
  }
}

function createAccumulator({ fn, args, distinct }: BoundAggregate, retractable: boolean): Accumulator {
  const [argument, by] = args.slice(0, fn.arity)
  const last = args[fn.arity]
  return fn.create({
    argument: argument?.type ?? 'any',
    ...(by ? { by: by.type } : {}),
    ...(last?.kind === 'constant' ? { constant: last.value } : {}),
    distinct,
    retractable,
  })
}
