import type { RowError } from '../base/errors.ts'
import type { Batch } from '../data/batch.ts'
import { createLateRowWriter } from '../formats/json/late-row.ts'
import { createRowWriter, type RowShape } from '../formats/json/row-writer.ts'
import { OutputBuffer } from '../formats/output-buffer.ts'
import { newCounters, type OperatorContext } from '../operators/operator.ts'
import { judgesLateness, kindOf } from '../plan/kinds/index.ts'
import type { Layout } from '../plan/layout.ts'
import { inputsOf, type PlanNode } from '../plan/nodes.ts'
import { type BadRows, excerptOf, placeOfLine, type RowPlace } from './bad-rows.ts'
import type { JobOptions } from './job-options.ts'
import type { LateRows } from './late-rows.ts'
import type { LateStreams } from './late-stream.ts'
import type { Sides } from './side-outputs.ts'

/** The borders of windows print in late rows as they do in results. */
const windowFraction = (node: PlanNode): 0 | 3 => kindOf(node).borderFraction?.(node) ?? 0

/** How whole rows of a node print. */
export function shapeOf(
  node: PlanNode,
  layout: Layout,
  { timeOutput, zone }: Pick<JobOptions, 'timeOutput' | 'zone'>,
): RowShape {
  if (layout.lines.has(node)) return { rest: { except: [] }, columns: [], kind: false, timeOutput }
  const slots = layout.slots.get(node)!
  const columns = node.schema.columns.map(({ path, field, fraction }) => ({
    name: path,
    slot: slots.indexOf(field),
    type: field.type,
    fraction,
  }))
  const rest = node.schema.rest && { except: node.schema.rest.except }
  const zoneOffset = zone.isUtc ? {} : { zoneOffset: (ms: number) => zone.offsetAt(ms) }
  return { rest, columns, kind: node.schema.changelog === 'retract', timeOutput, ...zoneOffset }
}

export interface ContextParts {
  readonly node: PlanNode
  readonly layout: Layout
  readonly options: JobOptions
  readonly lateRows: LateRows
  readonly badRows: BadRows
  readonly sides: Sides
  readonly streams: LateStreams
  readonly read: () => number
}

/** Of a step whose losses another one tells. */
export const silentContext = (step: string): OperatorContext => ({
  step,
  counters: newCounters(),
  late: () => {},
  badRow: () => {},
})

export function createContext({
  node,
  layout,
  options,
  lateRows,
  badRows,
  sides,
  streams,
  read,
}: ContextParts): OperatorContext {
  const shapes = inputsOf(node).map((input) => shapeOf(input, layout, options))
  const lateWriters =
    sides.late && judgesLateness(node) ? shapes.map((shape) => createLateRowWriter(shape, windowFraction(node))) : []
  const step = sides.order.get(node)!
  const rowWriters = shapes.map((shape) => createRowWriter(shape))
  const timeouts = sides.timeoutsOf(node)
  return {
    ...(timeouts && {
      timeout: (text: string, sequence: number) => timeouts.add({ sequence, step, text: Buffer.from(text) }),
    }),
    ...(options.tellPartials && { partials: options.tellPartials }),
    countsLate: options.late.kind === 'drop' && !streams?.some((stream) => stream !== null),
    step: node.id,
    counters: newCounters(),
    late(batch, row, late, port = 0) {
      const stream = streams?.[port]
      if (stream) {
        lateRows.streamed += 1
        stream.add(batch, row, late)
        return
      }
      lateRows.note(node.id, late, () => excerptOf(placeOf(batch, row, port)))
      const lateWriter = lateWriters[port]
      if (!lateWriter) return
      const text = textOf((buffer) => lateWriter.write(batch, row, { ...late, step: node.id }, buffer))
      sides.late?.add({ sequence: batch.sequence[row]!, step, text })
    },
    badRow(batch: Batch, row: number, error: RowError, port = 0) {
      const place = placeOf(batch, row, port)
      const keep = (text: Buffer) => sides.badOf(node)?.add({ sequence: batch.sequence[row]!, step, text })
      badRows.reject(
        { code: 'E_ROW_VALUE', reason: `${node.id}: ${error.message}`, hint: error.hint, ...place },
        read(),
        keep,
      )
    },
  }

  /** A row that a step made has no line of its own: it is shown as it would have been printed. */
  function placeOf(batch: Batch, row: number, port: number): RowPlace {
    const { raw } = batch
    if (!raw) {
      const text = textOf((buffer) => rowWriters[port]!.write(batch, row, buffer))
      return { file: null, line: null, offset: null, raw: text.subarray(0, -1) }
    }
    return placeOfLine(raw, row)
  }
}

function textOf(write: (buffer: OutputBuffer) => void): Buffer {
  const buffer = new OutputBuffer()
  write(buffer)
  return buffer.take()
}
