import type { OperatorNode } from './graph.ts'
import type { Intake } from './intake.ts'

/** How a run stands, for those who look on. */
export interface JobSnapshot {
  readonly inputs: readonly {
    readonly name: string
    readonly rowsRead: number
    /** ms; -Infinity: none yet. */
    readonly watermark: number
  }[]
  readonly rowsOut: number
  readonly lateRows: number
  readonly badRows: number
  /** Windows and sessions that are kept, one for each key. */
  readonly openWindows: number
  /** Entries of all state. */
  readonly keptEntries: number
  /** When the last epoch was decided, as `monotonicTime`; null: none was in this run. */
  readonly checkpointed: number | null
}

/** Structures whose entries are windows. */
const WINDOWS = ['panes', 'sessions']

export const inputsOf = (intakes: readonly Intake[]): JobSnapshot['inputs'] =>
  intakes.map(({ name, counters, watermark }) => ({ name, rowsRead: counters.read, watermark }))

export function stateOf(operators: readonly OperatorNode[]): Pick<JobSnapshot, 'openWindows' | 'keptEntries'> {
  const structures = operators.flatMap(({ operator }) => operator.structures)
  const sum = (some: typeof structures) => some.reduce((total, { entries }) => total + entries, 0)
  return { openWindows: sum(structures.filter(({ name }) => WINDOWS.includes(name))), keptEntries: sum(structures) }
}
