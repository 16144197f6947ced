import type { RowError } from '../base/errors.ts'
import { type Batch, rawOffset, rawSource } from '../data/batch.ts'
import type { BoundExpression, Field } from '../expressions/bound.ts'
import { childrenOf } from '../expressions/children.ts'
import { createLateRowWriter } from '../formats/json/late-row.ts'
import { ReferenceScanner } from '../formats/json/reference-scanner.ts'
import { createRowWriter, type RowShape } from '../formats/json/row-writer.ts'
import { LineReader } from '../formats/lines.ts'
import { OutputBuffer } from '../formats/output-buffer.ts'
import { newCounters, type OperatorContext, type StepCounters } from '../operators/operator.ts'
import { type Layout, layOut } from '../plan/layout.ts'
import { isMember, type MemberField, type NodeOf, type PlanNode, topologicalOrder } from '../plan/nodes.ts'
import type { Source } from '../sources/source.ts'
import type { Store } from '../state/store.ts'
import type { Clock } from '../time/clock.ts'
import { createWatermarkGenerator } from '../time/watermark-generator.ts'
import { type Assembled, assemble } from './assemble.ts'
import { BadRows, type ErrorPolicy } from './bad-rows.ts'
import { Checkpointer } from './checkpoint.ts'
import { type FieldWarning, FieldWatch, type WatchedField } from './field-watch.ts'
import { Intake } from './intake.ts'
import { type LatePolicy, LateRows } from './late-rows.ts'
import { type Output, RowOutput } from './output.ts'
import { ArrivalRounds, MergedRounds, type OnReject, type Rounds, SingleRounds } from './rounds.ts'
import type { SourceCounters } from './row-gate.ts'
import type { Job } from './run.ts'
import { SideOutput } from './side-output.ts'
import { IdleTicks } from './ticks.ts'

export interface JobOptions {
  readonly root: PlanNode
  /** Where fields are named on the command line, for warnings. */
  readonly namedIn: ReadonlyMap<Field, string>
  /** One opened source for each scan of the plan. */
  readonly sourceOf: (scan: NodeOf<'scan'>) => Source
  readonly onError: ErrorPolicy
  readonly late: LatePolicy
  /** `late` and `bad` only where the policies keep rows. */
  readonly outputs: { readonly rows: Output; readonly late: Output | null; readonly bad: Output | null }
  readonly timeOutput: 'iso' | 'ms'
  readonly lineLimit: number
  readonly clock: Clock
  readonly batchRows: number
  readonly warn: (warning: FieldWarning) => void
  readonly checkpoints: { readonly store: Store; readonly everyRounds: number } | null
}

/** What a run counted. */
export interface JobCounters {
  readonly sources: Readonly<Record<string, SourceCounters>>
  readonly steps: Readonly<Record<string, StepCounters>>
  readonly rowsOut: number
}

/** A job ready to run, and what it can tell. */
export interface CreatedJob extends Job {
  readonly badRows: BadRows
  readonly lateRows: LateRows
  readonly checkpointer: Checkpointer | null
  counters(): JobCounters
  /** Call when the input has ended: what the field watches have left to say. */
  endWatches(): void
}

