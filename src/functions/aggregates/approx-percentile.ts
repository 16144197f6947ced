import { defineAggregate } from '../aggregate-function.ts'
import { DdSketch } from './dd-sketch.ts'
import { keptObject } from './kept-object.ts'
import { refuseOthers, refusesPercentile } from './percentile.ts'
import { atShares, SHARE, shareResult } from './share.ts'

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
    ...keptObject({
      create: () => new DdSketch(),
      add: (sketch, args, i) => sketch.add(Number(args[0]!.value(i))),
      retract: (sketch, args, i) => sketch.retract(Number(args[0]!.value(i))),
      merge: (sketch, other) => sketch.merge(other),
      result: (sketch) => atShares(constant, (share) => sketch.at(share)),
    }),
    type: shareResult(constant),
    ...(argument === 'any' ? { refuse: refuseOthers('approx_percentile') } : {}),
  }),
})
