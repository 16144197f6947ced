import { assert } from '../base/assert.ts'
import type { Batch } from '../data/batch.ts'
import type { Operator } from '../operators/operator.ts'
import { endOfRound, type InputPort, mergedOrder, newPort, type PortEntry, relax, viewOf } from './ports.ts'
import { MergedClock, NodeClock, type PortClock, SourceClock } from './source-clock.ts'

/** Takes what reaches the end of the graph. */
export interface BatchConsumer {
  /** Takes rows [from, to) as long as it has room; returns the row to go on with, `to` when done. */
  take(batch: Batch, from: number, to: number): number
}

/** Where rows leave the graph: of one node, or of several in the order of their sequence numbers. */
interface Exit {
  /** By port. */
  readonly consumers: readonly BatchConsumer[]
  readonly ports: readonly InputPort[]
}

/** Who reads a node's output: an input port of another node, or a consumer outside the graph. */
type Reader = { readonly node: OperatorNode; readonly port: number } | { readonly exit: Exit; readonly port: number }

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
  /** What it gives besides `out`, filled while it works. */
  readonly sides: SideNode[]
  /** Readers that have not finished with `out` or the sides'. While there are any, the node does not run: they may share its columns. */
  holds: number
  /** Chunks of input that are used up but that `out` may still refer to. */
  spent: PortEntry[]
  /** Of a merging node: the empty batch that brings the watermark of the end of the round, while it is being taken. */
  end: PortEntry | null
  isDone: boolean
}

/** A second stream out of an operator: rows of its input, such as those that came too late. */
export interface SideNode extends Producer {
  readonly kind: 'side'
  readonly out: Batch
}

