// Where rows stand in the input. The host gives the columns of the batch that is being filled.

let rowStarts: usize = 0
let rowEnds: usize = 0
let rowLines: usize = 0
let rowShapes: usize = 0
/** Byte 0 of the buffer that rows and spans count from. */
let base: usize = 0

export function setRowColumns(starts: usize, ends: usize, lines: usize, shapes: usize): void {
  rowStarts = starts
  rowEnds = ends
  rowLines = lines
  rowShapes = shapes
}

export function setBase(address: usize): void {
  base = address
}

/** Counted from the buffer's byte 0. */
@inline
export function offsetOf(at: usize): u32 {
  return <u32>(at - base)
}

/** What `offsetOf` counted. */
@inline
export function addressOf(offset: u32): usize {
  return base + offset
}

@inline
export function startRow(row: i32, at: usize): void {
  store<u32>(rowStarts + (<usize>row << 2), offsetOf(at))
}

/** `behind`: where the next line starts; `shape`: see `shapeOf`. */
@inline
export function endRow(row: i32, behind: usize, shape: u32): void {
  store<u32>(rowShapes + (<usize>row << 2), shape)
  store<u32>(rowEnds + (<usize>row << 2), offsetOf(behind) - 1)
}

export function startOf(row: i32): usize {
  return addressOf(load<u32>(rowStarts + (<usize>row << 2)))
}

/** Numbers the lines of rows [from, to), which stand one behind the other; returns the number of the line behind them. */
export function numberRows(from: i32, to: i32, line: f64): f64 {
  const end = rowLines + (<usize>to << 3)
  for (let at = rowLines + (<usize>from << 3); at < end; at += 8) {
    store<f64>(at, line)
    line += 1
  }
  return line
}
