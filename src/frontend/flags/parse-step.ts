import type { FlagUse, LexedStep } from './lexed.ts'
import { type ReadText, StepReader } from './step-reader.ts'
import type { StepOptions } from './verbs.ts'

export interface StepSurroundings {
  /** Step defaults of the line; those given behind the verb go before them. */
  readonly defaults: readonly FlagUse[]
  readonly readText: ReadText
}

/** One step of the chain, typed. */
export function parseStep(step: LexedStep, { defaults, readText }: StepSurroundings): StepOptions {
  const own = defaults.filter(({ flag }) => step.verb.flags.includes(flag.name))
  const reader = new StepReader(step, [...step.flags, ...own], readText)
  reader.checkRequired()
  return step.verb.parse(reader) as StepOptions // sound: the lexer knows no verbs but those of the list
}
