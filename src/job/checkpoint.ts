import type { PageWrite, RootRecord, Store } from '../state/store.ts'
import type { Graph } from './graph.ts'
import type { Intake } from './intake.ts'
import type { Rounds } from './rounds.ts'

/** What a checkpoint covers besides the operators: a sink can say what it holds, and go back to that after a crash. */
export interface CheckpointedOutput {
  readonly name: string
  /** Everything written so far, on its way to disk included, as JSON. Called between two rounds, after the output was flushed. */
  prepare(): Promise<unknown>
  /** Cuts away what was written after `prepared`. */
  recover(prepared: unknown): Promise<void>
}

export interface CheckpointedJob {
  readonly graph: Graph
  readonly rounds: Rounds
  readonly intakes: readonly Intake[]
  readonly outputs: readonly CheckpointedOutput[]
  /** Counters of the job as a whole, as JSON. */
  readonly facts: { save(): unknown; restore(facts: unknown): void }
}

/** Writes epochs: the changed pages of every state structure, then the root record that decides (DESIGN 4.10). */
export class Checkpointer {
  readonly #store: Store
  readonly #job: CheckpointedJob
  #epoch = 0

  constructor(store: Store, job: CheckpointedJob) {
    this.#store = store
    this.#job = job
  }

  /** Only between two rounds: that moment is the barrier. */
  async take(): Promise<void> {
    const { graph, rounds, intakes, outputs, facts } = this.#job
    const committables: Record<string, unknown> = {}
    for (const output of outputs) committables[output.name] = await output.prepare()
    const pages: PageWrite[] = []
    const operators: Record<string, unknown> = { job: facts.save() }
    for (const { id, operator, merged } of graph.operators) {
      operators[id] = {
        facts: operator.facts(),
        merged: merged && Number.isFinite(merged.highest) ? merged.highest : null,
      }
      for (const structure of operator.structures) {
        structure.writeDirty((page, bytes) => pages.push({ operator: id, structure: structure.name, page, bytes }))
      }
    }
    const positions = rounds.positions()
    const sources = Object.fromEntries(intakes.map(({ name }, i) => [name, positions[i]]))
    this.#epoch += 1
    const root: RootRecord = { epoch: this.#epoch, sources, operators, committables, sequence: rounds.sequence }
    await this.#store.writePages(this.#epoch, pages)
    await this.#store.writeRoot(root)
  }

  /** Goes back to the last epoch, before any source is read. False: the store is empty. */
  async restore(): Promise<boolean> {
    const root = await this.#store.root()
    const { graph, rounds, intakes, outputs, facts } = this.#job
    if (root === undefined) {
      for (const output of outputs) await output.recover({ length: 0 })
      return false
    }
    this.#epoch = root.epoch
    rounds.sequence = root.sequence
    for (const output of outputs) await output.recover(root.committables[output.name])
    facts.restore(root.operators['job'])
    for (const { id, operator, merged } of graph.operators) {
      const saved = root.operators[id] as { facts: unknown; merged: number | null }
      for (const structure of operator.structures) structure.restore(await this.#store.pages(id, structure.name))
      operator.restoreFacts(saved.facts)
      if (merged && saved.merged !== null) merged.restore(saved.merged)
    }
    for (const [i, intake] of intakes.entries()) {
      await intake.restore(root.sources[intake.name])
      graph.sources[i]!.clock.restore(intake.watermark)
    }
    return true
  }
}
