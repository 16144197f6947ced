import { RowError } from '../../base/errors.ts'
import { findZone, type Zone } from '../../time/zone.ts'

/** The zone of that name, as an argument or --tz names it. Throws `RowError` if there is none. */
export function zoneNamed(name: string): Zone {
  const zone = findZone(name)
  if (zone === undefined)
    throw new RowError(`there is no time zone '${name}'`, 'zones are named like Europe/Berlin, UTC or GMT-08:00')
  return zone
}
