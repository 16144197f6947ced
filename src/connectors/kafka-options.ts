/** One thing that can be said of a Kafka source or sink, in a pipeline file or, under `flag`, on the command line. */
export interface KafkaOption {
  readonly name: string
  readonly flag: string
  readonly side: 'source' | 'sink' | 'place'
  readonly placeholder: string
  readonly summary: string
  readonly default?: string
  readonly manual: string
  /** Only these words. */
  readonly keywords?: readonly string[]
  /** It stands alone: true or false in a pipeline file. */
  readonly isSwitch?: true
  /** A list, or on the command line a flag that may be repeated. */
  readonly repeats?: true
}

const PASSWORDS = ' Secrets are read from files only, so that no process list and no log shows them.'

/** All options, in the order of the man page. */
export const KAFKA_OPTIONS: readonly KafkaOption[] = [
  {
    name: 'brokers',
    flag: 'kafka',
    side: 'source',
    placeholder: 'HOSTS',
    summary: 'read topics of the Kafka cluster with these brokers',
    manual:
      'HOST:PORT, several with commas: some of the brokers are enough. Each row is the value of a record, as JSON. Offsets are kept in --state, never in the cluster; partitions have watermarks of their own, and the least of them counts. Steps may name the members of _kafka, which are then added to the rows: topic, partition, offset, timestamp (as in --time _kafka.timestamp), key and headers.',
  },
  {
    name: 'topic',
    flag: 'topic',
    side: 'source',
    placeholder: 'TOPIC',
    summary: 'the topic to read; several with commas, or repeated',
    manual: 'Partitions that are added while the job runs are found and read from their beginning.',
    repeats: true,
  },
  {
    name: 'from',
    flag: 'from',
    side: 'source',
    placeholder: 'START',
    summary: 'where a job without a checkpoint begins',
    default: 'earliest',
    manual:
      'earliest, latest, committed (by --group; partitions without an offset begin at the earliest, which is told), timestamp:2024-05-01T10:00:00Z, or offsets:0=100,1=250 (partition=offset, or topic/partition=offset; others begin at the earliest).',
  },
  {
    name: 'group',
    flag: 'group',
    side: 'source',
    placeholder: 'NAME',
    summary: 'tell monitors of lag by the offsets of this consumer group',
    manual:
      'Committed with each checkpoint, and read by --from committed only. Nobody else may read by that group: then the cluster does not take them.',
  },
  {
    name: 'shard',
    flag: 'shard',
    side: 'source',
    placeholder: 'I/N',
    summary: 'read the Ith share of the partitions of N',
    manual:
      'Partition p belongs to share p modulo N, plus 1. Give each of N processes another share and a --state of its own. Keys meet if the topic is partitioned by them.',
  },
  {
    name: 'isolation',
    flag: 'isolation',
    side: 'source',
    placeholder: 'LEVEL',
    summary: 'committed or uncommitted',
    default: 'committed',
    keywords: ['committed', 'uncommitted'],
    manual: 'committed leaves out rows of transactions that were aborted, and waits for those that are open.',
  },
  {
    name: 'lost-offset',
    flag: 'lost-offset',
    side: 'source',
    placeholder: 'fail|earliest|latest',
    summary: 'where to go on when the rows to go on at are gone',
    default: 'fail',
    keywords: ['fail', 'earliest', 'latest'],
    manual:
      'They are gone when the cluster has deleted them (retention) or the topic was made anew. What is lost then is said.',
  },
  {
    name: 'missing-topic',
    flag: 'missing-topic',
    side: 'source',
    placeholder: 'fail|wait',
    summary: 'what to do where a topic does not exist',
    default: 'fail',
    keywords: ['fail', 'wait'],
    manual: 'No topic is ever made. wait looks for it every 15 seconds.',
  },
  {
    name: 'metadata',
    flag: 'kafka-metadata',
    side: 'source',
    placeholder: '',
    summary: 'add _kafka to every row, even where no step names it',
    manual: '',
    isSwitch: true,
  },
  {
    name: 'tombstones',
    flag: 'tombstones',
    side: 'source',
    placeholder: 'skip|row',
    summary: 'records without a value',
    default: 'skip',
    keywords: ['skip', 'row'],
    manual: 'row makes {} of them, with _kafka where that is asked for. Written out, skip is silent.',
  },
  {
    name: 'brokers',
    flag: 'to-kafka',
    side: 'sink',
    placeholder: 'HOSTS',
    summary: 'write rows to the Kafka cluster with these brokers',
    manual:
      'Instead of -o. With --state each row gets there exactly once: the rows of a checkpoint in one transaction, seen by consumers with isolation.level=read_committed. Without, rows may come twice after a crash.',
  },
  {
    name: 'topic',
    flag: 'to-topic',
    side: 'sink',
    placeholder: 'TOPIC',
    summary: 'the topic to write to; {field} of the row may be a part of it',
    manual: 'Topics are not made: they must be there.',
  },
  {
    name: 'key',
    flag: 'kafka-key',
    side: 'sink',
    placeholder: 'EXPR',
    summary: 'the key of each record, an expression over the row',
    manual:
      'A string is the key as it is, anything else its JSON. Rows of one key go to one partition, the same that Java clients choose. With --changelog upsert the key is an object of the keys of the result unless this is given, a -D is a record without a value (a tombstone), and an -U is not written.',
  },
  {
    name: 'headers',
    flag: 'kafka-header',
    side: 'sink',
    placeholder: 'NAME: EXPR',
    summary: 'a header of each record; may be repeated',
    manual: 'An expression over the row; NULL leaves the header out.',
    repeats: true,
  },
  {
    name: 'compression',
    flag: 'kafka-compression',
    side: 'sink',
    placeholder: 'CODEC',
    summary: 'none, gzip, snappy, lz4 or zstd',
    default: 'none',
    keywords: ['none', 'gzip', 'snappy', 'lz4', 'zstd'],
    manual: 'zstd needs Node 22.15. All of them are read, whatever this says.',
  },
  {
    name: 'delivery',
    flag: 'delivery',
    side: 'sink',
    placeholder: 'KIND',
    summary: 'exactly-once or at-least-once',
    default: 'exactly-once with --state',
    keywords: ['exactly-once', 'at-least-once'],
    manual: 'at-least-once lets rows go as they are made, not with the checkpoint, and needs no --job.',
  },
  {
    name: 'job',
    flag: 'job',
    side: 'sink',
    placeholder: 'NAME',
    summary: 'the name by which the cluster knows this job',
    manual:
      'Exactly once rests on it: it names the transactional id and the group (tidemark.JOB.SINK) that marks the last checkpoint in the cluster. A second process of the same name shuts the first one out.',
  },
  {
    name: 'transaction-timeout',
    flag: 'transaction-timeout',
    side: 'sink',
    placeholder: 'D',
    summary: 'after how long the cluster gives up an open transaction',
    default: '1m',
    manual:
      'A transaction is open only while the rows of a checkpoint are sent; what would take longer goes in several. The cluster sets a limit of its own (15m).',
  },
  {
    name: 'tls',
    flag: 'kafka-tls',
    side: 'place',
    placeholder: '',
    summary: 'speak TLS with the brokers',
    manual: 'Given too by --kafka-ca or --kafka-certificate.',
    isSwitch: true,
  },
  {
    name: 'ca',
    flag: 'kafka-ca',
    side: 'place',
    placeholder: 'FILE',
    summary: 'the authority (PEM) that has signed their certificates',
    default: "the system's",
    manual: 'Else TIDEMARK_KAFKA_CA_FILE.',
  },
  {
    name: 'certificate',
    flag: 'kafka-certificate',
    side: 'place',
    placeholder: 'FILE',
    summary: 'our certificate (PEM), for mutual TLS',
    manual: 'Else TIDEMARK_KAFKA_CERTIFICATE_FILE.',
  },
  {
    name: 'private-key',
    flag: 'kafka-private-key',
    side: 'place',
    placeholder: 'FILE',
    summary: 'the key (PEM) of our certificate',
    manual: 'Else TIDEMARK_KAFKA_PRIVATE_KEY_FILE.',
  },
  {
    name: 'login',
    flag: 'kafka-login',
    side: 'place',
    placeholder: 'MECHANISM',
    summary: 'log in (SASL): plain, scram-sha-256 or scram-sha-512',
    keywords: ['plain', 'scram-sha-256', 'scram-sha-512'],
    manual: 'plain sends the password as it is: use it with TLS.',
  },
  { name: 'user', flag: 'kafka-user', side: 'place', placeholder: 'NAME', summary: 'who logs in', manual: '' },
  {
    name: 'password-file',
    flag: 'kafka-password-file',
    side: 'place',
    placeholder: 'FILE',
    summary: 'the file with the password',
    manual: `Else TIDEMARK_KAFKA_PASSWORD_FILE, else kafka-password of systemd's credentials.${PASSWORDS}`,
  },
]
