import { KAFKA_OPTIONS, type KafkaOption } from '../../connectors/kafka-options.ts'
import type { FlagDefinition } from './flag.ts'

const SECTIONS = { source: 'input', sink: 'output', place: 'kafka' } as const

/** The options of Kafka as flags of the whole line. */
export const KAFKA_FLAGS: readonly FlagDefinition[] = KAFKA_OPTIONS.map((option) => ({
  name: option.flag,
  placeholder: option.placeholder,
  scope: 'job',
  value: flagValue(option),
  ...(option.repeats ? { repeats: true } : {}),
  section: SECTIONS[option.side],
  summary: option.summary,
  ...(option.default === undefined ? {} : { default: option.default }),
  manual: option.manual,
}))

function flagValue({ isSwitch, keywords, placeholder }: KafkaOption): FlagDefinition['value'] {
  if (isSwitch) return { kind: 'none' }
  if (keywords) return { kind: 'keyword', keywords }
  return placeholder === 'FILE' ? { kind: 'input-file' } : { kind: 'field' }
}
