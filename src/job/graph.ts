import { assert } from '../base/assert.ts'
import type { Batch } from '../data/batch.ts'
import type { Operator } from '../operators/operator.ts'
import { endOfRound, type InputPort, mergedOrder, newPort, type PortEntry, relax, viewOf } from './ports.ts'
import { MergedClock, NodeClock, type PortClock, SourceClock } from './source-clock.ts'

/** Takes what reaches the end of the graph. */
export interface BatchConsumer {
  /** Takes rows from `from` on, as long as it has room; returns the row to go on with, `batch.length` when done. */
  take(batch: Batch, from: number): number
}

/** Where rows leave the graph, and the batch that is leaving. */
interface Exit {
  readonly consumer: BatchConsumer
  entry: PortEntry | null
}

/** Who reads a node's output: an input port of another node, or a consumer outside the graph. */
type Reader = { readonly node: OperatorNode; readonly port: number } | { readonly exit: Exit }

interface Producer {
  readonly readers: Reader[]
  readonly clocks: readonly PortClock[]
  /** Of the batches it gives out. */
  readonly streamClock: NodeClock
}

export interface SourceNode extends Producer {
  readonly kind: 'source'
  readonly clock: SourceClock
}

export interface OperatorNode extends Producer {
  readonly kind: 'operator'
  readonly id: string
  readonly operator: Operator
  readonly ports: readonly InputPort[]
  readonly merged: MergedClock | null
  out: Batch
  /** Readers that have not finished with `out`. While there are any, the node does not run: they may share its columns. */
  holds: number
  /** Chunks of input that are used up but that `out` may still refer to. */
  spent: PortEntry[]
  /** Of a merging node: the empty batch that brings the watermark of the end of the round, while it is being taken. */
  end: PortEntry | null
  isDone: boolean
}

/**
 * The wired operators. A round is one batch from each of some sources, taken through the whole graph; between two rounds nothing is
 * in flight. Operators hand over at most one batch at a time; the one furthest down runs first, so memory does not grow with what an
 * operator frees at once.
 */
export class Graph {
  readonly sources: SourceNode[] = []
  /** In topological order: `add` takes a node's inputs before the node. */
  readonly operators: OperatorNode[] = []
  readonly #exits: Exit[] = []
  #failure: { readonly node: OperatorNode; readonly error: unknown } | null = null

  addSource(): SourceNode {
    const clock = new SourceClock()
    const clocks = [{ clock, holdBack: 0 }]
    const node: SourceNode = { kind: 'source', readers: [], clock, clocks, streamClock: new NodeClock(clocks) }
    this.sources.push(node)
    return node
  }

  add(id: string, operator: Operator, inputs: readonly (SourceNode | OperatorNode)[]): OperatorNode {
    const incoming = inputs.flatMap((input) => input.clocks)
    const holdBack = operator.holdBack ?? 0
    const clocks = incoming.map(({ clock, holdBack: before }) => ({ clock, holdBack: before + holdBack }))
    const node: OperatorNode = {
      kind: 'operator',
      id,
      operator,
      readers: [],
      clocks,
      streamClock: new NodeClock(clocks),
      ports: inputs.map(newPort),
      merged: inputs.length > 1 ? new MergedClock(incoming) : null,
      out: operator.createOutput(),
      holds: 0,
      spent: [],
      end: null,
      isDone: true,
    }
    for (const [port, input] of inputs.entries()) input.readers.push({ node, port })
    this.operators.push(node)
    return node
  }

  /** Hands the rows of a node to `consumer`. */
  connect(node: SourceNode | OperatorNode, consumer: BatchConsumer): void {
    const exit: Exit = { consumer, entry: null }
    this.#exits.push(exit)
    node.readers.push({ exit })
  }

  /** Begins a round: null for a source that gives nothing in it. The batches stay valid until the round is done. */
  begin(batches: readonly (Batch | null)[]): void {
    for (const node of this.operators) {
      assert(node.isDone && node.holds === 0, `${node.id} is still at work`)
      node.isDone = false
      for (const port of node.ports) port.isFinal = false
    }
    this.sources.forEach((source, i) => {
      const batch = batches[i]
      if (batch) source.clock.take(batch)
      else source.clock.pause()
    })
    this.sources.forEach((source, i) => {
      const batch = batches[i] ?? null
      if (batch) batch.clock = source.streamClock
      deliver(source.readers, batch, true, () => {})
    })
  }