/** All that rows can come from. */
export type OutletNode = SourceNode | OperatorNode | SideNode

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

  add(id: string, operator: Operator, inputs: readonly OutletNode[]): OperatorNode {
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
      sides: [],
      holds: 0,
      spent: [],
      end: null,
      isDone: true,
    }
    for (const [port, input] of inputs.entries()) input.readers.push({ node, port })
    this.operators.push(node)
    return node
  }

  /** The stream of rows that the operator of a node puts into `out` while it works on its input, with the watermark of that input. */
  addSide(node: OperatorNode, out: Batch): SideNode {
    const holdBack = node.operator.holdBack ?? 0
    const clocks = node.clocks.map((one) => ({ clock: one.clock, holdBack: one.holdBack - holdBack }))
    const side: SideNode = { kind: 'side', readers: [], clocks, streamClock: new NodeClock(clocks), out }
    node.sides.push(side)
    return side
  }

  /** Hands the rows of nodes to their consumers, those of several merged by sequence number. */
  connect(...outlets: readonly (readonly [node: OutletNode, consumer: BatchConsumer])[]): void {
    const exit: Exit = { consumers: outlets.map(([, consumer]) => consumer), ports: outlets.map(newPort) }
    this.#exits.push(exit)
    for (const [port, [node]] of outlets.entries()) node.readers.push({ exit, port })
  }

  /** Begins a round: null for a source that gives nothing in it. The batches stay valid until the round is done. */
  begin(batches: readonly (Batch | null)[]): void {
    for (const node of this.operators) {
      assert(node.isDone && node.holds === 0, `${node.id} is still at work`)
      node.isDone = false
      for (const port of node.ports) port.isFinal = false
    }
    for (const { ports } of this.#exits) for (const port of ports) port.isFinal = false
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
    for (const exit of this.#exits) if (leave(exit)) return true
    const first = this.#failure ? this.operators.indexOf(this.#failure.node) + 1 : 0
    for (let i = this.operators.length - 1; i >= first; i -= 1) {
      const node = this.operators[i]!
      if (!node.isDone && node.holds === 0 && this.#run(node)) return true
    }
    if (this.#failure) throw this.#failure.error
    const isOver = this.operators.every((node) => node.isDone) && this.#exits.every(({ ports }) => isEmpty(ports))
    if (isOver) return false
    assert(
      this.operators.some((node) => !node.isDone && relax(node.ports)) || this.#exits.some(({ ports }) => relax(ports)),
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
    const port = ('exit' in reader ? reader.exit : reader.node).ports[reader.port]!
    if (isFinal) port.isFinal = true
    if ('exit' in reader) {
      if (batch && batch.length > 0) port.entries.push({ batch, from: 0, release })
      else release()
      continue
    }
    if (batch === null) {
      release()
      continue
    }
    const merged = reader.node.merged
    port.entries.push({ batch: merged ? viewOf(batch, merged) : batch, from: 0, release })
  }
}

const isEmpty = (ports: readonly InputPort[]): boolean => ports.every(({ entries }) => entries.length === 0)

/** Lets rows leave as long as the consumer has room. False: there are none, or an earlier one may still come by another port. */
function leave({ ports, consumers }: Exit): boolean {
  if (isEmpty(ports)) return false
  const choice = ports.length === 1 ? { port: 0, to: Infinity } : mergedOrder(ports)
  if (choice === 'wait' || choice === 'end') return false
  const { entries } = ports[choice.port]!
  const entry = entries[0]!
  entry.from = consumers[choice.port]!.take(entry.batch, entry.from, Math.min(choice.to, entry.batch.length))
  if (entry.from >= entry.batch.length) entries.shift()!.release()
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
  clear(node)
  entry.from = node.operator.process(entry.batch, 0, entry.from, node.out)
  for (const side of node.sides) advance(side.out, entry)
  const isSpent = entry.from > entry.batch.length
  if (isSpent) node.spent.push(port.entries.shift()!)
  handOver(node, isSpent && port.isFinal && port.entries.length === 0)
  return true
}

function runMerging(node: OperatorNode, merged: MergedClock): boolean {
  let next = node.end ? ('end' as const) : mergedOrder(node.ports)
  if (next === 'wait') return false
  clear(node)
  if (next === 'end') {
    node.end ??= endOfRound(merged)
    node.end.from = node.operator.process(node.end.batch, 0, node.end.from, node.out)
    for (const side of node.sides) advance(side.out, node.end)
    const isLast = node.end.from > node.end.batch.length
    if (isLast) node.end = null
    handOver(node, isLast)
    return true
  }
  while (typeof next === 'object' && takeRun(node, next))
    next = node.operator.collects ? mergedOrder(node.ports) : 'wait'
  handOver(node, false)
  return true
}

/** Lets a merging node take rows of one port up to `to`. False: its output is full. */
function takeRun(node: OperatorNode, { port, to }: { readonly port: number; readonly to: number }): boolean {
  const { entries } = node.ports[port]!
  const entry = entries[0]!
  if (entry.from < to) entry.from = node.operator.process(entry.batch, port, entry.from, node.out, to)
  const isThrough = entry.from >= to
  for (const side of node.sides) advance(side.out, entry)
  if (entry.from >= entry.batch.length) node.spent.push(entries.shift()!)
  return isThrough
}

function handOver(node: OperatorNode, isLast: boolean): void {
  if (isLast) node.isDone = true
  const gives = node.out.length > 0 || isLast
  const sides = node.sides.filter(({ out }) => out.length > 0 || isLast)
  node.holds = sides.reduce((sum, { readers }) => sum + readers.length, gives ? node.readers.length : 0)
  if (node.holds === 0) releaseSpent(node)
  const release = () => {
    node.holds -= 1
    if (node.holds === 0) releaseSpent(node)
  }
  if (gives) {
    node.out.clock = node.streamClock
    deliver(node.readers, node.out, isLast, release)
  }
  for (const side of sides) {
    side.out.clock = side.streamClock
    deliver(side.readers, side.out, isLast, release)
  }
}

function clear({ out, sides }: OperatorNode): void {
  out.clear()
  for (const side of sides) side.out.clear()
}

/** How far a side's stream has come when its operator has taken so much of a batch. */
function advance(side: Batch, { batch, from }: PortEntry): void {
  if (from === 0) return
  const watermark = from > batch.length ? batch.watermarkAfter : batch.watermark[from - 1]!
  side.watermarkAfter = Math.max(side.watermarkAfter, watermark)
  side.sequenceAfter = from > batch.length ? batch.sequenceAfter : batch.sequence[from - 1]!
}

/** Ends the node's round without a batch of its own. */
function finish(node: OperatorNode): void {
  node.isDone = true
  deliver(node.readers, null, true, () => {})
  for (const { readers } of node.sides) deliver(readers, null, true, () => {})
}

function releaseSpent(node: OperatorNode): void {
  const spent = node.spent
  node.spent = []
  for (const entry of spent) entry.release()
}
