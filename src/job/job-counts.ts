import type { OutputWriter } from '../formats/output/output-writer.ts'
import type { StepCounters } from '../operators/operator.ts'
import type { FieldWatch } from './field-watch.ts'
import type { Intake } from './intake.ts'
import type { LateRows } from './late-rows.ts'
import type { SourceCounters } from './row-gate.ts'

/** What a run counted. */
export interface JobCounters {
  readonly sources: Readonly<Record<string, SourceCounters>>
  readonly steps: Readonly<Record<string, StepCounters>>
  /** By sink. */
  readonly sinks: Readonly<Record<string, number>>
  /** Of all sinks. */
  readonly rowsOut: number
}

/** What stands before one sink: by step that writes to it. */
export interface SinkOutlet {
  readonly consumer: { rows: number }
  readonly writer: OutputWriter
}

interface SavedSink {
  readonly rows: readonly number[]
  readonly writers: readonly unknown[]
}

interface SavedCounts {
  readonly steps: Readonly<Record<string, StepCounters>>
  readonly sinks?: Readonly<Record<string, SavedSink>>
  /** Of the one sink that there was in earlier releases. */
  readonly rowsOut?: number
  readonly writer?: unknown
  readonly late: unknown
  readonly watches: readonly unknown[]
}

/** Everything a job counts, in one place: for reports, for limits, and for checkpoints. */
export class JobCounts {
  readonly steps: Record<string, StepCounters> = {}
  readonly intakes: Intake[] = []
  readonly watches: FieldWatch[] = []
  readonly sinks = new Map<string, readonly SinkOutlet[]>()
  readonly #lateRows: LateRows

  constructor(lateRows: LateRows) {
    this.#lateRows = lateRows
  }

  get rowsRead(): number {
    return this.intakes.reduce((sum, { counters }) => sum + counters.read, 0)
  }

  get badRows(): number {
    const ofSources = this.intakes.reduce((sum, { counters: { bad, refused } }) => sum + bad + refused, 0)
    return Object.values(this.steps).reduce((sum, { bad }) => sum + bad, ofSources)
  }

  get lateRows(): number {
    return Object.values(this.steps).reduce((sum, { late }) => sum + late, 0)
  }

  read(): JobCounters {
    const sources = Object.fromEntries(this.intakes.map(({ name, counters }) => [name, counters]))
    const sinks = Object.fromEntries([...this.sinks].map(([name, outlets]) => [name, rowsOf(outlets)]))
    const rowsOut = Object.values(sinks).reduce((sum, rows) => sum + rows, 0)
    return { sources, steps: this.steps, sinks, rowsOut }
  }

  /** Those of the sources are kept with their positions. */
  save(): unknown {
    const watches = this.watches.map((watch) => watch.save())
    const sinks = [...this.sinks].map(([name, outlets]): [string, SavedSink] => [
      name,
      {
        rows: outlets.map(({ consumer }) => consumer.rows),
        writers: outlets.map(({ writer }) => writer.save?.() ?? null),
      },
    ])
    return { steps: this.steps, sinks: Object.fromEntries(sinks), late: this.#lateRows.save(), watches }
  }

  restore(saved: unknown): void {
    const { steps, sinks, rowsOut, late, writer, watches } = saved as SavedCounts
    for (const [id, counters] of Object.entries(steps)) Object.assign(this.steps[id] ?? {}, counters)
    const kept = sinks ?? { rows: { rows: [rowsOut ?? 0], writers: [writer ?? null] } }
    for (const [name, outlets] of this.sinks) restoreSink(outlets, kept[name])
    this.#lateRows.restore(late)
    for (const [i, watch] of this.watches.entries()) {
      if (watches[i] !== undefined) watch.restore(watches[i])
    }
  }
}

const rowsOf = (outlets: readonly SinkOutlet[]): number => outlets.reduce((sum, { consumer }) => sum + consumer.rows, 0)

function restoreSink(outlets: readonly SinkOutlet[], saved: SavedSink | undefined): void {
  for (const [i, { consumer, writer }] of outlets.entries()) {
    consumer.rows = saved?.rows[i] ?? 0
    const kept = saved?.writers[i]
    if (kept) writer.restore?.(kept)
  }
}
