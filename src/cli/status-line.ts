import type { CreatedJob } from '../job/create-job.ts'
import type { Clock } from '../time/clock.ts'
import { formatTimestamp } from '../time/timestamp.ts'

/** What a running job has done so far, in one line: rows read and their rate, the watermark and how far it lags behind the wall clock, the last checkpoint. */
export function statusLine(job: CreatedJob, clock: Clock): () => string {
  let before = { time: clock.now(), rows: job.progress().rowsRead }
  return () => {
    const { rowsRead, watermark, checkpointed } = job.progress()
    const now = clock.now()
    const rate = Math.round(((rowsRead - before.rows) * 1000) / Math.max(1, now - before.time))
    before = { time: now, rows: rowsRead }
    const parts = [`${rowsRead} rows read, ${rate} rows/s`]
    if (Number.isFinite(watermark)) {
      const stamp = formatTimestamp(watermark, { fraction: 3 })
      parts.push(`watermark ${stamp} (${seconds(clock.wallTime() - watermark)} behind)`)
    }
    if (checkpointed !== null) parts.push(`checkpoint ${seconds(now - checkpointed)} ago`)
    return parts.join(', ')
  }
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
