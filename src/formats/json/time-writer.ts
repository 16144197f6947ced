import { formatTimestamp } from '../../time/timestamp.ts'
import { type FixedText, fixedText, type OutputBuffer } from '../output-buffer.ts'

/** How times are printed: ISO 8601 or milliseconds since 1970. */
export interface TimeStyle {
  readonly timeOutput: 'iso' | 'ms'
  /** Local time minus UTC at an instant, ms. Absent: UTC. */
  readonly zoneOffset?: (ms: number) => number
}

const HOUR = 3_600_000
const DIGIT_ZERO = 0x30

/**
 * Prints times as `formatTimestamp` does, in quotes. Rows come about in the order of time, so the text of the last hour is kept as bytes, and
 * only minutes, seconds and the fraction are written into a copy of it.
 */
export class TimeWriter {
  readonly #fraction: 0 | 3
  readonly #zoneOffset: ((ms: number) => number) | undefined
  /** Local time and its offset at the beginning of the hour that is kept. */
  #hour = Number.NaN
  #offset = Number.NaN
  #text: FixedText = fixedText('')
  /** Where the minutes stand in the text. */
  #minutesAt = 0

  constructor(fraction: 0 | 3, { zoneOffset }: Pick<TimeStyle, 'zoneOffset'>) {
    this.#fraction = fraction
    this.#zoneOffset = zoneOffset
  }

  /** `ms` is finite. */
  write(ms: number, out: OutputBuffer): void {
    const offset = this.#zoneOffset === undefined ? 0 : this.#zoneOffset(ms)
    const local = Math.floor(ms) + offset
    let rest = local - this.#hour
    if (!(rest >= 0 && rest < HOUR) || offset !== this.#offset) {
      this.#keepHour(ms, local, offset)
      rest = local - this.#hour
    }
    const at = out.length + this.#minutesAt
    out.fixed(this.#text)
    this.#fill(out.bytes, at, rest | 0)
  }

  #keepHour(ms: number, local: number, offset: number): void {
    const fraction = this.#fraction
    const text = `"${formatTimestamp(ms, this.#zoneOffset === undefined ? { fraction } : { fraction, offset })}"`
    this.#hour = Math.floor(local / HOUR) * HOUR
    this.#offset = offset
    this.#text = fixedText(text)
    this.#minutesAt = text.indexOf('T') + 'THH:'.length
  }

  #fill(bytes: Buffer, at: number, rest: number): void {
    const seconds = (rest / 1000) | 0
    const minute = (seconds / 60) | 0
    writePair(bytes, at, minute)
    writePair(bytes, at + 3, seconds - minute * 60)
    if (this.#fraction === 0) return
    const thousandths = rest - seconds * 1000
    const hundredths = (thousandths / 10) | 0
    writePair(bytes, at + 6, hundredths)
    bytes[at + 8] = DIGIT_ZERO + thousandths - hundredths * 10
  }
}

/** Two digits of a number from 0 to 99. */
function writePair(bytes: Buffer, at: number, value: number): void {
  const tens = (value / 10) | 0
  bytes[at] = DIGIT_ZERO + tens
  bytes[at + 1] = DIGIT_ZERO + value - tens * 10
}