/** Wires a plan to its sources and outputs. Opens nothing. */
export function createJob(options: JobOptions): CreatedJob {
  const { root, outputs } = options
  const lateRows = new LateRows(options.late)
  const layout = layOut(root, (node) => lateRows.areKept && isLateJudge(node))
  const steps: Record<string, StepCounters> = {}
  const intakes: Intake[] = []
  const read = () => intakes.reduce((sum, { counters }) => sum + counters.read, 0)
  const badRows = new BadRows(options.onError, () => {
    const ofSources = intakes.reduce((sum, { counters: { bad, refused } }) => sum + bad + refused, 0)
    return Object.values(steps).reduce((sum, { bad }) => sum + bad, ofSources)
  })
  const sides = sideOutputs(root, outputs)
  const assembled = assemble(root, layout, (node) => {
    const context = createContext({ node, layout, options, lateRows, badRows, sides, read })
    steps[node.id] = context.counters
    return context
  })
  const watches = assembled.scans.map((scan) => new FieldWatch(watchedFields(scan, layout, options), options.warn))
  assembled.scans.forEach((scan, i) => {
    intakes.push(createIntake(scan, layout, options, { badRows, watch: watches[i]! }))
  })
  const rowOutput = new RowOutput(createRowWriter(shapeOf(root, layout, options)), outputs.rows)
  assembled.root.readers.push({ consumer: rowOutput })
  const onReject: OnReject = ({ text }, sequence) => sides.bad?.add({ sequence, step: -1, text })
  const rounds = roundsOf(intakes, assembled, options, onReject)
  const all = [outputs.rows, ...(outputs.late ? [outputs.late] : []), ...(outputs.bad ? [outputs.bad] : [])]
  const facts = {
    read: () => ({ steps, rowsOut: rowOutput.rows, late: lateRows.save() }),
    restore: (saved: unknown) => {
      const {
        steps: counted,
        rowsOut,
        late,
      } = saved as { steps: Record<string, StepCounters>; rowsOut: number; late: unknown }
      for (const [id, counters] of Object.entries(counted)) Object.assign(steps[id] ?? {}, counters)
      rowOutput.rows = rowsOut
      lateRows.restore(late)
    },
  }
  const { graph } = assembled
  const checkpointer =
    options.checkpoints && new Checkpointer(options.checkpoints.store, { graph, rounds, intakes, outputs: all, facts })
  return {
    graph,
    rounds,
    outputs: all,
    checkpointer,
    checkpointRounds: options.checkpoints?.everyRounds ?? 0,
    ticks: ticksOf(assembled, intakes, options),
    endRound: () => {
      sides.late?.endRound()
      sides.bad?.endRound()
    },
    endSources: () => {
      for (const intake of intakes) for (const reject of intake.takeRejects()) onReject(reject, rounds.sequence)
    },
    badRows,
    lateRows,
    counters: () => ({
      sources: Object.fromEntries(intakes.map(({ name, counters }) => [name, counters])),
      steps,
      rowsOut: rowOutput.rows,
    }),
    endWatches: () => {
      for (const watch of watches) watch.end()
    },
  }
}

/** Steps that drop rows for their time. */
const isLateJudge = (node: PlanNode): boolean =>
  node.kind === 'window-aggregate' || (node.kind === 'deduplicate' && node.within !== null)

/** Where late rows and dead letters go, by the steps that can make some. */
interface Sides {
  readonly late: SideOutput | null
  readonly bad: SideOutput | null
  readonly order: ReadonlyMap<PlanNode, number>
}

function sideOutputs(root: PlanNode, { late, bad }: JobOptions['outputs']): Sides {
  const nodes = topologicalOrder(root)
  return {
    late: late && new SideOutput(late, nodes.filter(isLateJudge).length),
    bad: bad && new SideOutput(bad, nodes.length),
    order: new Map(nodes.map((node, i) => [node, i])),
  }
}

/** How whole rows of a node print. */
function shapeOf(node: PlanNode, layout: Layout, { timeOutput }: JobOptions): RowShape {
  const slots = layout.slots.get(node)!
  const columns = node.schema.columns.map(({ path, field, fraction }) => ({
    name: path,
    slot: slots.indexOf(field),
    type: field.type,
    fraction,
  }))
  const rest = node.schema.rest && { except: node.schema.rest.except }
  return { rest, columns, kind: node.schema.changelog === 'retract', timeOutput }
}

interface ContextParts {
  readonly node: PlanNode
  readonly layout: Layout
  readonly options: JobOptions
  readonly lateRows: LateRows
  readonly badRows: BadRows
  readonly sides: Sides
  readonly read: () => number
}

function createContext({ node, layout, options, lateRows, badRows, sides, read }: ContextParts): OperatorContext {
  const input = node.kind === 'scan' || node.kind === 'union' ? null : node.input
  const lateWriter =
    input && sides.late && isLateJudge(node) ? createLateRowWriter(shapeOf(input, layout, options)) : null
  const step = sides.order.get(node)!
  // rows that a step made have no line of their own: they are reported as they would have been printed
  const rowWriter = input && createRowWriter(shapeOf(input, layout, options))
  return {
    step: node.id,
    counters: newCounters(),
    late(batch, row, late) {
      lateRows.note(node.id, late)
      if (!lateWriter) return
      const text = textOf((buffer) => lateWriter.write(batch, row, { ...late, step: node.id }, buffer))
      sides.late?.add({ sequence: batch.sequence[row]!, step, text })
    },
    badRow(batch: Batch, row: number, error: RowError) {
      const { raw } = batch
      const place = raw
        ? {
            file: rawSource(raw, row),
            line: raw.lines[row]!,
            offset: rawOffset(raw, row),
            raw: raw.buffer.subarray(raw.starts[row]!, raw.ends[row]!),
          }
        : {
            file: null,
            line: null,
            offset: null,
            raw: textOf((buffer) => rowWriter?.write(batch, row, buffer)).subarray(0, -1),
          }
      const keep = (text: Buffer) => sides.bad?.add({ sequence: batch.sequence[row]!, step, text })
      badRows.reject(
        { code: 'E_ROW_VALUE', reason: `${node.id}: ${error.message}`, hint: error.hint, ...place },
        read(),
        keep,
      )
    },
  }
}

