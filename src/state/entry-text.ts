import { arrayTexts, JsonReader, JsonWriter, numberOf, numberText } from '../data/json-values.ts'
import type { AccumulatorTable } from './accumulator-table.ts'
import type { EntryTexts } from './structure.ts'

/** The text of a member; throws RangeError where it is missing. */
export function memberOf(entry: EntryTexts, name: string): string {
  const text = entry.get(name)
  if (text === undefined) throw new RangeError(`an entry has no member ${name}`)
  return text
}

/**
 * One row of accumulators as members: when the group first came, of each aggregate its numbers and then its values, and how many rows the group has
 * where they can be taken back.
 */
export function accumulatorMembers(table: AccumulatorTable, row: number): string {
  const { accumulators, offsets, liveAt } = table.layout
  const base = row * table.stride
  const values = accumulators.map((accumulator, a) => {
    const writer = new JsonWriter()
    const at = offsets[a]!
    for (let n = 0; n < accumulator.numberCount; n += 1) writer.f64(table.numbers[base + at.number + n]!)
    accumulator.write?.(table, at, row, writer)
    return writer.array()
  })
  const live = liveAt < 0 ? '' : `,"rows":${numberText(table.numbers[base + liveAt]!)}`
  return `"arrival":${numberText(table.arrivals[row]!)}${live},"values":[${values.join(',')}]`
}

/** Reads `accumulatorMembers` into a row that was reset. */
export function loadAccumulators(table: AccumulatorTable, row: number, entry: EntryTexts): void {
  const { accumulators, offsets, liveAt } = table.layout
  const base = row * table.stride
  const values = arrayTexts(memberOf(entry, 'values'))
  table.arrivals[row] = numberOf(memberOf(entry, 'arrival'))
  if (liveAt >= 0) table.numbers[base + liveAt] = numberOf(memberOf(entry, 'rows'))
  for (const [a, accumulator] of accumulators.entries()) {
    const reader = new JsonReader(values[a] ?? '[]')
    const at = offsets[a]!
    for (let n = 0; n < accumulator.numberCount; n += 1) table.numbers[base + at.number + n] = reader.f64()
    accumulator.read?.(table, at, row, reader)
  }
}

/** A key, whose canonical text is that of its parts with commas between. */
export const keyMember = (text: string): string => `"key":[${text}]`

/** The canonical text of a key out of a `keyMember`. */
export function keyOf(entry: EntryTexts): string {
  const text = memberOf(entry, 'key')
  if (!text.startsWith('[')) throw new RangeError('a key is no list')
  return text.slice(1, -1)
}
