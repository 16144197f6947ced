import type { Limit, Matcher } from '../cep/matcher.ts'
import type { Nfa } from '../cep/nfa.ts'
import type { SkipStrategy } from '../cep/pattern.ts'
import type { Reference } from '../cep/references.ts'
import type { Slot } from '../data/batch.ts'
import type { ColumnType } from '../data/column-type.ts'
import type { RowSlab } from '../data/row-slab.ts'
import type { Field } from '../expressions/bound.ts'
import type { KeyTable } from '../state/key-table.ts'
import type { KeyReader } from './key-reader.ts'
import type { MatchWriter } from './match-writer.ts'
import type { OperatorContext } from './operator.ts'
import type { PartialsQuestion } from './partials-report.ts'
import type { MatchCondition } from './row-truths.ts'

export interface MatchOptions {
  readonly nfa: Nfa
  readonly skip: SkipStrategy
  readonly keys: KeyReader
  readonly keyTypes: readonly ColumnType[]
  /** By number of the condition. */
  readonly conditions: readonly MatchCondition[]
  readonly references: readonly Reference[]
  readonly slotOf: (field: Field) => number
  /** Of the rows that are kept. */
  readonly rowSlots: readonly Slot[]
  readonly keepsRaw: boolean
  readonly maxPartials: number
  readonly maxEntries: number
  /** There is as much as may be of this, and a further partial match is not followed; may throw. */
  readonly onFull: (limit: Limit) => void
  /** Makes the rows of the result. */
  readonly writer: (parts: {
    readonly matcher: Matcher
    readonly slab: RowSlab
    readonly keys: KeyTable
  }) => MatchWriter
  /** Told of partial matches that run out of time, as their text; null: nobody wants to know. */
  readonly onTimeout: ((text: string, sequence: number) => void) | null
  /** Whose partial matches are to be told; null: nobody's. */
  readonly question: PartialsQuestion | null
  readonly context: OperatorContext
  readonly capacity?: number
}
