import { parseExpression, parseExpressionList, parseOrderList, parseSelectList } from '../../src/expressions/parse.ts'
import type { ScannerChoice } from '../../src/formats/json/create-scanner.ts'
import { parseKeyPairs } from '../../src/frontend/flags/key-pairs.ts'
import { spanOfText } from '../../src/frontend/flags/lexed.ts'
import { type CreatedJob, createJob, type JobCounters } from '../../src/job/create-job.ts'
import { createTables } from '../../src/job/create-tables.ts'
import type { LatePolicy } from '../../src/job/late-rows.ts'
import { loadOperators } from '../../src/job/operators/index.ts'
import { Output } from '../../src/job/output.ts'

import { runJob } from '../../src/job/run.ts'
import type { Until } from '../../src/job/until.ts'
import type { PartialsReport } from '../../src/operators/partials-report.ts'
import { PlanBuilder } from '../../src/plan/builder.ts'
import type { JoinKind } from '../../src/plan/joining.ts'
import type { EnrichKind, RepeatedKeys } from '../../src/plan/kinds/enrich.ts'
import type { Frame } from '../../src/plan/kinds/over.ts'
import type { NodeOf, PlanNode } from '../../src/plan/nodes.ts'
import { MemorySink } from '../../src/sinks/memory.ts'
import type { EpochSink, LastCommit } from '../../src/sinks/sink.ts'
import { MemorySource } from '../../src/sources/memory.ts'
import type { Store } from '../../src/state/store.ts'
import { FakeClock } from '../../src/time/clock.ts'
import type { Emission } from '../../src/time/emission.ts'
import { UTC } from '../../src/time/zone.ts'
import type { WindowSpec } from '../../src/windows/window-spec.ts'

/** Plans in tests: steps as a user would write them, over the real builder. */
export class Steps {
  readonly builder: PlanBuilder

  constructor(zone = UTC) {
    this.builder = new PlanBuilder({ parameters: new Map(), zone })
  }

  source(name: string, watermarkDelay = 0): NodeOf<'scan'> {
    const time = { kind: 'field' as const, path: ['ts'], format: 'ms' as const }
    return this.builder.scan({ name, files: [name], time, watermarkDelay, idleTimeout: null, maxFuture: null })
  }

  filter(input: PlanNode, text: string): PlanNode {
    return this.builder.filter(input, parseExpression(text, 'filter'), step('filter'))
  }

  select(input: PlanNode, text: string): PlanNode {
    return this.builder.select(input, parseSelectList(text, 'select'), step('select'))
  }

  /** Options are texts as their flags take them. */
  unnest(input: PlanNode, text: string, { key, ordinality, outer = false }: UnnestTexts = {}): PlanNode {
    const [nested] = parseExpressionList(text, 'unnest')
    const name = (path?: string) => (path === undefined ? null : { path: [path], span: nested!.span })
    const options = { nested: nested!, key: name(key), ordinality: name(ordinality), outer }
    return this.builder.unnest(input, options, step('unnest'))
  }

  /** `by` may be empty. */
  sample(input: PlanNode, share: number, by: string): PlanNode {
    return this.builder.sample(input, { share, keys: by === '' ? [] : parseExpressionList(by, '--by') }, step('sample'))
  }

  /** What leaves, and what goes on. */
  split(input: PlanNode, text: string) {
    return this.builder.split(input, parseExpression(text, 'split'), step('split'))
  }

  /** `text`: null takes all rows. */
  tee(input: PlanNode, text: string | null) {
    return this.builder.tee(input, text === null ? null : parseExpression(text, '--where'), step('tee'))
  }

  dedup(input: PlanNode, by: string, within: number | null, keep: 'first' | 'last' = 'first'): PlanNode {
    return this.deduplicate(input, { by, within, keep })
  }

  deduplicate(
    input: PlanNode,
    { by, allowedLateness = 0, stateTtl = null, ...options }: { by: string } & DedupOptions,
  ): PlanNode {
    const keys = parseExpressionList(by, '--by')
    return this.builder.deduplicate(input, { keys, allowedLateness, stateTtl, ...options }, step('dedup'))
  }

  sort(input: PlanNode, orderBy: string, ties: 'arrival' | 'bytes' = 'arrival'): PlanNode {
    const keys = orderBy === '' ? [] : parseOrderList(orderBy, '--order-by')
    return this.builder.sort(input, { keys, ties }, step(ties === 'bytes' ? 'ordered' : 'sort'))
  }

  top(
    input: PlanNode,
    most: number,
    { by = '', orderBy, isGlobal = false, emit = 'final', rank, stateTtl = null }: TopOptions,
  ): PlanNode {
    const keys = by === '' ? [] : parseExpressionList(by, '--by')
    const shown = rank ? { path: [rank], span: step(rank).span } : null
    const orders = parseOrderList(orderBy, '--order-by')
    const options = { most, keys, orders, isGlobal, emit, rank: shown, emitSpan: null, stateTtl, ttlSpan: null }
    return this.builder.top(input, options, step('top'))
  }

