import type { RecordCursor } from '../../kafka/record-batch.ts'

const NEWLINE = 0x0a
const SPACE = 0x20
const OPEN = 0x7b
const CLOSE = 0x7d
/** Up to here a loop is faster than a call into the system's copy. */
const SHORT = 48

/** The greatest number of bytes that `writeValue` and a newline need. */
export const roomFor = (valueLength: number, metadata: Buffer | null): number =>
  valueLength + (metadata?.length ?? 0) + 2

/**
 * Writes a value as one line at `at` and returns the place behind its newline: line breaks in it become spaces, since JSON has them
 * between tokens only. `metadata`: a member to add at the end of the object.
 */
export function writeValue(cursor: RecordCursor, metadata: Buffer | null, into: Buffer, at: number): number {
  const { bytes, valueAt, valueLength } = cursor
  let end = at + valueLength
  if (valueLength <= SHORT) for (let i = 0; i < valueLength; i += 1) into[at + i] = bytes[valueAt + i]!
  else into.set(bytes.subarray(valueAt, valueAt + valueLength), at)
  if (cursor.hasNewline) for (let i = at; i < end; i += 1) if (into[i] === NEWLINE) into[i] = SPACE
  if (metadata !== null) end = addMember(into, at, end, metadata)
  into[end] = NEWLINE
  return end + 1
}

/** Into the object in [at, end); what is none stays as it is. */
function addMember(into: Buffer, at: number, end: number, member: Buffer): number {
  let last = end - 1
  while (last > at && into[last]! <= SPACE) last -= 1
  let first = at
  while (first < last && into[first]! <= SPACE) first += 1
  if (into[first] !== OPEN || into[last] !== CLOSE) return end
  let before = last - 1
  while (before > first && into[before]! <= SPACE) before -= 1
  let to = last
  if (before > first) {
    into[to] = 0x2c
    to += 1
  }
  to += member.copy(into, to)
  into[to] = CLOSE
  return to + 1
}

/** The member `_kafka` of a record, as JSON. A key or header that is no UTF-8 is shown as well as it goes. */
export function metadataOf(cursor: RecordCursor, topic: string, partition: number): Buffer {
  const { offset, time, bytes, keyAt, keyLength } = cursor
  const key = keyLength < 0 ? null : bytes.toString('utf8', keyAt, keyAt + keyLength)
  const headers: Record<string, string | null | (string | null)[]> = {}
  cursor.headers((name, valueAt, length) => {
    const value = length < 0 ? null : cursor.bytes.toString('utf8', valueAt, valueAt + length)
    const known = headers[name]
    if (known === undefined) headers[name] = value
    else headers[name] = Array.isArray(known) ? [...known, value] : [known, value]
  })
  return Buffer.from(`"_kafka":${JSON.stringify({ topic, partition, offset, timestamp: time, key, headers })}`)
}
