import { isOverFunction } from '../../functions/over-function.ts'
import type { Operator } from '../../operators/operator.ts'
import { Over } from '../../operators/over.ts'
import type { OverCall } from '../../operators/over-calls.ts'
import type { NodeOf } from '../../plan/nodes.ts'
import { written } from '../../plan/wording.ts'
import type { Wiring } from './wiring.ts'

export function overOperator(node: NodeOf<'over'>, wiring: Wiring): Operator {
  const { input, keys, calls, frame, forgetAfter, schema } = node
  const own = calls.map(({ field }) => field)
  const fields = wiring.fields(node).filter((field) => !own.includes(field))
  const inputs = wiring.aggregateInputs(calls, input, frame.kind !== 'all')
  return new Over({
    keys: wiring.reader(keys, input),
    keyTypes: keys.map(({ type }) => type),
    calls: calls.map(({ aggregate }, i): OverCall => {
      const { fn, args, filter } = aggregate
      const kept = [...args.slice(0, fn.arity), ...(filter ? [filter] : [])]
      return {
        ...inputs[i]!,
        isRunning: isOverFunction(fn),
        slots: kept.map(({ type, span }) => ({ name: written(span), type })),
      }
    }),
    frame,
    forgetAfter,
    forwarded: fields.map(wiring.slotsIn(input)),
    slots: wiring.slots(node),
    keepsRaw: schema.rest !== null,
    context: wiring.context,
  })
}
