/** Which of two rows of the same time comes first; 0, or null: the one that stands first. */
export type Ties = ((a: number, b: number) => number) | null

/** Row numbers with the time of each. */
export interface TimedRows {
  readonly rows: Int32Array
  readonly times: Float64Array
}

/** Rows sorted by insertion, before the pieces are merged. */
const PIECE = 16
/** Fewer rows than this are not worth the counts of their digits. */
const LEAST_COUNTED = 48
/** Of the two digits by which rows are dealt: whole times up to 2^22 ms (70 minutes) apart have no more than two. */
const MOST_DIGIT_BITS = 11

/** Writes the first `count` rows in order of time to the start of `to`; a stable sort. What was given is used up. */
export function sortByTime({ rows, times }: TimedRows, count: number, ties: Ties, to: TimedRows): void {
  if (ties === null && count >= LEAST_COUNTED && dealByTime({ rows, times }, count, to)) return
  for (let from = 0; from < count; from += PIECE)
    insertAll(rows, times, { from, to: Math.min(from + PIECE, count) }, ties)
  const spare = { rows: new Int32Array(count), times: new Float64Array(count) }
  for (let width = PIECE; width < count; width *= 2) {
    for (let from = 0; from + width < count; from += 2 * width)
      mergeHalves({ rows, times }, spare, { from, middle: from + width, to: Math.min(from + 2 * width, count) }, ties)
  }
  copyTo(to, { rows, times }, count)
}

function copyTo(to: TimedRows, { rows, times }: TimedRows, count: number): void {
  to.rows.set(rows.subarray(0, count))
  to.times.set(times.subarray(0, count))
}

/** By row that is sorted: how far its time lies behind the earliest; and the rows in order of their low digit. */
let offsets = new Int32Array(0)
let byLow = new Int32Array(0)
const lows = new Int32Array(1 << MOST_DIGIT_BITS)
const highs = new Int32Array(1 << MOST_DIGIT_BITS)

/** Deals rows by the low and then the high digit of their times: no comparison, whatever the disorder. False: times too far apart, or not whole. */
function dealByTime({ rows, times }: TimedRows, count: number, to: TimedRows): boolean {
  let [earliest, latest, isInOrder] = [times[0]!, times[0]!, true]
  for (let i = 1; i < count; i += 1) {
    const time = times[i]!
    if (time >= latest) latest = time
    else isInOrder = false
    if (time < earliest) earliest = time
  }
  if (isInOrder) {
    copyTo(to, { rows, times }, count)
    return true
  }
  const bits = (33 - Math.clz32(latest - earliest)) >> 1
  if (!(latest - earliest < 2 ** (2 * MOST_DIGIT_BITS)) || !countDigits(times, count, earliest, bits)) return false
  const mask = (1 << bits) - 1
  for (let i = 0; i < count; i += 1) byLow[lows[offsets[i]! & mask]!++] = i
  for (let l = 0; l < count; l += 1) {
    const i = byLow[l]!
    const at = highs[offsets[i]! >> bits]!++
    to.rows[at] = rows[i]!
    to.times[at] = times[i]!
  }
  return true
}

/** Fills `offsets`, and where the rows of each digit begin. False: a time is no whole number of ms behind the earliest. */
function countDigits(times: Float64Array, count: number, earliest: number, bits: number): boolean {
  if (offsets.length < count) {
    offsets = new Int32Array(count)
    byLow = new Int32Array(count)
  }
  const size = 1 << bits
  lows.fill(0, 0, size)
  highs.fill(0, 0, size)
  for (let i = 0; i < count; i += 1) {
    const offset = times[i]! - earliest
    const whole = offset | 0
    if (whole !== offset) return false
    offsets[i] = whole
    lows[whole & (size - 1)]! += 1
    highs[whole >> bits]! += 1
  }
  for (let digit = 0, low = 0, high = 0; digit < size; digit += 1) {
    const [ofLow, ofHigh] = [lows[digit]!, highs[digit]!]
    lows[digit] = low
    highs[digit] = high
    low += ofLow
    high += ofHigh
  }
  return true
}

function insertAll(
  rows: Int32Array,
  times: Float64Array,
  { from, to }: { readonly from: number; readonly to: number },
  ties: Ties,
): void {
  for (let i = from + 1; i < to; i += 1) {
    const time = times[i]!
    const row = rows[i]!
    let at = i
    for (; at > from; at -= 1) {
      const before = times[at - 1]!
      if (!(before > time || (before === time && ties !== null && ties(rows[at - 1]!, row) > 0))) break
      times[at] = before
      rows[at] = rows[at - 1]!
    }
    times[at] = time
    rows[at] = row
  }
}

/** Merges [from, middle) and [middle, to), which are in order; the left half goes through `spare`. */
function mergeHalves(
  { rows, times }: TimedRows,
  spare: TimedRows,
  { from, middle, to }: { readonly from: number; readonly middle: number; readonly to: number },
  ties: Ties,
): void {
  if (times[middle - 1]! < times[middle]!) return
  const length = middle - from
  spare.rows.set(rows.subarray(from, middle))
  spare.times.set(times.subarray(from, middle))
  let [a, b, at] = [0, middle, from]
  while (a < length && b < to) {
    const [time, other] = [spare.times[a]!, times[b]!]
    const isRight = other < time || (other === time && ties !== null && ties(rows[b]!, spare.rows[a]!) < 0)
    times[at] = isRight ? other : time
    rows[at++] = isRight ? rows[b++]! : spare.rows[a++]!
  }
  for (; a < length; a += 1) {
    times[at] = spare.times[a]!
    rows[at++] = spare.rows[a]!
  }
}
