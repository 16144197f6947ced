import type { NewRecord } from '../../src/kafka/record-batch-writer.ts'

interface Parts {
  readonly key?: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers?: NewRecord['headers']
  readonly time?: number
}

/** Among other bytes, as in a segment. */
const amid = (bytes: Uint8Array | null): Buffer =>
  Buffer.concat([Buffer.from('<<'), bytes ?? Buffer.alloc(0), Buffer.from('>')])

export const newRecord = ({ key = null, value, headers = [], time = 1 }: Parts): NewRecord => ({
  keyBytes: amid(key),
  keyAt: 2,
  keyLength: key?.length ?? -1,
  valueBytes: amid(value),
  valueAt: 2,
  valueLength: value?.length ?? -1,
  headers,
  time,
})

/** The parts again; null: none. */
export function partsOf({ keyBytes, keyAt, keyLength, valueBytes, valueAt, valueLength }: NewRecord) {
  const part = (bytes: Uint8Array, at: number, length: number) =>
    length < 0 ? null : Buffer.from(bytes.subarray(at, at + length))
  return { key: part(keyBytes, keyAt, keyLength), value: part(valueBytes, valueAt, valueLength) }
}
