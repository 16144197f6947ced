/** A moment of a checkpoint's way into the cluster, as crash-child.ts names it. */
export interface Point {
  readonly name: string
  /** The how-manieth time: not the first where that is told by the beginning of a run alone. */
  readonly nth: number
}

/** What is done once a run, as it begins. */
const AT_START = ['InitProducerId', 'OffsetFetch', 'recovery']
/** Requests of every transaction. */
const REQUESTS = ['AddPartitionsToTxn', 'Produce', 'AddOffsetsToTxn', 'TxnOffsetCommit', 'EndTxn']
/** Steps of every checkpoint. */
const STEPS = ['sealing', 'pages', 'root', 'commit', 'deletion', 'confirmation']

const around = (name: string, nth: number, whens: readonly string[]): readonly Point[] =>
  whens.map((when) => ({ name: `${when} ${name}`, nth }))

/** Every moment at which to die changes what the next run finds. */
export const POINTS: readonly Point[] = [
  ...AT_START.flatMap((name) => around(name, 1, name === 'recovery' ? ['after'] : ['during', 'after'])),
  ...REQUESTS.flatMap((name) => around(name, 2, ['before', 'during', 'after'])),
  ...STEPS.flatMap((name) => around(name, 2, ['before', 'after'])),
]
