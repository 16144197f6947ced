import { refuseUnsettled } from '../sinks/left-behind.ts'
import type { LastCommit } from '../sinks/sink.ts'
import type { OperatorRecord, PageWrite, RootRecord, Store } from '../state/store.ts'
import { monotonicTime } from '../time/clock.ts'
import { refuseOtherColumns } from './compatibility.ts'
import type { Graph, OperatorNode } from './graph.ts'
import type { Intake } from './intake.ts'
import type { Rounds } from './rounds.ts'

/** What a checkpoint covers besides the operators: rows on their way out (`EpochSink`). */
export interface CheckpointedOutput {
  readonly name: string
  prepare(epoch: number): Promise<unknown>
  commit(epoch: number, committable: unknown): Promise<void>
  recover(last: LastCommit | null): Promise<void>
}

export interface CheckpointedJob {
  readonly graph: Graph
  readonly rounds: Rounds
  readonly intakes: readonly Intake[]
  readonly outputs: readonly CheckpointedOutput[]
  /** Counters of the job as a whole, as JSON. */
  readonly facts: { save(): unknown; restore(facts: unknown): void }
  /** By operator id: what its state means (DESIGN 4.15). */
  readonly signatures: ReadonlyMap<string, string>
}

/** What goes into one epoch, as of the barrier. Nothing in it changes while the job goes on. */
interface Snapshot {
  readonly root: Omit<RootRecord, 'committables'>
  readonly pages: readonly PageWrite[]
  /** One for each output. */
  readonly prepared: readonly Promise<unknown>[]
}

/**
 * Writes epochs (DESIGN 4.10). At the barrier, in one go: the changed pages of every state structure are copied and every output begins a new epoch. While
 * the job goes on: outputs become safe, then pages, then the root record, which decides; then every output commits, and only then may the next epoch begin.
 */
export class Checkpointer {
  readonly #store: Store
  readonly #job: CheckpointedJob
  #epoch = 0
  #writing: Promise<void> | null = null
  #hasFailed = false
  /** Called when an epoch under way goes wrong, for whoever sleeps meanwhile. */
  onFailure: () => void = () => {}
  #decidedAt: number | null = null
  /** Pages of operators that are no longer in the plan, deleted by the next epoch. */
  #dropped: readonly PageWrite[] = []
  /** What the last epoch said of positions; an epoch that would say the same and has no page is not written. */
  #last = ''

  constructor(store: Store, job: CheckpointedJob) {
    this.#store = store
    this.#job = job
  }

  /** The last epoch that was begun. */
  get epoch(): number {
    return this.#epoch
  }

  /** When the last epoch of this run was decided, as `monotonicTime`; null: none was yet. */
  get decidedAt(): number | null {
    return this.#decidedAt
  }

  /** Is an epoch on its way to the disk? */
  get isWriting(): boolean {
    return this.#writing !== null
  }

  /** The epoch under way went wrong: `settle` tells how. */
  get hasFailed(): boolean {
    return this.#hasFailed
  }

  /** Resolves when the epoch under way is decided and committed; rejects with what went wrong with it. */
  async settle(): Promise<void> {
    await this.#writing
  }