  tumble(input: PlanNode, size: number, by: string, aggregates: string, allowedLateness = 0): PlanNode {
    return this.window(input, { size }, { by, aggregates, allowedLateness })
  }

  hop(input: PlanNode, sizes: { size: number; slide: number }, by: string, aggregates: string): PlanNode {
    return this.window(input, sizes, { by, aggregates })
  }

  /** Without a slide or step a tumble; lengths in ms. */
  window(
    input: PlanNode,
    { size, slide, step: growth, offset = 0 }: { size: number; slide?: number; step?: number; offset?: number },
    { by, aggregates, ...when }: Grouped,
  ): PlanNode {
    const window: WindowSpec =
      slide !== undefined
        ? { kind: 'hop', size, slide, offset }
        : growth !== undefined
          ? { kind: 'cumulate', size, step: growth, offset }
          : { kind: 'tumble', size, offset }
    const options = { window, spans: {}, ...grouping(by, aggregates), allowedLateness: 0, ...when }
    return this.builder.window(input, options, step(window.kind))
  }

  /** `gap` in ms. */
  session(input: PlanNode, gap: number, { by, aggregates, ...when }: Grouped): PlanNode {
    const options = { gap, ...grouping(by, aggregates), allowedLateness: 0, ...when }
    return this.builder.session(input, options, step('session'))
  }

  /** `by` may be empty; `stateTtl` in ms. */
  over(
    input: PlanNode,
    by: string,
    list: string,
    { frame, stateTtl = null }: { frame: Frame; stateTtl?: number | null },
  ): PlanNode {
    const keys = by === '' ? [] : parseExpressionList(by, '--by')
    return this.builder.over(input, { keys, items: parseSelectList(list, 'over'), frame, stateTtl }, step('over'))
  }

  countWindow(
    input: PlanNode,
    sizes: { size: number; slide: number | null; stateTtl?: number | null },
    by: string,
    aggregates: string,
  ): PlanNode {
    return this.builder.countWindow(
      input,
      { stateTtl: null, ...sizes, ...grouping(by, aggregates) },
      step('count-window'),
    )
  }

  aggregate(input: PlanNode, by: string, aggregates: string, emit: Emission = 'final'): PlanNode {
    return this.builder.aggregate(input, { ...grouping(by, aggregates), emit, stateTtl: null }, step('aggregate'))
  }

  forgetfulAggregate(input: PlanNode, by: string, aggregates: string, options: GroupOptions): PlanNode {
    return this.builder.aggregate(input, { ...grouping(by, aggregates), ...options }, step('aggregate'))
  }

  /** Bounds in ms; the right row goes under `r`. */
  intervalJoin(
    left: PlanNode,
    right: PlanNode,
    { lower, upper, ...options }: JoinStep & { readonly lower: number; readonly upper: number },
  ): PlanNode {
    return this.builder.intervalJoin([left, right], { ...joining(options), lower, upper }, step('join'))
  }

  windowJoin(left: PlanNode, right: PlanNode, { size, ...options }: JoinStep & { readonly size: number }): PlanNode {
    const sizeSpan = spanOfText('--window', `${size}ms`)
    return this.builder.windowJoin([left, right], { ...joining(options), size, sizeSpan }, step('join'))
  }

  temporalJoin(left: PlanNode, right: PlanNode, options: JoinStep): PlanNode {
    return this.builder.temporalJoin([left, right], joining(options), step('join'))
  }

  regularJoin(
    left: PlanNode,
    right: PlanNode,
    { stateTtl, ...options }: JoinStep & { readonly stateTtl: number | null },
  ): PlanNode {
    return this.builder.regularJoin([left, right], { ...joining(options), stateTtl }, step('join'))
  }

  /** The row of the table goes under `r`. */
  enrich(input: PlanNode, { on, join, table, repeated = 'refuse' }: EnrichStep): PlanNode {
    const options = { ...joining({ on, join }), join, table: { file: table, format: 'ndjson' as const }, repeated }
    return this.builder.enrich(input, options, step('enrich'))
  }

  union(...inputs: PlanNode[]): PlanNode {
    return this.builder.union(inputs)
  }
}

interface UnnestTexts {
  readonly key?: string
  readonly ordinality?: string
  readonly outer?: boolean
}

interface JoinStep {
  readonly on: string
  readonly join: JoinKind
}

interface EnrichStep {
  readonly on: string
  readonly join: EnrichKind
  /** A file of NDJSON. */
  readonly table: string
  readonly repeated?: RepeatedKeys
}

function joining({ on, join }: JoinStep) {
  const as = join === 'semi' || join === 'anti' ? null : { name: 'r', span: spanOfText('--as', 'r') }
  return { keys: parseKeyPairs([spanOfText('--on', on)]), join, as }
}

interface DedupOptions {
  readonly within: number | null
  readonly keep: 'first' | 'last'
  readonly allowedLateness?: number
  readonly stateTtl?: number | null
}

