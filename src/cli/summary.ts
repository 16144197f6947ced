import type { WarningCode } from '../base/error-codes.ts'
import type { JobOptions } from '../frontend/flags/command-line.ts'
import type { PlannedJob } from '../frontend/planned-job.ts'
import type { CreatedJob, JobCounters } from '../job/create-job.ts'
import type { LateRows } from '../job/late-rows.ts'
import { type Duration, formatDuration } from '../time/duration.ts'

/** The counts of a run as one JSON object, for `--summary`. */
export function summaryJson({ sources, steps, sinks, rowsOut }: JobCounters, late: number): string {
  const read = Object.values(sources).reduce((sum, source) => sum + source.read, 0)
  const bad = [...Object.values(sources), ...Object.values(steps)].reduce((sum, counters) => sum + counters.bad, 0)
  return `${JSON.stringify({ read, out: rowsOut, bad, late, sources, steps, ...(Object.keys(sinks).length > 1 && { sinks }) })}\n`
}

export interface Losses {
  readonly job: CreatedJob
  readonly planned: PlannedJob
  readonly isInterrupted: boolean
  readonly say: (code: WarningCode, message: string, hint?: string) => void
  readonly verbose: (text: string) => void
}

/** Any loss by a policy that was not written on the command line gets one line at the end; with -v the counts do too. */
export function tellLosses({ job, planned, isInterrupted, say, verbose }: Losses): void {
  const { lateRows } = job
  const counters = job.counters()
  const judged = lateRows.count
  if (lateRows.isUnexpectedLoss) {
    const rows = Object.values(counters.sources).reduce((sum, { passed }) => sum + passed, 0)
    const hint = planned.origin === 'flags' ? hintOfFlags(lateRows, planned.job) : hintOfFile(lateRows)
    say('W_LATE', `${judged} of ${rows} rows came too late and ${judged === 1 ? 'was' : 'were'} dropped`, hint)
    lateRows.markTold()
  }
  if (isInterrupted && job.checkpointer === null) {
    const held = job.graph.operators.reduce(
      (sum, { operator }) => sum + operator.structures.reduce((kept, { entries }) => kept + entries, 0),
      0,
    )
    if (held > 0) say('W_INTERRUPTED', 'the run was stopped: windows still open were discarded, not fired')
  }
  if (planned.job.verbose) verbose(`tidemark: ${countsInWords(counters, judged)}\n`)
}

function hintOfFlags(lateRows: LateRows, { watermarkDelay }: JobOptions): string {
  const { most, all } = lateRows.neededDelays(watermarkDelay)
  const keeps = most === all ? `-w ${upTo(all)} keeps them` : `-w ${upTo(most)} keeps 99 % of them, -w ${upTo(all)} all`
  return `${keeps}; --late late.ndjson saves them, --late drop says that it is meant`
}

/** Each source has a delay of its own. */
function hintOfFile(lateRows: LateRows): string {
  const { most, all } = lateRows.neededDelays(0)
  const keeps =
    most === all ? `${upTo(all)} longer keeps them` : `${upTo(most)} longer keeps 99 % of them, ${upTo(all)} longer all`
  return `a watermark-delay ${keeps}; a sink that takes STEP.late saves them, late: drop says that it is meant`
}

function countsInWords({ sources, steps, rowsOut }: JobCounters, late: number): string {
  const read = Object.values(sources).reduce((sum, source) => sum + source.read, 0)
  const bad = [...Object.values(sources), ...Object.values(steps)].reduce((sum, counters) => sum + counters.bad, 0)
  return `${read} rows read, ${rowsOut} out, ${bad} bad, ${late} late`
}

/** A delay to paste: rounded up to what is easily read. */
function upTo(ms: number): string {
  const unit = ms >= 60_000 ? 1_000 : ms >= 1_000 ? 100 : 1
  return formatDuration((Math.ceil(ms / unit) * unit) as Duration)
}
