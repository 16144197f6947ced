/** What a principal must be allowed to do at a cluster with access control (ACLs; Kafka's own names). Read and Write of a topic imply Describe. */
export interface KafkaRight {
  /** What of a job needs it. */
  readonly need: 'source' | 'group' | 'sink' | 'exactly-once'
  readonly operations: readonly ('Read' | 'Write')[]
  readonly resource: 'Topic' | 'Group' | 'TransactionalId'
  /** How the resource is called. */
  readonly name: string
}

/** All rights, in the order of the help. */
export const KAFKA_RIGHTS: readonly KafkaRight[] = [
  { need: 'source', operations: ['Read'], resource: 'Topic', name: 'each --topic' },
  { need: 'group', operations: ['Read'], resource: 'Group', name: '--group' },
  { need: 'sink', operations: ['Write'], resource: 'Topic', name: '--to-topic' },
  // the mark of a checkpoint is an offset of that topic (TxnOffsetCommit)
  { need: 'exactly-once', operations: ['Read', 'Write'], resource: 'Topic', name: '--to-topic' },
  { need: 'exactly-once', operations: ['Write'], resource: 'TransactionalId', name: 'tidemark.JOB.SINK' },
  { need: 'exactly-once', operations: ['Read'], resource: 'Group', name: 'tidemark.JOB.SINK' },
]

const NEEDS: Readonly<Record<KafkaRight['need'], string>> = {
  source: '--kafka',
  group: '--group',
  sink: '--to-kafka',
  'exactly-once': '  exactly once',
}

/** As lines of the help, each under 100 columns. */
export const KAFKA_RIGHTS_TEXT: readonly string[] = [
  'What the cluster must allow its user (ACLs; Describe comes with them):',
  ...KAFKA_RIGHTS.map(
    ({ need, operations, resource, name }, i) =>
      `  ${(KAFKA_RIGHTS[i - 1]?.need === need ? '' : NEEDS[need]).padEnd(16)}${operations.join(', ').padEnd(13)}${resource.padEnd(17)}${name}`,
  ),
  'SINK is rows, or the name of the sink in a pipeline file; a right on the prefix tidemark. is enough.',
  '--to-topic is read for the mark of the last checkpoint; where {field} stands in its name, it is',
  '__consumer_offsets that must be allowed instead.',
]
