import type { JobSnapshot } from '../../job/snapshot.ts'
import { formatTimestamp } from '../../time/timestamp.ts'
import { bytesText, countText, secondsText } from '../amounts.ts'

/** What the live view shows, in words. */
export interface LiveFigures {
  /** The run so far. */
  readonly elapsed: string
  readonly rowsRead: string
  readonly rate: string
  /** Rates of the last samples, oldest first, as bars. */
  readonly sparkline: string
  readonly inputs: readonly {
    readonly name: string
    readonly rowsRead: string
    readonly rate: string
    /** Empty: there is none. */
    readonly watermark: string
    /** How far it is behind the wall clock. */
    readonly lag: string
  }[]
  readonly rowsOut: string
  readonly lateRows: string
  readonly badRows: string
  readonly openWindows: string
  readonly keptEntries: string
  readonly memory: string
  /** Its age; empty: none was taken. */
  readonly checkpoint: string
}

/** Clocks and memory at the moment of a snapshot. */
export interface Moment {
  /** `Clock.now`, ms. */
  readonly now: number
  readonly wallTime: number
  /** Of the process, bytes. */
  readonly memory: number
}

interface Sample {
  readonly now: number
  readonly rows: readonly number[]
}

/** A rate is that of so many ms. */
const RATE_MS = 2000
const BARS = '▁▂▃▄▅▆▇█'
const SPARKS = 40

/** Turns snapshots, taken one after the other, into figures. */
export class LiveModel {
  readonly #began: number
  readonly #samples: Sample[] = []
  readonly #rates: number[] = []

  /** `now`: when the run begins. */
  constructor(now: number) {
    this.#began = now
  }

  take(snapshot: JobSnapshot, { now, wallTime, memory }: Moment): LiveFigures {
    const rows = snapshot.inputs.map(({ rowsRead }) => rowsRead)
    this.#samples.push({ now, rows })
    while (this.#samples.length > 2 && now - this.#samples[1]!.now >= RATE_MS) this.#samples.shift()
    const before = this.#samples[0]!
    const seconds = Math.max(1, now - before.now) / 1000
    const rates = rows.map((count, i) => (count - before.rows[i]!) / seconds)
    const rate = total(rates)
    this.#rates.push(rate)
    if (this.#rates.length > SPARKS) this.#rates.shift()
    return {
      elapsed: secondsText((now - this.#began) / 1000),
      rowsRead: countText(total(rows)),
      rate: countText(Math.round(rate)),
      sparkline: sparklineOf(this.#rates),
      inputs: snapshot.inputs.map(({ name, watermark }, i) => ({
        name,
        rowsRead: countText(rows[i]!),
        rate: countText(Math.round(rates[i]!)),
        watermark: Number.isFinite(watermark) ? formatTimestamp(watermark, { fraction: 0 }) : '',
        lag: Number.isFinite(watermark) ? secondsText((wallTime - watermark) / 1000) : '',
      })),
      rowsOut: countText(snapshot.rowsOut),
      lateRows: countText(snapshot.lateRows),
      badRows: countText(snapshot.badRows),
      openWindows: countText(snapshot.openWindows),
      keptEntries: countText(snapshot.keptEntries),
      memory: bytesText(memory),
      checkpoint: snapshot.checkpointed === null ? '' : secondsText((now - snapshot.checkpointed) / 1000),
    }
  }
}

const total = (amounts: readonly number[]) => amounts.reduce((sum, amount) => sum + amount, 0)

/** The highest bar is the greatest amount; no amount has no bar but the lowest. */
export function sparklineOf(amounts: readonly number[]): string {
  const most = Math.max(...amounts)
  const top = BARS.length - 1
  return amounts.map((amount) => BARS[most > 0 ? Math.round((amount / most) * top) : 0]).join('')
}