function textOf(write: (buffer: OutputBuffer) => void): Buffer {
  const buffer = new OutputBuffer()
  write(buffer)
  return buffer.take()
}

function createIntake(
  scan: NodeOf<'scan'>,
  layout: Layout,
  options: JobOptions,
  parts: { badRows: BadRows; watch: FieldWatch },
): Intake {
  const fields = layout.slots.get(scan) as readonly MemberField[]
  const scanner = new ReferenceScanner(
    fields.map((field) => ({ path: field.path, encoding: layout.encodings.get(field)! })),
  )
  const reader = new LineReader({ source: options.sourceOf(scan), buffer: scanner, lineLimit: options.lineLimit })
  const { time, watermarkDelay, maxFuture } = scan.source
  const { badRows, watch } = parts
  return new Intake({
    name: scan.id,
    reader,
    scanner,
    time:
      time?.kind === 'field'
        ? { slot: fields.indexOf(time.field), name: time.field.name, format: time.format }
        : time && 'arrival',
    watermark: createWatermarkGenerator({ kind: 'bounded-delay', delay: watermarkDelay }),
    maxFuture,
    badRows,
    clock: options.clock,
    batchRows: options.batchRows,
    watch: (batch) => watch.look(batch),
  })
}

function watchedFields(scan: NodeOf<'scan'>, layout: Layout, { root, namedIn }: JobOptions): readonly WatchedField[] {
  const compared = fieldsComparedWithNumbers(root)
  const time = scan.source.time?.kind === 'field' ? scan.source.time.field : null
  return layout.slots.get(scan)!.flatMap((field, slot) =>
    field === time
      ? []
      : [
          {
            name: field.name,
            slot,
            namedIn: namedIn.get(field) ?? 'the command',
            isComparedWithNumber: compared.has(field),
          },
        ],
  )
}

/** Members of sources that a filter compares with a number by `=` or `<>`. */
function fieldsComparedWithNumbers(root: PlanNode): ReadonlySet<Field> {
  const found = new Set<Field>()
  const look = (expression: BoundExpression) => {
    if (expression.kind === 'binary' && (expression.operator === '=' || expression.operator === '<>')) {
      const { left, right } = expression
      for (const [field, other] of [
        [left, right],
        [right, left],
      ] as const) {
        if (
          field.kind === 'field' &&
          isMember(field.field) &&
          other.kind === 'constant' &&
          typeof other.value === 'number'
        )
          found.add(field.field)
      }
    }
    for (const child of childrenOf(expression)) look(child)
  }
  for (const node of topologicalOrder(root)) {
    if (node.kind === 'filter') look(node.where)
    if (node.kind === 'project') for (const { expression } of node.columns) look(expression)
  }
  return found
}

function roundsOf(
  intakes: readonly Intake[],
  { scans }: Assembled,
  { sourceOf }: JobOptions,
  onReject: OnReject,
): Rounds {
  if (intakes.length === 1) return new SingleRounds(intakes[0]!, onReject)
  return scans.every((scan) => sourceOf(scan).isBounded)
    ? new MergedRounds(intakes, onReject)
    : new ArrivalRounds(intakes, onReject)
}

function ticksOf({ scans, graph }: Assembled, intakes: readonly Intake[], { clock }: JobOptions): IdleTicks | null {
  const timeouts = scans.flatMap(({ source }) => (source.idleTimeout === null ? [] : [source.idleTimeout]))
  if (timeouts.length === 0) return null
  return new IdleTicks({
    intakes,
    sources: graph.sources,
    timeout: Math.min(...timeouts),
    clock,
    empty: (i) => intakes[i]!.emptyBatch(),
  })
}
