import { RowError } from '../../base/errors.ts'
import { isNumber, type Value } from '../../data/value.ts'
import { UTC, type Zone } from '../../time/zone.ts'
import { defineScalar, type ScalarFunction } from '../scalar-function.ts'
import { remembering, wholeOf } from './arguments.ts'
import { between, ceilTo, floorTo, isCalendarUnit, partOf, plus, type Unit, unitOf } from './calendar.ts'
import { exactCeil, exactFloor } from './exact-math.ts'
import { instantOf, timestampOrNull } from './time-argument.ts'
import { zoneNamed } from './zone-argument.ts'

type Apply = ScalarFunction['apply']

/**
 * A function whose first argument is a word for a unit or a part of time. The word is read once if it is constant; the zone is that of
 * --tz, and UTC where nothing was prepared.
 */
function byWord<T>(read: (word: string) => T, compute: (what: T, args: readonly Value[], zone: Zone) => Value) {
  const readAgain = remembering(read)
  const apply: Apply = (args) => compute(readAgain(args[0] as string), args, UTC)
  const prepare = ([word]: readonly (Value | undefined)[], zoneName: string): Apply => {
    const zone = zoneNamed(zoneName)
    if (typeof word !== 'string') return (args) => compute(readAgain(args[0] as string), args, zone)
    const what = read(word)
    return (args) => compute(what, args, zone)
  }
  return { apply, prepare }
}

const EPOCH = 'EPOCH'

/** EPOCH is the same in every zone, all other parts are read off the clock. */
function extracted(name: string, part: string): (instant: Value, zone: Zone) => number {
  if (part.toUpperCase() === EPOCH) return (instant) => Math.floor(instantOf(name, instant) / 1000)
  const read = partOf(part)
  return (instant, zone) => read(zone.toLocal(instantOf(name, instant)))
}

const partFunction = (name: string, part: string, summary: string) => {
  const read = extracted(name, part)
  return defineScalar({
    name,
    signature: `${name}(timestamp)`,
    summary,
    parameters: ['timestamp'],
    returns: 'number',
    flinkName: name.toUpperCase(),
    apply: ([instant]) => read(instant!, UTC),
    prepare(_constants, zoneName) {
      const zone = zoneNamed(zoneName)
      return ([instant]) => read(instant!, zone)
    },
  })
}

/** Days and longer are counted on the clock of the wall, so that a day after noon is noon; hours and shorter are just as long. */
function counted<T>(unit: Unit, zone: Zone, count: (toCount: (instant: number) => number) => T): T {
  return isCalendarUnit(unit) ? count((instant) => zone.toLocal(instant)) : count((instant) => instant)
}

const difference = byWord(unitOf, (unit, [, from, to], zone) =>
  counted(unit, zone, (toCount) =>
    between(unit, toCount(instantOf('timestampdiff', from!)), toCount(instantOf('timestampdiff', to!))),
  ),
)

const sum = byWord(unitOf, (unit, [, count, from], zone) => {
  const instant = instantOf('timestampadd', from!)
  const steps = wholeOf(count!)
  const later = isCalendarUnit(unit)
    ? zone.toInstant(plus(zone.toLocal(instant), unit, steps))
    : plus(instant, unit, steps)
  return timestampOrNull(later)
})

/** Hours are cut on the wall too (zones with half hours), but an hour that was cut keeps its own offset when the clock is set back. */
function cut(name: string, toBorder: (wall: number, unit: Unit) => number) {
  return byWord(unitOf, (unit, [, moment], zone) => {
    const instant = instantOf(name, moment!)
    const wall = zone.toLocal(instant)
    const border = toBorder(wall, unit)
    if (isCalendarUnit(unit)) return timestampOrNull(zone.toInstant(border))
    return timestampOrNull(instant + (border - wall))
  })
}

const cutDown = cut('floor', floorTo)
const cutUp = cut('ceil', ceilTo)

