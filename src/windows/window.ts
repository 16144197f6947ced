/** A half-open stretch of event time, in ms: `start` is in it, `end` is not. */
export interface Window {
  readonly start: number
  readonly end: number
}

/**
 * Windows whose borders follow from time alone (tumble, hop, cumulate), and the slices that they share. A slice is a
 * stretch of time that no border cuts: all its rows belong to the same windows, so they are aggregated once and merged
 * per window.
 *
 * A window is named by its end. The windows of a row are firstWindowEnd(t), nextWindowEnd(that), … up to
 * lastWindowEnd(t); the slices of a window are windowStart(end), nextSlice(that), … below its end. Go from one to the
 * next by these functions, never by arithmetic: windows of local days are not equally long. Nothing here allocates;
 * times are whole ms, before 1970 too.
 */
export interface WindowAssigner {
  readonly kind: 'tumble' | 'hop' | 'cumulate'
  /** The longest that a window can be. */
  readonly size: number
  /** Upper bound of the number of slices in a window. */
  readonly slicesPerWindow: number
  /** Does every row belong to exactly one window, which is one slice? */
  readonly isPartition: boolean
  /** Start of the slice that holds `time`; the slice's name. */
  sliceStart(time: number): number
  /** Start of the slice after the one that starts at `sliceStart`, and so its end. */
  nextSlice(sliceStart: number): number
  /** The least end of a window that holds `time`. Same for all times of a slice. */
  firstWindowEnd(time: number): number
  /** The greatest end of a window that holds `time`. Same for all times of a slice. */
  lastWindowEnd(time: number): number
  /** The end of the window after the one that ends at `end`. */
  nextWindowEnd(end: number): number
  /** The start of the window that ends at `end`. */
  windowStart(end: number): number
}

/** All windows that hold `time`, by end. For tests and explanations; operators walk the ends without allocating. */
export function windowsOf(assigner: WindowAssigner, time: number): Window[] {
  const windows: Window[] = []
  const last = assigner.lastWindowEnd(time)
  for (let end = assigner.firstWindowEnd(time); end <= last; end = assigner.nextWindowEnd(end)) {
    windows.push({ start: assigner.windowStart(end), end })
  }
  return windows
}

/** The starts of the slices that make up the window that ends at `end`, ascending. For tests and explanations. */
export function slicesOf(assigner: WindowAssigner, end: number): number[] {
  const slices: number[] = []
  for (let slice = assigner.windowStart(end); slice < end; slice = assigner.nextSlice(slice)) slices.push(slice)
  return slices
}
