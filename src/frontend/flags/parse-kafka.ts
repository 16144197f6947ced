import { TidemarkError } from '../../base/errors.ts'
import type { KafkaSink, KafkaSource } from '../../connectors/kafka.ts'
import { KAFKA_OPTIONS } from '../../connectors/kafka-options.ts'
import { readKafkaSink, readKafkaSource, type SaidOptions } from '../../connectors/read-kafka.ts'
import type { JobOptions } from './command-line.ts'
import type { FlagUse } from './lexed.ts'
import { useOf } from './values.ts'

/** `--kafka` and what belongs to it; null: rows come from elsewhere. Throws E_FLAG, E_FLAG_VALUE. */
export function parseKafkaSource(uses: readonly FlagUse[], isBounded: boolean): KafkaSource | null {
  const said = saidOf(uses, 'source')
  return said && readKafkaSource(said, isBounded)
}

/** `--to-kafka` and what belongs to it. */
export function parseKafkaSink(uses: readonly FlagUse[], hasState: boolean): KafkaSink | null {
  const said = saidOf(uses, 'sink')
  return said && readKafkaSink(said, hasState)
}

/** null: nothing was said of that side. Throws E_FLAG for flags that say something of it without its brokers. */
function saidOf(uses: readonly FlagUse[], side: 'source' | 'sink'): SaidOptions | null {
  const values: Record<string, string> = {}
  const lists: Record<string, readonly string[]> = {}
  let first: FlagUse | null = null
  for (const option of KAFKA_OPTIONS) {
    if (option.side !== side && option.side !== 'place') continue
    const given = uses.filter(({ flag }) => flag.name === option.flag)
    if (given.length === 0) continue
    if (option.side === side) first ??= given[0]!
    if (option.repeats) lists[option.name] = given.map(({ value }) => value)
    else values[option.name] = given[0]!.value
  }
  const flagOf = (name: string) => {
    const { flag } = KAFKA_OPTIONS.find((one) => one.name === name && (one.side === side || one.side === 'place'))!
    return uses.find((use) => use.flag.name === flag)?.written ?? `--${flag}`
  }
  if (values['brokers'] !== undefined) return { values, lists, nameOf: flagOf }
  if (first === null) return null
  throw new TidemarkError('E_FLAG', `${first.written} needs ${flagOf('brokers')}`, {
    hint: `name some of the brokers: ${flagOf('brokers')} kafka-1:9092,kafka-2:9092`,
  })
}

/** How an option of the sink is called here. */
export const sinkFlag = (name: string): string =>
  `--${KAFKA_OPTIONS.find((option) => option.side === 'sink' && option.name === name)!.flag}`

/** Throws E_FLAG for what does not go with Kafka, or not without it. */
export function checkKafka(uses: readonly FlagUse[], job: JobOptions): void {
  const isSink = job.output.kind === 'kafka'
  if (job.kafka === null && !isSink) refuseWithout(uses)
  if (useOf(uses, 'until')?.value === 'latest' && job.kafka === null) {
    const hint =
      '--until 15m, rows:1000 or watermark:2024-05-01T10:00:00Z end other inputs; in a pipeline file it stands in the source: kafka: { until: latest }'
    throw new TidemarkError('E_FLAG', '--until latest needs --kafka', { hint })
  }
  const other = ['input', 'follow', 'merge'].find((name) => useOf(uses, name) !== undefined)
  if (job.kafka && (other !== undefined || job.inputsGiven)) {
    const what = other === undefined ? `the file '${job.inputs[0]}'` : `--${other}`
    throw new TidemarkError('E_FLAG', `--kafka and ${what} contradict each other`, {
      hint: 'rows come from one of them',
    })
  }
  if (job.kafka && job.inputStyle.format !== 'ndjson') {
    const hint = 'values of records are JSON'
    throw new TidemarkError('E_FLAG', `--kafka and --input-format ${job.inputStyle.format} contradict each other`, {
      hint,
    })
  }
  if (isSink && useOf(uses, 'output')) {
    throw new TidemarkError('E_FLAG', '--to-kafka and --output contradict each other', {
      hint: 'rows go to one of them',
    })
  }
  if (isSink && job.outputFormat !== 'ndjson') {
    const hint = 'values of records are JSON'
    throw new TidemarkError('E_FLAG', `--to-kafka and --output-format ${job.outputFormat} contradict each other`, {
      hint,
    })
  }
}

/** A login or certificates of no cluster. */
function refuseWithout(uses: readonly FlagUse[]): void {
  const isPlace = (name: string) => KAFKA_OPTIONS.some(({ side, flag }) => side === 'place' && flag === name)
  const use = uses.find(({ flag }) => isPlace(flag.name))
  if (!use) return
  throw new TidemarkError('E_FLAG', `${use.written} needs --kafka or --to-kafka`, {
    hint: 'name some of the brokers: --kafka kafka-1:9092,kafka-2:9092',
  })
}
