import { isPathTemplate, parsePathTemplate } from '../../plan/path-template.ts'
import type { Destination } from './command-line.ts'
import type { FlagUse } from './lexed.ts'
import { readDestination } from './values.ts'

/** Where rows of a step go that leave the chain: a file, many files, or `fd:N`. Throws E_FLAG_VALUE. */
export function readSidePlace(use: FlagUse): Destination {
  const place = readDestination(use)
  if (place.kind !== 'file' || !isPathTemplate(place.path)) return place
  return { kind: 'parts', template: parsePathTemplate(place.path), roll: null }
}
