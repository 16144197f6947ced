import type { Verb } from './verb.ts'
import { aggregate } from './verbs/aggregate.ts'
import { countWindow } from './verbs/count-window.ts'
import { cumulate } from './verbs/cumulate.ts'
import { dedup } from './verbs/dedup.ts'
import { enrich } from './verbs/enrich.ts'
import { filter } from './verbs/filter.ts'
import { hop } from './verbs/hop.ts'
import { join } from './verbs/join.ts'
import { match } from './verbs/match.ts'
import { over } from './verbs/over.ts'
import { sample } from './verbs/sample.ts'
import { select } from './verbs/select.ts'
import { session } from './verbs/session.ts'
import { sort } from './verbs/sort.ts'
import { split } from './verbs/split.ts'
import { tee } from './verbs/tee.ts'
import { top } from './verbs/top.ts'
import { tumble } from './verbs/tumble.ts'
import { unnest } from './verbs/unnest.ts'

/** One line a verb, in the order of the help. */
const LIST = [
  filter, //
  select,
  unnest,
  split,
  tee,
  sample,
  dedup,
  sort,
  top,
  tumble,
  hop,
  cumulate,
  session,
  countWindow,
  over,
  aggregate,
  join,
  enrich,
  match,
] as const

/** Every verb, in the order of the help. */
export const VERBS: readonly Verb[] = LIST

/** One step of the chain. Expressions are spans of the text in which they stand: a flag, a verb's argument, or a file. */
export type StepOptions = ReturnType<(typeof LIST)[number]['parse']>