/** FLOOR(timestamp TO unit) comes from the parser as floor(unit, timestamp): the same name as the function of one number. */
const roundOrCut = (
  name: 'floor' | 'ceil',
  definition: { readonly summary: string; readonly round: (x: number) => number; readonly aliases?: readonly string[] },
) => {
  const { apply, prepare } = name === 'floor' ? cutDown : cutUp
  const round: Apply = ([x]) => {
    if (!isNumber(x!))
      throw new RowError(`${name} takes a number, not '${String(x)}'`, `for a time write ${name}(timestamp TO HOUR)`)
    return definition.round(Number(x))
  }
  return defineScalar({
    name,
    ...(definition.aliases === undefined ? {} : { aliases: definition.aliases }),
    signature: `${name}(number), ${name}(timestamp TO unit)`,
    summary: definition.summary,
    parameters: ['any', 'timestamp'],
    optional: 1,
    returns: (types) => (types.length > 1 ? 'timestamp' : 'number'),
    exact: name === 'floor' ? exactFloor : exactCeil,
    flinkName: name.toUpperCase(),
    apply: (args) => (args.length > 1 ? apply(args) : round(args)),
    prepare(constants, zone) {
      if (constants.length > 1) return prepare(constants, zone)
      if (typeof constants[0] === 'string') round([constants[0]])
      return round
    },
  })
}

/** Reading parts of a timestamp, counting between two, cutting one at a unit. Texts and other zones are in `time-text.ts`. */
export const TIME_FUNCTIONS: readonly ScalarFunction[] = [
  defineScalar({
    name: 'extract',
    signature: 'extract(part FROM timestamp)',
    summary: 'a part of a time in --tz: YEAR to MILLISECOND, DOY, DOW (Sunday is 1), ISODOW, ISOYEAR, EPOCH and others',
    parameters: ['string', 'timestamp'],
    returns: 'number',
    flinkName: 'EXTRACT',
    ...byWord(
      (part) => extracted('extract', part),
      (read, [, instant], zone) => read(instant!, zone),
    ),
  }),
  partFunction('year', 'YEAR', 'the year of a time'),
  partFunction('quarter', 'QUARTER', 'the quarter of the year, 1 to 4'),
  partFunction('month', 'MONTH', 'the month, 1 to 12'),
  partFunction('week', 'WEEK', 'the ISO week of the year, 1 to 53'),
  partFunction('dayofyear', 'DOY', 'the day of the year, 1 to 366'),
  partFunction('dayofmonth', 'DAY', 'the day of the month, 1 to 31'),
  partFunction('dayofweek', 'DOW', 'the day of the week, Sunday 1 to Saturday 7'),
  partFunction('hour', 'HOUR', 'the hour of the day, 0 to 23'),
  partFunction('minute', 'MINUTE', 'the minute of the hour, 0 to 59'),
  partFunction('second', 'SECOND', 'the second of the minute, 0 to 59'),
  roundOrCut('floor', {
    summary: 'the greatest whole number not greater; the start of the YEAR to SECOND of a time (weeks from Sunday)',
    round: Math.floor,
  }),
  roundOrCut('ceil', {
    aliases: ['ceiling'],
    summary: 'the least whole number not less; the start of the next YEAR to SECOND, unless a time is one',
    round: Math.ceil,
  }),
  defineScalar({
    name: 'timestampdiff',
    signature: 'timestampdiff(unit, from, to)',
    summary: 'how many whole SECOND to YEAR lie between two times; negative if to is before from',
    parameters: ['string', 'timestamp', 'timestamp'],
    returns: 'number',
    flinkName: 'TIMESTAMPDIFF',
    ...difference,
  }),
  defineScalar({
    name: 'timestampadd',
    signature: 'timestampadd(unit, count, timestamp)',
    summary: 'a time so many SECOND to YEAR later, or earlier if count is negative',
    parameters: ['string', 'number', 'timestamp'],
    returns: 'timestamp',
    flinkName: 'TIMESTAMPADD',
    ...sum,
  }),
]
