/** What is done once a run, as it begins. */
const AT_START = ['InitProducerId', 'OffsetFetch']
/** Requests of every transaction. */
const REQUESTS = ['AddPartitionsToTxn', 'Produce', 'AddOffsetsToTxn', 'TxnOffsetCommit', 'EndTxn']
/** Steps of every checkpoint. */
const STEPS = ['sealing', 'pages', 'root', 'commit', 'deletion', 'confirmation']

/** Moments of a checkpoint's way into the cluster, as crash-child.ts names them: to die at any of them changes what the next run finds. */
export const POINTS: readonly string[] = [
  ...AT_START.flatMap((name) => [`during ${name}`, `after ${name}`]),
  ...REQUESTS.flatMap((name) => [`before ${name}`, `during ${name}`, `after ${name}`]),
  ...STEPS.flatMap((name) => [`before ${name}`, `after ${name}`]),
]
