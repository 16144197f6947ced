import { RowError } from '../../base/errors.ts'
import type { Value } from '../../data/value.ts'
import { parseTimestampText } from '../../time/timestamp.ts'
import { UTC, type Zone } from '../../time/zone.ts'
import { defineScalar, type ScalarFunction } from '../scalar-function.ts'
import { remembering } from './arguments.ts'
import { type DatePattern, datePattern } from './date-pattern.ts'
import { instantOf, timestampOrNull } from './time-argument.ts'
import { zoneNamed } from './zone-argument.ts'

type Apply = ScalarFunction['apply']

/** The pattern of FROM_UNIXTIME, UNIX_TIMESTAMP and CONVERT_TZ where none is given. */
const USUAL = 'yyyy-MM-dd HH:mm:ss'
let usual: DatePattern | undefined
const usualPattern = (): DatePattern => (usual ??= datePattern(USUAL))

/** A function with a date pattern as its argument `place`: read once if it is constant. The zone is that of --tz. */
function byPattern(place: number, compute: (pattern: DatePattern, args: readonly Value[], zone: Zone) => Value) {
  const read = remembering(datePattern)
  const inZone = (zone: Zone): Apply => {
    return (args) => compute(args.length > place ? read(args[place] as string) : usualPattern(), args, zone)
  }
  const prepare = (constants: readonly (Value | undefined)[], zoneName: string): Apply => {
    const zone = zoneNamed(zoneName)
    const text = constants[place]
    if (typeof text !== 'string') return inZone(zone)
    const pattern = datePattern(text)
    return (args) => compute(pattern, args, zone)
  }
  return { apply: inZone(UTC), prepare }
}

/** Without a pattern any timestamp that the rest of tidemark reads. */
const toTimestamp = byPattern(1, (pattern, args) => {
  const [text] = args
  return timestampOrNull(
    args.length > 1 ? pattern.parse(text as string, UTC, true) : parseTimestampText(text as string),
  )
})

const zoneOf = remembering(zoneNamed)

function converted(text: string, from: Zone, to: Zone): string | null {
  const instant = timestampOrNull(usualPattern().parse(text, from, true))
  return instant === null ? null : usualPattern().format(instant, to)
}

export const TIME_TEXT_FUNCTIONS: readonly ScalarFunction[] = [
  defineScalar({
    name: 'date_format',
    signature: 'date_format(timestamp, pattern)',
    summary: "a time in --tz as text, by a pattern of Java's letters: yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    parameters: ['timestamp', 'string'],
    returns: 'string',
    flinkName: 'DATE_FORMAT',
    ...byPattern(1, (pattern, [instant], zone) => pattern.format(instantOf('date_format', instant!), zone)),
  }),
  defineScalar({
    name: 'to_timestamp',
    signature: 'to_timestamp(text [, pattern])',
    summary: 'the time that a text names, in UTC unless it says otherwise; NULL if it cannot be read',
    parameters: ['string', 'string'],
    optional: 1,
    returns: 'timestamp',
    flinkName: 'TO_TIMESTAMP',
    ...toTimestamp,
  }),
  defineScalar({
    name: 'to_timestamp_ltz',
    signature: 'to_timestamp_ltz(number, precision)',
    summary: 'the time so many seconds (precision 0) or milliseconds (3) after 1970',
    parameters: ['number', 'number'],
    optional: 1,
    returns: 'timestamp',
    flinkName: 'TO_TIMESTAMP_LTZ',
    apply([number, precision = 3]) {
      if (precision !== 0 && precision !== 3)
        throw new RowError(`to_timestamp_ltz has precision 0 or 3, not ${String(precision)}`)
      return timestampOrNull((number as number) * (precision === 0 ? 1000 : 1))
    },
  }),
  defineScalar({
    name: 'from_unixtime',
    signature: 'from_unixtime(seconds [, pattern])',
    summary: 'the time so many seconds after 1970 as text in --tz [yyyy-MM-dd HH:mm:ss]',
    parameters: ['number', 'string'],
    optional: 1,
    returns: 'string',
    flinkName: 'FROM_UNIXTIME',
    ...byPattern(1, (pattern, [seconds], zone) => {
      const instant = timestampOrNull((seconds as number) * 1000)
      return instant === null ? null : pattern.format(instant, zone)
    }),
  }),
  defineScalar({
    name: 'unix_timestamp',
    signature: 'unix_timestamp(text [, pattern])',
    summary: 'the seconds since 1970 of a time in --tz [yyyy-MM-dd HH:mm:ss]; NULL if unreadable (Flink: -2^63)',
    parameters: ['string', 'string'],
    optional: 1,
    returns: 'number',
    flinkName: 'UNIX_TIMESTAMP',
    ...byPattern(1, (pattern, [text], zone) => {
      const instant = timestampOrNull(pattern.parse(text as string, zone, false))
      return instant === null ? null : Math.floor(instant / 1000)
    }),
  }),
  defineScalar({
    name: 'convert_tz',
    signature: 'convert_tz(text, from, to)',
    summary: 'a text such as 2024-05-01 10:00:00 in one time zone as the text of the same moment in another',
    parameters: ['string', 'string', 'string'],
    returns: 'string',
    flinkName: 'CONVERT_TZ',
    apply: ([text, from, to]) => converted(text as string, zoneOf(from as string), zoneOf(to as string)),
    prepare([, from, to]) {
      if (typeof from === 'string') zoneOf(from)
      if (typeof to === 'string') zoneOf(to)
      return ([text, a, b]) => converted(text as string, zoneOf(a as string), zoneOf(b as string))
    },
  }),
]