  /**
   * Does one piece of work: at most one batch goes from one operator to its readers. False when the round is done. An operator that refuses a row
   * (`--on-error fail`) ends the run, but only when all that it gave before has gone through.
   */
  step(): boolean {
    for (const exit of this.#exits) if (exit.entry) return leave(exit, exit.entry)
    const first = this.#failure ? this.operators.indexOf(this.#failure.node) + 1 : 0
    for (let i = this.operators.length - 1; i >= first; i -= 1) {
      const node = this.operators[i]!
      if (!node.isDone && node.holds === 0 && this.#run(node)) return true
    }
    if (this.#failure) throw this.#failure.error
    if (this.operators.every((node) => node.isDone)) return false
    assert(
      this.operators.some((node) => !node.isDone && relax(node.ports)),
      'the graph is stuck',
    )
    return true
  }

  #run(node: OperatorNode): boolean {
    try {
      return runNode(node)
    } catch (error) {
      this.#failure = { node, error }
      handOver(node, false)
      return true
    }
  }
}

function deliver(readers: readonly Reader[], batch: Batch | null, isFinal: boolean, release: () => void): void {
  for (const reader of readers) {
    if ('exit' in reader) {
      if (batch && batch.length > 0) reader.exit.entry = { batch, from: 0, release }
      else release()
      continue
    }
    const port = reader.node.ports[reader.port]!
    if (isFinal) port.isFinal = true
    if (batch === null) {
      release()
      continue
    }
    const merged = reader.node.merged
    port.entries.push({ batch: merged ? viewOf(batch, merged) : batch, from: 0, release })
  }
}

/** Lets rows leave as long as the consumer has room. Always true: it is a piece of work. */
function leave(exit: Exit, entry: PortEntry): boolean {
  entry.from = exit.consumer.take(entry.batch, entry.from)
  if (entry.from >= entry.batch.length) {
    exit.entry = null
    entry.release()
  }
  return true
}

/** Lets a node work on what it has. False: it must wait for input. */
function runNode(node: OperatorNode): boolean {
  if (node.merged) return runMerging(node, node.merged)
  const port = node.ports[0]!
  const entry = port.entries[0]
  if (entry === undefined) {
    if (!port.isFinal) return false
    finish(node) // a source that gave nothing: nothing can have changed
    return true
  }
  node.out.clear()
  entry.from = node.operator.process(entry.batch, 0, entry.from, node.out)
  const isSpent = entry.from > entry.batch.length
  if (isSpent) node.spent.push(port.entries.shift()!)
  handOver(node, isSpent && port.isFinal && port.entries.length === 0)
  return true
}

function runMerging(node: OperatorNode, merged: MergedClock): boolean {
  const choice = node.end ? 'end' : mergedOrder(node.ports)
  if (choice === 'wait') return false
  node.out.clear()
  if (choice === 'end') {
    node.end ??= endOfRound(merged)
    node.end.from = node.operator.process(node.end.batch, 0, node.end.from, node.out)
    const isLast = node.end.from > node.end.batch.length
    if (isLast) node.end = null
    handOver(node, isLast)
    return true
  }
  const { entries } = node.ports[choice.port]!
  const entry = entries[0]!
  if (entry.from < choice.to)
    entry.from = node.operator.process(entry.batch, choice.port, entry.from, node.out, choice.to)
  if (entry.from >= entry.batch.length) node.spent.push(entries.shift()!)
  handOver(node, false)
  return true
}

function handOver(node: OperatorNode, isLast: boolean): void {
  if (isLast) node.isDone = true
  if (node.out.length === 0 && !isLast) {
    releaseSpent(node)
    return
  }
  node.out.clock = node.streamClock
  node.holds = node.readers.length
  if (node.holds === 0) releaseSpent(node)
  deliver(node.readers, node.out, isLast, () => {
    node.holds -= 1
    if (node.holds === 0) releaseSpent(node)
  })
}

/** Ends the node's round without a batch of its own. */
function finish(node: OperatorNode): void {
  node.isDone = true
  deliver(node.readers, null, true, () => {})
}

function releaseSpent(node: OperatorNode): void {
  const spent = node.spent
  node.spent = []
  for (const entry of spent) entry.release()
}