interface Grouped {
  readonly by: string
  readonly aggregates: string
  readonly allowedLateness?: number
  readonly emit?: Emission
}

interface TopOptions {
  readonly by?: string
  readonly orderBy: string
  readonly isGlobal?: boolean
  readonly emit?: 'final' | 'changes'
  readonly rank?: string
  readonly stateTtl?: number | null
}

interface GroupOptions {
  readonly emit: Emission
  readonly stateTtl: number | null
}

const grouping = (by: string, aggregates: string) => ({
  keys: by === '' ? [] : parseExpressionList(by, '--by'),
  aggregates: parseSelectList(aggregates, '--agg'),
})

const step = (verb: string) => ({ verb, name: null, span: { source: verb, text: verb, start: 0, end: verb.length } })

export interface RunOptions {
  readonly batchRows?: number
  readonly cuts?: readonly number[]
  readonly chunk?: number
  readonly late?: LatePolicy
  readonly scanner?: ScannerChoice
  readonly atEnd?: 'flush' | 'suspend'
  readonly until?: Until
  /** As the command does: what was finished before a row that ended the run goes out. */
  readonly closesOnError?: boolean
}

export interface Outcome {
  readonly rows: string[]
  readonly late: string[]
  readonly bad: string[]
  readonly counters: JobCounters
  readonly job: CreatedJob
}

/** A memory sink that can go back to what an epoch holds. */
export class RewindableSink extends MemorySink implements EpochSink {
  #cutAt = 0
  #kept = ''

  async prepare(): Promise<unknown> {
    return { length: Buffer.byteLength(this.rowsText) }
  }

  async commit(): Promise<void> {}

  async recover(last: LastCommit | null): Promise<void> {
    const length = last === null ? 0 : (last.committable as { length: number }).length
    this.#kept = Buffer.from(this.rowsText).subarray(0, length).toString()
    this.#cutAt = super.bytes.length
  }

  get rowsText(): string {
    return this.#kept + super.bytes.subarray(this.#cutAt).toString()
  }

  get lines(): string[] {
    return this.rowsText.split('\n').slice(0, -1)
  }
}

/** Everything of a run that outlives a crash: the sinks' contents and the store. */
export interface Surroundings {
  readonly rows: RewindableSink
  readonly late: RewindableSink
  readonly bad: RewindableSink
  /** Told of open partial matches at the end. */
  readonly tellPartials?: (report: PartialsReport) => void
  readonly store: { readonly store: Store; readonly everyRounds: number } | null
}

export const surroundings = (store: Surroundings['store'] = null): Surroundings => ({
  rows: new RewindableSink(),
  late: new RewindableSink('late'),
  bad: new RewindableSink('bad'),
  store,
})

/** Runs a plan over files in memory, named like the sources. */
export async function run(
  root: PlanNode,
  files: Readonly<Record<string, string>>,
  options: RunOptions = {},
  around: Surroundings = surroundings(),
): Promise<Outcome> {
  const sources = new Map<string, MemorySource>()
  const open = (name: string) => {
    const { cuts, chunk } = options
    return new MemorySource([{ name, bytes: files[name]! }], { ...(cuts && { cuts }), ...(chunk && { chunk }) })
  }
  const job = createJob({
    root,
    createOperator: await loadOperators(root),
    namedIn: new Map(),
    sourceOf: ({ source: { name } }) => {
      const known = sources.get(name)
      if (known) return known
      const source = open(name)
      sources.set(name, source)
      return source
    },
    tables: { open: ({ table }) => open(table.file), create: createTables },
    onError: { kind: 'file', limit: null, wasWritten: true },
    late: options.late ?? { kind: 'file' },
    outputs: {
      sinks: [{ name: 'rows', from: [root], output: new Output('rows', around.rows), route: null, timeOutput: 'ms' }],
      late: new Output('late', around.late),
      bad: new Output('bad', around.bad),
    },
    timeOutput: 'ms',
    zone: UTC,
    lineLimit: 1 << 20,
    scanner: options.scanner ?? 'kernel',
    clock: new FakeClock(),
    batchRows: options.batchRows ?? 4096,
    atEnd: options.atEnd ?? 'flush',
    until: options.until ?? null,
    warn: () => {},
    ...(around.tellPartials && { tellPartials: around.tellPartials }),
    checkpoints: around.store && {
      store: around.store.store,
      interval: { kind: 'rounds', rounds: around.store.everyRounds },
      tooSlow: () => {},
    },
  })
  if (job.checkpointer) await job.checkpointer.restore()
  try {
    await runJob(job, new AbortController().signal)
  } catch (error) {
    if (options.closesOnError) await Promise.allSettled(job.outputs.map((output) => output.close()))
    throw error
  }
  for (const output of job.outputs) await output.flush()
  job.endRun()
  if (job.checkpointer) await job.checkpointer.take()
  job.close()
  return { rows: around.rows.lines, late: around.late.lines, bad: around.bad.lines, counters: job.counters(), job }
}

/** Rows as NDJSON. */
export const ndjson = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
