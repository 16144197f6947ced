import { exactText } from '../data/json-values.ts'
import type { Value } from '../data/value.ts'
import type { AggregateFunction } from './aggregate-function.ts'

/**
 * A function of `over` alone: it looks at the rows of the key up to the row itself, whatever the frame is. As an aggregate it takes one row after
 * the other, and its result is asked after each.
 */
export interface OverFunction extends Omit<AggregateFunction, 'constant'> {
  readonly isOver: true
  /** What it reads from each row. */
  readonly arity: 0 | 1
  /** Is that the event time? Then it is not written as an argument. */
  readonly readsTime?: true
  /** Arguments behind that; each is the same for all rows. */
  readonly constants?: ConstantArguments
}

export interface ConstantArguments {
  readonly most: number
  /** What is wrong with what was given, in words; undefined: nothing. */
  refuses(values: readonly Value[]): string | undefined
  /** All of them as the one value that `create` gets as its constant. */
  pack(values: readonly Value[]): Value
}

/** Does the function look at all rows of the key so far, whatever the frame is? */
export const isOverFunction = (fn: AggregateFunction | OverFunction): fn is OverFunction => 'isOver' in fn

export const defineOver = (definition: Omit<OverFunction, 'isOver'>): OverFunction => ({
  ...definition,
  isOver: true,
  create: (options) => {
    const { constant, ...others } = options
    const exact = constant === undefined ? {} : { constant: exactText(constant) }
    return { ...definition.create(options), shape: { aggregate: definition.name, ...others, ...exact } }
  },
})
