import type { Guarantee as Delivery } from '../sinks/sink.ts'
import type { Replay } from '../sources/replay.ts'

export type GuaranteeKind = 'exactly-once' | 'at-least-once' | 'at-most-once' | 'none'

export interface Guarantee {
  readonly guarantee: GuaranteeKind
  readonly why: string
}

/** From a source to a sink, over crashes (DESIGN 4.14). */
export function guaranteeOf(hasState: boolean, replay: Replay, delivery: Delivery): Guarantee {
  if (!hasState)
    return { guarantee: 'none', why: 'no state is kept: a run that is stopped begins again from the start' }
  if (replay.kind === 'none') return { guarantee: 'at-most-once', why: replay.why }
  const why = delivery.kind === 'exactly-once' ? `${replay.why}, and ${delivery.why}` : delivery.why
  return { guarantee: delivery.kind, why }
}

/** Does `promised` keep what `--require` asks for? */
export const satisfies = (promised: GuaranteeKind, required: 'exactly-once' | 'at-least-once'): boolean =>
  promised === 'exactly-once' || promised === required
