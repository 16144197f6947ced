import type { Brand } from '../base/brand.ts'

/**
 * A promise about event time, in ms: no row with time <= w will come (Flink's `Watermark`, inclusive). Batches carry
 * watermarks as plain numbers in a `Float64Array`, so the functions here take plain numbers.
 */
export type Watermark = Brand<number, 'Watermark'>

/** Nothing is promised yet. */
export const BEFORE_ALL = -Infinity as Watermark
/** The end of the input: everything is final. */
export const AFTER_ALL = Infinity as Watermark

/*
 * When is a row late? One table for all operators; `w` is the watermark before the row, `allowed` the allowed lateness.
 *
 *   operator                    the row is late when                              function
 *   window (tumble, hop, …)     end - 1 + allowed <= w, for each of its windows   isLate(end of the window)
 *   session                     the same, on the session it was merged into       isLate(end of the merged session)
 *   aggregate without a window  never
 *   sort, OVER, match           t <= w                                            isRowLate(t, 0)
 *   interval join               t <= w and no row of the other side is kept that  isRowLate(t, 0), after the look-up
 *                               it could still meet; a partner is kept until w
 *                               passes the last time that could meet it
 *   dedup                       t + allowed <= w                                  isRowLate(t, allowed)
 *
 * A row is late as a whole when it is late for every window it belongs to; late for some of them, it is used in the
 * others. All of this works in whole milliseconds; the `- 1` that turns an exclusive end into an inclusive time stands
 * in this file and nowhere else.
 */

/**
 * The watermark after a row at `maxSeen`, the greatest time so far, when rows may come up to `delay` ms out of order.
 * The rule of Flink's `BoundedOutOfOrdernessWatermarks`. Flink SQL's `WATERMARK FOR ts AS expr` has no `- 1`: see the
 * generators.
 */
export const watermarkAfter = (maxSeen: number, delay: number): Watermark => (maxSeen - delay - 1) as Watermark

/** The first watermark that has passed a time: a row at that time could still come before it. */
export const firstBeyond = (time: number): number => time + 1

/** The last millisecond of a window that ends (exclusive) at `end`: the event time of its result row. */
export const lastTimeOf = (end: number): number => end - 1

/** Has the half-open window that ends at `end` seen its last row in time? */
export const isFinal = (end: number, watermark: number): boolean => end - 1 <= watermark

/** Is a row too late for the window that ends at `end`, fired windows being kept for `allowedLateness` ms? */
export const isLate = (end: number, allowedLateness: number, watermark: number): boolean =>
  end - 1 + allowedLateness <= watermark

/** The least extra watermark delay, in ms, with which a row that `isLate` would have been in time; at least 1. */
export const lateBy = (end: number, allowedLateness: number, watermark: number): number =>
  watermark - (end - 1 + allowedLateness) + 1

/** Is a row too late by its own time? */
export const isRowLate = (time: number, allowedLateness: number, watermark: number): boolean =>
  time + allowedLateness <= watermark

/** The least extra watermark delay, in ms, with which a row that `isRowLate` would have been in time; at least 1. */
export const rowLateBy = (time: number, allowedLateness: number, watermark: number): number =>
  watermark - (time + allowedLateness) + 1