  /** The barrier. Call between two rounds, after `settle`, in the same turn as the round ended. */
  begin(isFinished = false): void {
    const snapshot = this.#snapshot(isFinished)
    if (snapshot === null) return
    const writing = this.#write(snapshot)
    this.#writing = writing
    writing.then(
      () => {
        if (this.#writing === writing) this.#writing = null
      },
      () => {
        this.#hasFailed = true // it is told by `settle`
        this.onFailure()
      },
    )
  }

  /** One whole checkpoint, awaited. */
  async take(isFinished = false): Promise<void> {
    await this.settle()
    this.begin(isFinished)
    await this.settle()
  }

  #snapshot(isFinished: boolean): Snapshot | null {
    const { graph, rounds, intakes, outputs, facts } = this.#job
    const pages: PageWrite[] = [...this.#dropped]
    const operators: Record<string, OperatorRecord> = {}
    for (const node of graph.operators) operators[node.id] = this.#record(node, pages)
    const positions = rounds.positions()
    const sources = Object.fromEntries(intakes.map(({ name }, i) => [name, positions[i]]))
    const said = JSON.stringify([isFinished, sources, rounds.sequence])
    if (said === this.#last && pages.length === 0) return null
    this.#last = said
    this.#dropped = []
    this.#epoch += 1
    const prepared = outputs.map((output) => output.prepare(this.#epoch))
    const root = { epoch: this.#epoch, isFinished, sources, operators, job: facts.save(), sequence: rounds.sequence }
    // facts are objects that live on: they are read here, not when the root is written
    return { root: structuredClone(root), pages, prepared }
  }

  #record({ id, operator, merged }: OperatorNode, pages: PageWrite[]): OperatorRecord {
    for (const structure of operator.structures) {
      structure.writeDirty((page, bytes) => pages.push({ operator: id, structure: structure.name, page, bytes }))
    }
    return {
      facts: operator.facts(),
      merged: merged && Number.isFinite(merged.highest) ? merged.highest : null,
      signature: this.#job.signatures.get(id) ?? '',
      structures: operator.structures.map(({ name }) => name),
      entries: Object.fromEntries(operator.structures.map(({ name, entries }) => [name, entries])),
      shapes: Object.fromEntries(operator.structures.flatMap(({ name, shape }) => (shape ? [[name, shape]] : []))),
    }
  }

  async #write({ root, pages, prepared }: Snapshot): Promise<void> {
    const { outputs } = this.#job
    const ready = await Promise.allSettled(prepared)
    const committables: Record<string, unknown> = {}
    for (const [i, output] of outputs.entries()) {
      const one = ready[i]!
      if (one.status === 'rejected') throw one.reason
      if (one.value !== null) committables[output.name] = one.value
    }
    await this.#store.writePages(root.epoch, pages)
    await this.#store.writeRoot({ ...root, committables })
    this.#decidedAt = monotonicTime()
    for (const output of outputs) {
      const committable = committables[output.name]
      if (committable !== undefined) await output.commit(root.epoch, committable)
    }
    await this.#store.confirm(root.epoch)
    for (const intake of this.#job.intakes) intake.checkpointed(root.sources[intake.name])
  }

  /**
   * Goes back to the last epoch, before any source is read: outputs first, so that an epoch that was decided is committed before anything else happens.
   * null: the store is empty. Operators that the epoch does not know begin empty; what it knows and the plan does not is dropped with the next epoch. `judge` is
   * asked before anything is touched, and throws where that must not be (`job/compatibility.ts`).
   */
  async restore(judge: (root: RootRecord) => void = () => {}): Promise<RootRecord | null> {
    const root = await this.#store.root()
    if (root !== undefined) judge(root)
    const { rounds, outputs, facts } = this.#job
    const confirmed = await this.#store.confirmed()
    const names = new Set(outputs.map(({ name }) => name))
    for (const name of Object.keys(root?.committables ?? {}))
      if (!names.has(name)) refuseUnsettled(lastCommit(root, confirmed, name))
    for (const output of outputs) await output.recover(lastCommit(root, confirmed, output.name))
    if (root === undefined) return null
    this.#epoch = root.epoch
    if (confirmed < root.epoch) await this.#store.confirm(root.epoch)
    rounds.sequence = root.sequence
    facts.restore(root.job)
    await this.#restoreOperators(root)
    await this.#restoreSources(root)
    this.#last = JSON.stringify([root.isFinished, root.sources, root.sequence])
    return root
  }

  async #restoreOperators(root: RootRecord): Promise<void> {
    const { operators } = this.#job.graph
    for (const { id, operator, merged } of operators) {
      const saved = root.operators[id]
      if (saved === undefined) continue
      for (const structure of operator.structures) {
        const pages = await this.#store.pages(id, structure.name)
        if (pages.length > 0) refuseOtherColumns(id, saved.shapes?.[structure.name], structure.shape)
        structure.restore(pages)
      }
      operator.restoreFacts(saved.facts)
      if (merged && saved.merged !== null) merged.restore(saved.merged)
    }
    const known = new Set(operators.map(({ id }) => id))
    for (const [id, { structures }] of Object.entries(root.operators)) {
      if (!known.has(id)) this.#dropped = [...this.#dropped, ...(await this.#deletions(id, structures))]
    }
  }

  async #deletions(operator: string, structures: readonly string[]): Promise<readonly PageWrite[]> {
    const writes: PageWrite[] = []
    for (const structure of structures) {
      for (const [page] of await this.#store.pages(operator, structure))
        writes.push({ operator, structure, page, bytes: null })
    }
    return writes
  }

  async #restoreSources({ sources }: RootRecord): Promise<void> {
    const { graph, intakes } = this.#job
    for (const [i, intake] of intakes.entries()) {
      const position = sources[intake.name]
      if (position === undefined) continue
      await intake.restore(position)
      graph.sources[i]!.clock.restore(intake.watermark)
    }
  }
}

function lastCommit(root: RootRecord | undefined, confirmed: number, name: string): LastCommit | null {
  const committable = root?.committables[name]
  if (root === undefined || committable === undefined) return null
  return { epoch: root.epoch, committable, isConfirmed: confirmed >= root.epoch }
}
