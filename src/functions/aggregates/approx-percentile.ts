import { type AccumulatorRows, defineAggregate, type Offsets } from '../aggregate-function.ts'
import { forEachValue, setObject } from './column-runs.ts'
import { DdSketch } from './dd-sketch.ts'
import { refuseOthers, refusesPercentile } from './percentile.ts'
import { atShares, SHARE, shareResult } from './share.ts'

const sketchAt = (rows: AccumulatorRows, at: Offsets, row: number) =>
  rows.objects[at.object]![row] as DdSketch | undefined

function reached(rows: AccumulatorRows, at: Offsets, row: number): DdSketch {
  const known = sketchAt(rows, at, row)
  if (known !== undefined) return known
  const sketch = new DdSketch()
  setObject(rows, at, row, sketch)
  return sketch
}

/** A result is within 1 % of the number at rank floor(share * (count - 1)), for any number of rows; see `DdSketch` for what it keeps. */
export const approxPercentile = defineAggregate({
  name: 'approx_percentile',
  signature: 'approx_percentile(number, share)',
  summary: 'the number below which that share of the numbers lies, within 1 % of it, by a sketch of a few kilobytes',
  arity: 1,
  constant: SHARE,
  flinkName: null,
  castTo: 'DOUBLE',
  returns: (_argument, constant) => shareResult(constant),
  refuses: (argument) => refusesPercentile('approx_percentile', argument),
  create: ({ argument, constant = null }) => ({
    numberCount: 0,
    objectCount: 1,
    type: shareResult(constant),
    add(rows, at, targets, args, from, to) {
      forEachValue(targets, args[0]!, [from, to], (row, value) => reached(rows, at, row).add(Number(value)))
    },
    retract(rows, at, row, args, i) {
      const value = args[0]!.value(i)
      const sketch = sketchAt(rows, at, row)
      if (value === null || sketch === undefined) return
      sketch.retract(Number(value))
      if (sketch.isEmpty) setObject(rows, at, row, undefined)
    },
    merge(rows, at, to, source, from) {
      const other = sketchAt(source, at, from)
      if (other !== undefined) reached(rows, at, to).merge(other)
    },
    result(rows, at, row) {
      const sketch = sketchAt(rows, at, row)
      return sketch === undefined ? null : atShares(constant, (share) => sketch.at(share))
    },
    write(rows, at, row, page) {
      const sketch = sketchAt(rows, at, row) ?? new DdSketch()
      sketch.write(page)
    },
    read(rows, at, row, page) {
      const sketch = new DdSketch()
      sketch.read(page)
      if (!sketch.isEmpty) setObject(rows, at, row, sketch)
    },
    ...(argument === 'any' ? { refuse: refuseOthers('approx_percentile') } : {}),
  }),
})
