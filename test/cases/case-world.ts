import { appendFileSync, statSync, truncateSync } from 'node:fs'
import { survivesDatabase } from '../../src/cli/database-probe.ts'
import { partsOf } from '../../src/cli/system-world.ts'
import type { OpenState, OutputOptions, World } from '../../src/cli/world.ts'
import { BATCH_ROWS } from '../../src/data/batch.ts'
import type { Destination } from '../../src/frontend/flags/command-line.ts'
import type { JobCounters } from '../../src/job/create-job.ts'
import { FileSink } from '../../src/sinks/file.ts'
import { PartsSink } from '../../src/sinks/parts.ts'
import type { ByteSink, EpochSink, Guarantee, LastCommit } from '../../src/sinks/sink.ts'
import { MemorySource, type MemorySourceOptions } from '../../src/sources/memory.ts'
import { type InputOptions, openInput } from '../../src/sources/open-input.ts'
import type { Source } from '../../src/sources/source.ts'
import { openStateDirectory, type StateDirectory, type StateDirectoryOptions } from '../../src/state/state-directory.ts'
import type { Store } from '../../src/state/store.ts'
import { FakeClock } from '../../src/time/clock.ts'
import type { Case } from './case-file.ts'

/** One of the ways in which a case must give the same. */
export interface Way {
  readonly reads?: MemorySourceOptions
  readonly batchRows?: number
  /** Put before the words of the command line. */
  readonly flags?: readonly string[]
  /** With a store every round ends with a checkpoint, and its steps may throw. */
  readonly store?: Store
}

/** 2024-06-01T00:00:00Z: the wall clock of every case; it stands still. */
const WALL_TIME = 1_717_200_000_000

/**
 * Standard streams and files of one case, all that a command line in this process can touch. The current directory is the case's own.
 * Outputs outlive a crash: the next attempt on the same world goes on behind what its checkpoint says.
 */
export class CaseWorld implements World {
  readonly serviceManager = null
  readonly environment = {}
  readonly isTerminal: World['isTerminal']
  readonly clock = new FakeClock(WALL_TIME)
  readonly signal = new AbortController().signal
  readonly batchRows: number
  readonly checkpoints: World['checkpoints']
  /** What the last attempt reported. */
  counters: JobCounters | undefined
  /** Words of the attempt under way. */
  errors = ''
  readonly statuses: string[] = []
  readonly #case: Case
  readonly #way: Way
  readonly #outputs = new Map<string, RewindableSink>()

  constructor(one: Case, way: Way) {
    this.#case = one
    this.#way = way
    const [stdin, stdout, stderr] = ['stdin', 'stdout', 'stderr'].map((name) => one.terminal.includes(name))
    this.isTerminal = { stdin: stdin!, stdout: stdout!, stderr: stderr! }
    this.batchRows = way.batchRows ?? BATCH_ROWS
    this.checkpoints = way.store ? { store: way.store, interval: { kind: 'rounds', rounds: 1 } } : null
  }

  get stdout(): string {
    return this.#outputs.get('-')?.text ?? ''
  }

  /** What a run without any checkpoint does with its outputs: it begins them anew. */
  async startOver(): Promise<void> {
    for (const sink of this.#outputs.values()) await sink.recover(null)
  }

  async openState(path: string): Promise<OpenState> {
    return this.#stateDirectory(path, 'create-or-open')
  }

  async inspectState(path: string, mode: 'open' | 'read'): Promise<StateDirectory> {
    return this.#stateDirectory(path, mode)
  }

  #stateDirectory(path: string, mode: StateDirectoryOptions['mode']): Promise<StateDirectory> {
    return openStateDirectory(path, {
      command: 'tidemark in a test',
      mode,
      release: '0.0.0',
      clock: this.clock,
      survives: survivesDatabase,
    })
  }

  openInput(names: readonly string[], options: InputOptions): Source {
    if (options.isFollowed || !names.every((name) => name === '-' || isRegularFile(name)))
      return openInput(names, options)
    const files = names.map((name) => ({ name, bytes: name === '-' ? this.#case.stdin : this.#case.files[name]! }))
    // standard input is a pipe, as for the binary
    return new MemorySource(files, { isBounded: !names.includes('-'), ...this.#way.reads })
  }

  async openOutput(to: Destination, { append, incarnation }: OutputOptions): Promise<ByteSink> {
    if (to.kind === 'parts') return new PartsSink({ ...partsOf(to), append, incarnation })
    if (to.kind === 'kafka') throw new Error('cases have no broker')
    const name = to.kind === 'file' ? to.path : to.kind === 'stdout' ? '-' : `fd:${to.descriptor}`
    const known = this.#outputs.get(name)
    if (known) return known
    const sink = to.kind === 'file' ? new RewindableFile(name, append) : new RewindableText(name)
    this.#outputs.set(name, sink)
    return sink
  }

  stderr(text: string): void {
    this.errors += text
  }

  /** Nothing is drawn in a case. */
  get terminal(): World['terminal'] {
    return this.isTerminal.stderr ? ({} as NodeJS.WriteStream) : null
  }

  setListener(): void {}

  onAsked(): void {}

  /** What was shown for a while is no part of what was said. */
  get showStatus(): World['showStatus'] {
    return this.isTerminal.stderr ? (text) => void this.statuses.push(text) : null
  }

  report(counters: JobCounters): void {
    this.counters = structuredClone(counters)
  }
}

const isRegularFile = (name: string): boolean => statSync(name, { throwIfNoEntry: false })?.isFile() === true

/** Takes bytes at once, stays over a crash, and goes back to a checkpoint. */
interface RewindableSink extends EpochSink {
  readonly text: string
}

const GUARANTEE: Guarantee = { kind: 'exactly-once', why: 'it goes back to a checkpoint' }

const lengthOf = (last: LastCommit | null): number =>
  last === null ? 0 : (last.committable as { length: number }).length

class RewindableText implements RewindableSink {
  readonly name: string
  readonly guarantee = GUARANTEE
  readonly needsDrain = false
  #bytes = Buffer.alloc(0)

  constructor(name: string) {
    this.name = name
  }

  get text(): string {
    return this.#bytes.toString()
  }

  async open(): Promise<void> {}

  write(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes])
  }

  async drain(): Promise<void> {}

  async prepare(): Promise<unknown> {
    return { length: this.#bytes.length }
  }

  async commit(): Promise<void> {}

  async recover(last: LastCommit | null): Promise<void> {
    this.#bytes = this.#bytes.subarray(0, lengthOf(last))
  }

  async close(): Promise<void> {}
}

class RewindableFile implements RewindableSink {
  readonly name: string
  readonly guarantee = GUARANTEE
  readonly needsDrain = false
  readonly text = ''
  readonly #append: boolean
  /** What the file held before the first attempt; -1: not opened yet. */
  #start = -1

  constructor(name: string, append: boolean) {
    this.name = name
    this.#append = append
  }

  /** The first time as the product does it, with its refusals. */
  async open(): Promise<void> {
    if (this.#start >= 0) return
    const real = new FileSink(this.name, { append: this.#append })
    await real.open()
    await real.close()
    this.#start = statSync(this.name).size
  }

  write(bytes: Buffer): void {
    appendFileSync(this.name, bytes)
  }

  async drain(): Promise<void> {}

  async prepare(): Promise<unknown> {
    return { length: statSync(this.name).size - this.#start }
  }

  async commit(): Promise<void> {}

  async recover(last: LastCommit | null): Promise<void> {
    truncateSync(this.name, this.#start + lengthOf(last))
  }

  async close(): Promise<void> {}
}
