import type { RawRequest } from '../kafkajs.ts'
import { WireReader } from '../wire-reader.ts'
import { WireWriter } from '../wire-writer.ts'

/** A request of one version of one API: fixed, one that every broker from 2.8 to 4.x speaks. */
export type ApiRequest<T> = RawRequest<T>

interface Api {
  readonly key: number
  readonly version: number
  readonly name: string
  /** From this version on its strings are compact and its structures end with tagged fields, headers included (KIP-482). */
  readonly isFlexible?: boolean
}

/** Makes a request; `write` writes its body, `read` reads that of the answer. */
export function apiRequest<T>(
  { key, version, name, isFlexible = false }: Api,
  write: (body: WireWriter) => void,
  read: (answer: WireReader) => T,
): ApiRequest<T> {
  const body = new WireWriter()
  if (isFlexible) body.noTags() // of the header, which kafkajs writes up to here
  write(body)
  return {
    apiKey: key,
    apiVersion: version,
    apiName: name,
    body: body.contents(),
    decode: (answer) => {
      const reader = new WireReader(answer)
      if (isFlexible) reader.skipTags()
      return read(reader)
    },
  }
}
