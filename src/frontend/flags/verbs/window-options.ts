import { TidemarkError } from '../../../base/errors.ts'
import type { Span } from '../../../base/span.ts'
import type { PlanNode } from '../../../plan/nodes.ts'
import { type Duration, parseDuration } from '../../../time/duration.ts'
import type { Emission } from '../../../time/emission.ts'
import type { WindowSpans } from '../../../windows/window-kind.ts'
import type { WindowSpec } from '../../../windows/window-spec.ts'
import type { Planning } from '../planning.ts'
import type { StepReader } from '../step-reader.ts'
import type { StepBase } from '../verb.ts'

export const ROW_IN_WINDOW =
  '{"window_start":"2024-05-01T10:00:00Z","window_end":"2024-05-01T10:05:00Z","host":"a","count":9}'
export const NOTES_OF_WINDOWS = [
  'A window is [start, end); a row on the end belongs to the next. Windows without rows give no row.',
]
export const EMIT_OF_WINDOWS = { default: 'final: once, when the window has ended' }

/** What the verbs of windows share that count per key. */
export interface GroupedWindowOptions extends StepBase {
  /** Each use of `--by`, an SQL list; empty: one group. */
  readonly by: readonly Span[]
  /** Each use of `--agg`, an SQL list; empty: `count(*)`. */
  readonly agg: readonly Span[]
  readonly allowedLateness: Duration
  readonly emit: Emission
}

/** What the verbs share whose windows have a size and borders that can be shifted. */
export interface WindowOptions extends GroupedWindowOptions {
  /** Where the size stands, for messages about it. */
  readonly sizeSpan: Span
  readonly size: Duration
  readonly offset: Duration
}

/** The verb's argument as a length, in words `the size of tumble`; longer than 0. */
export function readLength(step: StepReader, what: string): { readonly span: Span; readonly length: Duration } {
  const span = step.argument
  const length = parseDuration(span.text, { span })
  if (length !== 0) return { span, length }
  throw new TidemarkError('E_WINDOW', `the ${what} of ${step.verb.name} must be longer than 0`, { span })
}

export function readGroupedWindow(step: StepReader): Omit<GroupedWindowOptions, 'verb'> {
  return {
    name: step.name,
    by: step.list('by'),
    agg: step.list('agg'),
    allowedLateness: step.duration('allowed-lateness') ?? (0 as Duration),
    emit: step.emit(),
  }
}

export function readWindow(step: StepReader): Omit<WindowOptions, 'verb'> {
  const { span, length } = readLength(step, 'size')
  return {
    sizeSpan: span,
    size: length,
    ...readGroupedWindow(step),
    offset: step.duration('offset') ?? (0 as Duration),
  }
}

/** A window whose borders follow from time alone; `spans`: where its lengths stand. */
export function planWindow(
  step: WindowOptions,
  { window, spans }: { readonly window: WindowSpec; readonly spans: WindowSpans },
  planning: Planning,
): PlanNode {
  const { allowedLateness, emit } = step
  const options = { window, spans, ...planning.grouping(step), allowedLateness, emit }
  return planning.builder.window(planning.input, options, planning.step)
}
