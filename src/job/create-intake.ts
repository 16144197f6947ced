import type { BoundExpression, Field } from '../expressions/bound.ts'
import { childrenOf } from '../expressions/children.ts'
import { createInputScanner } from '../formats/create-input-scanner.ts'
import { createCutter } from '../formats/decoding/create-decoder.ts'
import { LineReader } from '../formats/lines.ts'
import type { ScanField } from '../formats/scanner.ts'
import type { Layout } from '../plan/layout.ts'
import { isMember, type MemberField, type NodeOf, type PlanNode, topologicalOrder } from '../plan/nodes.ts'
import { isRecordSource } from '../sources/source.ts'
import { PartitionedWatermark } from '../time/partitioned-watermark.ts'
import { createWatermarkGenerator } from '../time/watermark-generator.ts'
import type { BadRows } from './bad-rows.ts'
import type { FieldWatch, WatchedField } from './field-watch.ts'
import { Intake } from './intake.ts'
import type { JobOptions } from './job-options.ts'
import type { RowLimit } from './until.ts'

/** The member of a row that says where it stood among records. */
const METADATA = '_kafka'

/** The input of one scan: reader, scanner, gate. */
export function createIntake(
  scan: NodeOf<'scan'>,
  layout: Layout,
  options: JobOptions,
  parts: { badRows: BadRows; watch: FieldWatch; limit: RowLimit | null },
): Intake {
  const fields = layout.slots.get(scan) as readonly MemberField[]
  const inputStyle = options.settingsOf?.(scan).inputStyle ?? null
  const scanner = createInputScanner(scanFields(scan, layout), inputStyle, options.scanner)
  const { time, watermarkDelay, maxFuture, idleTimeout } = scan.source
  const source = options.sourceOf(scan)
  const partitioned = isRecordSource(source) ? new PartitionedWatermark(watermarkDelay) : null
  const watermark = partitioned ?? createWatermarkGenerator({ kind: 'bounded-delay', delay: watermarkDelay })
  const limit = options.lineLimit
  const wantsMetadata = fields.some(({ path }) => path[0] === METADATA)
  const reader = isRecordSource(source)
    ? source.reader({ buffer: scanner, watermark: partitioned!, idleTimeout, limit, wantsMetadata })
    : new LineReader({
        source,
        buffer: scanner,
        cutter: inputStyle ? createCutter(inputStyle) : null,
        lineLimit: options.lineLimit,
        // a followed file ends where another has taken its place: nothing will be added to its last line
        unterminated: options.atEnd === 'suspend' && !scan.source.isFollowed ? 'leave' : 'row',
      })
  const { badRows, watch } = parts
  return new Intake({
    name: scan.id,
    reader,
    scanner,
    time:
      time?.kind === 'field'
        ? { slot: fields.indexOf(time.field), name: time.field.name, format: time.format }
        : time && 'arrival',
    watermark,
    hasTimelessDeletes: inputStyle?.changelog === 'upsert',
    maxFuture,
    badRows,
    atEnd: options.atEnd,
    limit: parts.limit,
    clock: options.clock,
    batchRows: options.batchRows,
    watch: (batch) => watch.look(batch),
  })
}

/** What the plan asks of the scanner of this input. */
export const scanFields = (scan: NodeOf<'scan'>, layout: Layout): readonly ScanField[] =>
  (layout.slots.get(scan) as readonly MemberField[]).map((field) => ({
    path: field.path,
    encoding: layout.encodings.get(field)!,
    keepsDigits: scan.digits.has(field),
  }))

/** The fields that a warning may be about: all that the command names, except the time, whose absence is an error. */
export function watchedFields(
  scan: NodeOf<'scan'>,
  layout: Layout,
  { root, namedIn }: JobOptions,
): readonly WatchedField[] {
  const compared = fieldsComparedWithNumbers(root)
  const time = scan.source.time?.kind === 'field' ? scan.source.time.field : null
  return layout.slots.get(scan)!.flatMap((field, slot) =>
    field === time
      ? []
      : [
          {
            name: field.name,
            slot,
            namedIn: namedIn.get(field)?.source ?? 'the command',
            hint: namedIn.get(field)?.hint ?? null,
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
